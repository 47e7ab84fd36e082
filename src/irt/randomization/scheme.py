"""The one shape of every randomization procedure: facts and memory in, exact probabilities or an allocation out.

Settings live in the plan, the rule in a procedure, the memory in rows of plain integers that the caller keeps.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

from irt.errors import BadInput, Refusal
from irt.randomization.stream import Draw, Seed

Probabilities = tuple[tuple[str, Fraction], ...]
"""Every arm of the plan, in its order, with its exact probability; they sum to one."""

Row = Mapping[str, int]
State = Mapping[str, Row]
"""The rows a decision needs, by key; a missing row is one in which nothing has happened."""


class UnusablePlan(BadInput):
    """The settings contradict themselves, so that no procedure can follow them."""


class FactorMissing(BadInput):
    """A subject without a value for a factor that the randomization needs."""

    def __init__(self, factor: str) -> None:
        super().__init__(
            f"The value of {factor} is missing, so the subject was not randomized. Enter it and try again."
        )


class NoEligibleAgent(Refusal):
    """Nothing the subject could be given in a platform study."""

    def __init__(self) -> None:
        super().__init__(
            "The subject is not eligible for any agent that is open, so the subject was not randomized. "
            "Check the eligibility answers, or wait until an agent opens."
        )


class NoOpenCohort(Refusal):
    """A subject arrives while no cohort is open."""

    def __init__(self) -> None:
        super().__init__(
            "No cohort is open, so the subject was not assigned. Wait for the notice that a cohort has opened."
        )


class TooFewArms(Refusal):
    """Chance has nothing to decide."""

    def __init__(self) -> None:
        super().__init__(
            "Randomization is not possible for this subject at the moment, so nothing was drawn. "
            "Check what was entered, or ask the study team."
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """The facts of a subject that a randomization may depend on."""

    number: int
    """The assignment number: the index of this subject's dynamic draws."""
    levels: Mapping[str, str] = field(default_factory=dict)
    """Factor code to level code, as entered."""
    agents: tuple[str, ...] = ()
    """Codes of the agents the subject is eligible for (platform studies)."""
    open_arm: str | None = None
    """The arm of the cohort that is open (cohort studies)."""
    open_arms: tuple[str, ...] | None = None
    """The arms the subject can get, where these are not all: open on the day, and the subject eligible for them."""
    servable: tuple[str, ...] | None = None
    """The arms whose kits are there, where a draw is forced."""
    responses: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """By arm, how many responses of 1 and of 0 are known of earlier subjects in the subject's stratum."""
    listed: tuple[int, str] | None = None
    """The next position of the subject's list and its arm (listed studies); None where the list has ended."""

    def level(self, factor: str) -> str:
        """The subject's level of a factor; FactorMissing where none was entered."""
        try:
            return self.levels[factor]
        except KeyError:
            raise FactorMissing(factor) from None

    def profile(self, factors: tuple[str, ...]) -> str:
        """`factor=level;factor=level` in the plan's order; empty where there are no factors."""
        return ";".join(f"{factor}={self.level(factor)}" for factor in factors)


@dataclass(frozen=True, slots=True, repr=False)
class Allocation:
    """One decided randomization with all that is needed to decide it again. Secret, so it never prints itself."""

    arm: str
    probabilities: Probabilities
    draws: tuple[Draw, ...]
    stream_ids: tuple[str, ...]
    seen: State
    after: State

    def record(self) -> dict[str, Any]:
        """JSON-able, for the secret record; probabilities as `numerator/denominator`."""
        return {
            "arm": self.arm,
            "probabilities": {arm: f"{p.numerator}/{p.denominator}" for arm, p in self.probabilities},
            "draws": [draw.record() for draw in self.draws],
            "stream_ids": list(self.stream_ids),
            "seen": {key: dict(row) for key, row in self.seen.items()},
            "after": {key: dict(row) for key, row in self.after.items()},
        }


class Procedure(Protocol):
    """A rule that allocates subjects to arms. It keeps nothing between two subjects."""

    @property
    def arms(self) -> tuple[str, ...]:
        """Codes of the arms, in the plan's order."""

    def stratum(self, subject: Subject) -> str:
        """The list a subject is on, as `factor=level;...`; empty where all share one."""

    def state_keys(self, subject: Subject) -> tuple[str, ...]:
        """Keys of the rows this subject's decision reads and rewrites, in a fixed order."""

    def probabilities(self, state: State, subject: Subject) -> Probabilities:
        """Each arm's exact probability for this subject, before any draw."""

    def assign(self, state: State, subject: Subject, seed: Seed) -> Allocation:
        """Draws the arm; the same arguments always give the same allocation."""
