"""What is known of an arm's responses: the memory of response-adaptive methods, and their first subjects."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from irt.errors import BadInput
from irt.randomization.methods.method import Law, Step
from irt.randomization.scheme import UnusablePlan


class UnusableResponse(BadInput):
    """A response that is neither a success nor a failure nor unknown."""

    def __init__(self, response: object) -> None:
        super().__init__(f"A response is 1, 0 or not known, not {str(response)[:40]}. Correct it and try again.")


class Tally(NamedTuple):
    """One arm so far; subjects whose response is not known yet are counted as allocated and nowhere else."""

    allocated: int = 0
    successes: int = 0
    failures: int = 0


Tallies = tuple[Tally, ...]
"""One tally for each arm."""


def checked(response: int | None) -> int | None:
    """The response; UnusableResponse where it is none."""
    if response not in {0, 1, None}:
        raise UnusableResponse(response)
    return response


def tallied(tallies: Tallies, step: Step) -> Tallies:
    """The tallies with one more subject, and its response where it is known."""
    response = checked(step.response)
    old = tallies[step.arm]
    new = Tally(old.allocated + 1, old.successes + (response == 1), old.failures + (response == 0))
    return (*tallies[: step.arm], new, *tallies[step.arm + 1 :])


@dataclass(frozen=True, slots=True)
class BurnIn:
    """The first subjects, allocated by the ratio alone: each by itself, or all as one permuted block."""

    subjects: int
    ratio: tuple[int, ...]
    by: Literal["complete", "permuted"] = "complete"

    def __post_init__(self) -> None:
        if self.subjects < 0:
            raise UnusablePlan(f"A burn-in has zero subjects or more, not {self.subjects}.")
        if self.by == "permuted" and self.subjects % sum(self.ratio):
            raise UnusablePlan(f"A permuted burn-in holds a multiple of {sum(self.ratio)} subjects.")

    def law(self, allocated: Sequence[int]) -> Law | None:
        """The chances of the next subject; None once the burn-in is over.

        A permuted block that was left (by an arm given too often) goes on by the ratio.
        """
        if sum(allocated) >= self.subjects:
            return None
        blocks = Fraction(self.subjects, sum(self.ratio))
        left = [share * blocks - count for share, count in zip(self.ratio, allocated, strict=True)]
        if self.by == "complete" or min(left) < 0:
            return tuple(Fraction(share, sum(self.ratio)) for share in self.ratio)
        return tuple(seats / sum(left) for seats in left)


@dataclass(frozen=True, slots=True)
class Learning:
    """A method that goes by the ratio in its burn-in and by every arm's tally after it."""

    burn_in: BurnIn

    @property
    def ratio(self) -> tuple[int, ...]:
        """The share of each arm in the burn-in."""
        return self.burn_in.ratio

    def start(self) -> Tallies:
        """Nobody allocated, nothing known."""
        return (Tally(),) * len(self.ratio)

    def after(self, memory: Tallies, step: Step) -> Tallies:
        """One more subject, and its response where it is known."""
        return tallied(memory, step)
