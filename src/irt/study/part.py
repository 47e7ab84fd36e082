"""What every part of a study file has in common: immutable, complete, no unknown keys."""

import re
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, WithJsonSchema


class Part(BaseModel):
    """A frozen value of the study file; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _fraction(written: object) -> object:
    """Reads 0.8 as exactly 4/5, not as the nearest binary number."""
    if isinstance(written, Fraction):
        return written
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9}|/[1-9]\d{0,8})?", str(written)):
        raise ValueError("should be a number such as 0.8 or 4/5")
    return Fraction(str(written))


Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+<>=-]*$", max_length=40)]
"""A short stable identifier: parts refer to each other by code, never by position."""

Ratio = Annotated[
    Fraction,
    BeforeValidator(_fraction),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^\d+(/\d+|\.\d+)?$"}]}),
]
"""An exact rational: 4/5, 0.8 and "0.8" are the same number."""
