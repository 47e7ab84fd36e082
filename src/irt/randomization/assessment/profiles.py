"""Who comes, as the factors of a design see it: real subjects in their order, or all levels equally likely."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from irt.randomization.design import Factor
from irt.randomization.methods.method import Levels

Positions = NDArray[np.int16]
"""Levels as positions: one row a subject, one column a trial, one layer a factor."""


@dataclass(frozen=True, slots=True)
class Profiles:
    """The subjects of simulated trials; with no `real` ones every level of a factor is as likely as the others."""

    factors: tuple[Factor, ...]
    subjects: int
    real: Sequence[Levels] | None = None

    def positions(self, trials: int, generator: np.random.Generator) -> Positions:
        """Real subjects come in the same order in every trial."""
        if self.real is None:
            shape = (self.subjects, trials)
            drawn = [generator.integers(len(factor.levels), size=shape, dtype=np.int16) for factor in self.factors]
            return np.stack(drawn, axis=-1)
        places = [{level: place for place, level in enumerate(factor.levels)} for factor in self.factors]
        rows = [[place[level] for place, level in zip(places, levels, strict=True)] for levels in self.real]
        once = np.array(rows[: self.subjects], dtype=np.int16)[:, None, :]
        return np.broadcast_to(once, (self.subjects, trials, len(self.factors)))

    def levels(self, places: Positions) -> Levels:
        """One subject's positions as the levels a method is asked with."""
        return tuple(factor.levels[place] for factor, place in zip(self.factors, places, strict=True))
