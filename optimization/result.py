"""What an optimization answers: a plan, what it costs and why, and a bound no plan can fall below."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from optimization.plan import Plan
from optimization.problem import Problem


class Component(StrEnum):
    """What a plan's cost is made of, named as the benchmark's checker names it."""

    FIXED = "fixed"
    SHIPPERS = "shippers"
    KITS = "kits"
    HOLDING = "holding"
    WASTE = "waste"
    UNMET = "unmet"


@dataclass(frozen=True, slots=True)
class CostSplit:
    """A plan's cost in cents, by component."""

    fixed: int = 0
    shippers: int = 0
    kits: int = 0
    holding: int = 0
    waste: int = 0
    unmet: int = 0

    @property
    def total(self) -> int:
        """The whole cost in cents."""
        return self.fixed + self.shippers + self.kits + self.holding + self.waste + self.unmet


class Status(StrEnum):
    """How an optimization ended; each end has a plan that passed the check."""

    PROVEN = "proven"
    """The gap asked for is reached."""
    STOPPED = "stopped"
    """All rounds are done, or time was up: the best plan so far and its gap."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Goal:
    """When to stop: at this gap, or after these rounds, or (softly) after these seconds. The seed decides ties."""

    gap: float = 0.01
    seconds: float = 60.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an optimization has come: the best bound and plan so far."""

    seconds: float
    bound: int
    cost: int | None
    words: str

    @property
    def gap(self) -> float | None:
        """(cost - bound) / bound; None without a plan or a bound above zero."""
        return None if self.cost is None or self.bound <= 0 else (self.cost - self.bound) / self.bound


Watch = Callable[[Progress], bool]
"""Told of each step; answers whether to go on."""


def unwatched(progress: Progress) -> bool:
    """Goes on whatever happens."""
    return True


@dataclass(frozen=True, slots=True)
class Result:
    """The best plan found, priced by the checker, with the greatest bound proven (cents)."""

    status: Status
    plan: Plan
    cost: CostSplit
    bound: int
    seconds: float

    @property
    def gap(self) -> float:
        """(cost - bound) / bound; zero where both are zero."""
        return (self.cost.total - self.bound) / self.bound if self.bound else 0.0


Solve = Callable[[Problem, Goal, Watch], Result]
"""Whatever plans: the optimizer, or a rule."""
