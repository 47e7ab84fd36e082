"""What is different from the earlier plan, consignment by consignment, and what its changes near today cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from optimization.plan import Consignment, Plan
from optimization.problem import Problem
from optimization.replan.yesterday import Nervousness, Place
from optimization.result import Result
from optimization.story.plan_changes import ChangeKind, PlanChange, plan_changes

CHARGED = frozenset({ChangeKind.OTHER_DAY, ChangeKind.OTHER_KITS, ChangeKind.DROPPED})


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed of the consignments still to leave; `kept`: how many did not; `charge` in cents."""

    kept: int
    changed: tuple[PlanChange, ...]
    charge: int

    def count(self, kind: ChangeKind) -> int:
        """How many changed so."""
        return sum(one.kind is kind for one in self.changed)


@dataclass(frozen=True, slots=True)
class Replanned:
    """The result, what changed against yesterday, and the places that were planned anew."""

    result: Result
    changes: Changes
    places: frozenset[Place]


def changes_of(
    problem: Problem, before: Iterable[Consignment], after: Plan, first: int, nervousness: Nervousness
) -> Changes:
    """Against the consignments of the earlier plan that are still to leave, in today's days."""
    coming = list(before)
    known = [one for one in coming if _known(problem, one)]
    changed = [
        *plan_changes(problem, Plan(tuple(known), ()), after),
        *(PlanChange(ChangeKind.DROPPED, one, None, 0) for one in coming if not _known(problem, one)),
    ]
    touched = sum(one.before is not None for one in changed)
    return Changes(len(coming) - touched, tuple(changed), _charge(changed, first, nervousness))


def _known(problem: Problem, one: Consignment) -> bool:
    """Whether the network still has its lane and boxes."""
    return one.lane in problem.lanes and all(box in problem.shippers for box in one.shippers)


def _charge(changed: Sequence[PlanChange], first: int, nervousness: Nervousness) -> int:
    near = first + nervousness.near_days
    return nervousness.changed_cents * sum(
        one.kind in CHARGED and one.before is not None and one.before.dispatch_day < near for one in changed
    )
