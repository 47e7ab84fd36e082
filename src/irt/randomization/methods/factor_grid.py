"""The grid of a design's factors: subjects by arm at each level of each factor, as values that never change."""

from dataclasses import dataclass

from irt.randomization.design import Factor, UnknownLevel
from irt.randomization.methods.method import Levels
from irt.randomization.scheme import FactorMissing, UnusablePlan

Places = tuple[int, ...]
"""A subject's levels as positions, in the order of the factors."""

Counts = tuple[tuple[tuple[int, ...], ...], ...]
"""By factor, by level: the count of each arm."""


@dataclass(frozen=True, slots=True)
class FactorGrid:
    """Factors and their levels. Adding a subject costs as much after ten thousand as after ten."""

    factors: tuple[Factor, ...]

    def __post_init__(self) -> None:
        if not self.factors:
            raise UnusablePlan("A method that balances factors needs at least one of them.")

    def places(self, levels: Levels) -> Places:
        """The positions of a subject's levels; FactorMissing or UnknownLevel where one has none."""
        if len(levels) < len(self.factors):
            raise FactorMissing(self.factors[len(levels)].name)
        return tuple(map(_place, self.factors, levels))

    def empty(self, arms: int) -> Counts:
        """No subject anywhere."""
        return tuple(((0,) * arms,) * len(factor.levels) for factor in self.factors)

    def at(self, counts: Counts, places: Places) -> tuple[tuple[int, ...], ...]:
        """The counts by arm at a subject's own levels, factor by factor."""
        return tuple([rows[place] for rows, place in zip(counts, places, strict=True)])

    def added(self, counts: Counts, places: Places, arm: int) -> Counts:
        """The counts with one more subject in an arm."""
        return tuple([_added(rows, place, arm) for rows, place in zip(counts, places, strict=True)])


def _place(factor: Factor, level: str) -> int:
    if not level:
        raise FactorMissing(factor.name)
    try:
        return factor.levels.index(level)
    except ValueError:
        known = ", ".join(factor.levels)
        raise UnknownLevel(f"The factor {factor.name} has no level {level[:40]}. Its levels: {known}.") from None


def _added(rows: tuple[tuple[int, ...], ...], place: int, arm: int) -> tuple[tuple[int, ...], ...]:
    row = rows[place]
    longer = (*row[:arm], row[arm] + 1, *row[arm + 1 :])
    return (*rows[:place], longer, *rows[place + 1 :])
