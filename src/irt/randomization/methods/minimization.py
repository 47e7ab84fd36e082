"""Minimization (Pocock and Simon 1975): the arm that leaves the subject's margins most balanced is likeliest.

p is shared by the best arms, or drawn by random rank; where all arms tie, and so for the first subject of an equal
ratio, the ratio decides. With an unequal ratio the chance of an arm, before anything is known, is not its share for
every subject: `irt.randomization.allocation_ratio` tells what it is.
"""

from dataclasses import dataclass

from irt.randomization.marginal_rule import MarginalRule
from irt.randomization.methods.factor_grid import Counts, FactorGrid
from irt.randomization.methods.method import Law, Levels, Step
from irt.randomization.scheme import UnusablePlan


@dataclass(frozen=True, slots=True)
class Minimization:
    """A rule for one decision, and the grid of counts that it decides by; any number of arms, any ratio."""

    rule: MarginalRule
    grid: FactorGrid

    def __post_init__(self) -> None:
        if len(self.rule.weights) != len(self.grid.factors):
            raise UnusablePlan("Every factor needs one weight.")

    @property
    def ratio(self) -> tuple[int, ...]:
        """The planned share of each arm."""
        return self.rule.ratio

    def start(self) -> Counts:
        """Nobody at any level."""
        return self.grid.empty(len(self.ratio))

    def law(self, memory: Counts, levels: Levels = ()) -> Law:
        """The rule's law over the counts at the subject's levels, exact."""
        return self.rule.law(self.grid.at(memory, self.grid.places(levels)))

    def after(self, memory: Counts, step: Step) -> Counts:
        """One more subject at each of the step's levels."""
        return self.grid.added(memory, self.grid.places(step.levels), step.arm)
