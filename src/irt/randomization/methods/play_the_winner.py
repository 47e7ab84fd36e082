"""The randomized play-the-winner rule (Wei and Durham 1978): an urn that successes fill with their own arm's balls.

The urn begins with `initial` balls for each share of an arm. A success adds `added` balls of its own arm; a failure
adds as many in all, in equal parts to every other arm (with two arms: all to the other; with more: Wei 1979). Parts
of a ball are allowed, so that the law stays exact. A response that is not known yet adds nothing.
"""

from dataclasses import dataclass
from fractions import Fraction

from irt.randomization.methods.method import Law, Levels, Step
from irt.randomization.methods.responses import Tallies, checked
from irt.randomization.scheme import UnusablePlan

Balls = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class PlayTheWinner:
    """Drawing with replacement; `initial` above zero, `added` zero or more."""

    ratio: tuple[int, ...]
    initial: Fraction
    added: Fraction

    def __post_init__(self) -> None:
        if self.initial <= 0:
            raise UnusablePlan(f"The urn of play_the_winner begins with more than zero balls, not {self.initial}.")
        if self.added < 0:
            raise UnusablePlan(f"A response adds zero balls or more, not {self.added}.")

    def start(self) -> Balls:
        """The balls of each arm before the first subject."""
        return tuple(self.initial * share for share in self.ratio)

    def law(self, memory: Balls, levels: Levels = ()) -> Law:
        """Each arm's part of the balls."""
        total = sum(memory)
        return tuple(balls / total for balls in memory)

    def after(self, memory: Balls, step: Step) -> Balls:
        """The balls once the response, where known, has filled the urn."""
        response = checked(step.response)
        if response is None:
            return memory
        own = self.added if response else Fraction(0)
        other = (self.added - own) / (len(memory) - 1)
        return tuple(balls + (own if arm == step.arm else other) for arm, balls in enumerate(memory))

    def known(self, tallies: Tallies) -> Balls:
        """The balls once all these responses have filled the urn, in whatever order they came."""
        each = self.added / (len(tallies) - 1)
        failures = sum(tally.failures for tally in tallies)
        return tuple(
            balls + tally.successes * self.added + (failures - tally.failures) * each
            for balls, tally in zip(self.start(), tallies, strict=True)
        )
