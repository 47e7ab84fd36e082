"""One sequence of an export: a design with its stream, as plain values that any language reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from irt.randomization.design import Design, design_of
from irt.randomization.settings import rational


@dataclass(frozen=True, slots=True)
class Sequence:
    """The allocations that one design makes from one stream, as those of a stratum."""

    stream: str
    design: Design
    planned: int | None = None

    def record(self) -> dict[str, Any]:
        """JSON-able; every number of the params is a text, reduced where it is a fraction."""
        factors = [
            {"name": each.name, "levels": list(each.levels), "weight": str(each.weight)}
            for each in self.design.factors
        ]
        return {
            "stream": self.stream,
            "method": self.design.method,
            "arms": list(self.design.arms),
            "ratio": list(self.design.ratio),
            "params": _told(self.design.params),
            "factors": factors,
            "planned": self.planned,
        }


def sequence_of(record: Mapping[str, Any]) -> Sequence:
    """The sequence that a header tells; the named refusals of designs where it tells none."""
    data = {key: record.get(key) for key in ("method", "arms", "ratio", "params", "factors")}
    planned = record.get("planned")
    return Sequence(
        str(record.get("stream")),
        design_of(data),
        planned if isinstance(planned, int) else None,
    )


def _told(value: Any) -> Any:
    """A param as a text where it is a number, and the same inside lists and mappings."""
    if isinstance(value, Mapping):
        return {str(key): _told(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_told(inner) for inner in value]
    number = rational(value)
    return value if number is None else str(number)
