"""Complete randomization: every subject by the ratio, whatever went before."""

from dataclasses import dataclass
from fractions import Fraction

from irt.randomization.methods.method import Law, Levels, Step


@dataclass(frozen=True, slots=True)
class Complete:
    """The toss of a coin (or of a die with a side for each share)."""

    ratio: tuple[int, ...]

    def start(self) -> None:
        """Nothing is remembered."""

    def law(self, memory: None, levels: Levels = ()) -> Law:
        """Each arm's share."""
        return tuple(Fraction(share, sum(self.ratio)) for share in self.ratio)

    def after(self, memory: None, step: Step) -> None:
        """Nothing is remembered."""
