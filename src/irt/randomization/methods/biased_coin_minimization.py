"""Biased-coin minimization (Han, Enas and McEntegart 2009): minimization whose coin knows the ratio.

p is the chance of the arm with the smallest share r1 when it is preferred. Every other arm, while not preferred,
keeps a chance in proportion to its share, (1 - p) r / (R - r1), where R is the sum of the shares; the preferred arm
k gets the rest, 1 - (1 - p) (R - rk) / (R - r1). With equal shares that is p for the preferred arm and equal parts
of 1 - p for the others. Of several preferred arms each is the preferred one equally often; where all arms tie, the
ratio decides. Counts are divided by the share with the new subject added, unless `scaling` says otherwise.
"""

from dataclasses import dataclass
from fractions import Fraction

from irt.randomization.marginal_rule import MarginalRule
from irt.randomization.methods.factor_grid import Counts, FactorGrid
from irt.randomization.methods.method import Law, Levels, Step


@dataclass(frozen=True, slots=True)
class BiasedCoinMinimization:
    """The rule tells the preferred arms; its probability is p as defined above."""

    rule: MarginalRule
    grid: FactorGrid

    @property
    def ratio(self) -> tuple[int, ...]:
        """The planned share of each arm."""
        return self.rule.ratio

    def start(self) -> Counts:
        """Nobody at any level."""
        return self.grid.empty(len(self.ratio))

    def law(self, memory: Counts, levels: Levels = ()) -> Law:
        """Exact; the mean of the laws of the preferred arms."""
        best = self.rule.preferred(self.grid.at(memory, self.grid.places(levels)))
        if len(best) == len(self.ratio):
            return tuple(Fraction(share, sum(self.ratio)) for share in self.ratio)
        laws = [self._coin(preferred) for preferred in best]
        return tuple(sum(chances, start=Fraction(0)) / len(best) for chances in zip(*laws, strict=True))

    def after(self, memory: Counts, step: Step) -> Counts:
        """One more subject at each of the step's levels."""
        return self.grid.added(memory, self.grid.places(step.levels), step.arm)

    def _coin(self, preferred: int) -> tuple[Fraction, ...]:
        """The law where one arm is preferred."""
        others = sum(self.ratio) - min(self.ratio)
        low = [(1 - self.rule.probability) * share / others for share in self.ratio]
        high = 1 - (sum(low) - low[preferred])
        return tuple(high if arm == preferred else chance for arm, chance in enumerate(low))
