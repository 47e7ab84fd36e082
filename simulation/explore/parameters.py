"""Parameters that are not known: laws by which they are believed, or draws from a posterior, key by key."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from irt.errors import BadInput
from irt.study.part import Part
from simulation.arrays import Ints
from simulation.inputs.chance import Chance, Purpose
from simulation.inputs.laws import draw
from simulation.part_file import read_part
from simulation.spec.laws import Law
from simulation.spec.reading import changed
from simulation.spec.scenario import Scenario

Draws = dict[str, tuple[float, ...]]
"""Values by dotted key; those at one place were drawn together."""


class UnreadableDraws(BadInput):
    """The file is not there, or holds no draws of parameters."""


class DrawsFile(Part):
    """Draws from a posterior, as `irt forecast parameters` writes them."""

    format: Literal["irt-parameter-draws/1"] = "irt-parameter-draws/1"
    source: str = ""
    draws: Draws = Field(min_length=1)

    @model_validator(mode="after")
    def _together(self) -> Self:
        require_together(self.draws)
        return self


class Parameters(Part):
    """The outer loop: so many `draws` of what is not known, and so many `replications` of the trial under each.

    `laws` are drawn by themselves, the keys of `posterior` together, evenly from first to last. `posterior_file`
    stands for the posterior until it is read.
    """

    draws: int = Field(default=30, ge=2, le=10_000)
    replications: int = Field(default=20, ge=2)
    laws: dict[str, Law] = {}
    posterior: Draws = {}
    posterior_file: str | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not (self.laws or self.posterior or self.posterior_file):
            raise ValueError("parameters need laws, or draws from a posterior")
        if self.posterior and self.posterior_file:
            raise ValueError("give the posterior, or its file")
        if twice := set(self.laws) & set(self.posterior):
            raise ValueError(f"{min(twice)} is drawn twice")
        require_together(self.posterior)
        return self

    def read_from(self, folder: Path) -> "Parameters":
        """The same with its posterior in it; UnreadableDraws where the file has none."""
        if self.posterior_file is None:
            return self
        drawn = read_part(folder / self.posterior_file, DrawsFile, UnreadableDraws).draws
        plain = self.model_dump(exclude={"posterior_file", "posterior"})
        return Parameters.model_validate({**plain, "posterior": drawn})


def require_together(draws: Mapping[str, tuple[float, ...]]) -> None:
    """ValueError unless each key has as many values as the others, and one at the least."""
    if draws and (len({len(values) for values in draws.values()}) > 1 or not all(draws.values())):
        raise ValueError("each parameter needs as many draws as the others")


def points_of(parameters: Parameters, scenario: Scenario, seed: int) -> list[Scenario]:
    """The scenario with each draw of its parameters. Raises: UnknownKey for a key that it does not have."""
    chance, places = Chance(seed, 0), np.arange(parameters.draws)
    columns = {
        key: draw(law, chance.stream(Purpose.PARAMETERS, key), places) for key, law in parameters.laws.items()
    }
    for key, values in parameters.posterior.items():
        columns[key] = np.array(values)[_evenly(parameters.draws, len(values))]
    return [changed(scenario, {key: float(drawn[place]) for key, drawn in columns.items()}) for place in places]


def _evenly(draws: int, there: int) -> Ints:
    """Places spread over a chain, whose neighbours are alike."""
    found: Ints = np.arange(draws) * there // draws
    return found
