"""What differs between two plans of one network, consignment by consignment."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from optimization.plan import Consignment, Plan
from optimization.problem import Problem
from optimization.story.charges import consignment_charges, total_cents

Day = TypeVar("Day", int, date)
Sent = TypeVar("Sent")


class ChangeKind(StrEnum):
    """How a consignment differs."""

    OTHER_DAY = "other day"
    OTHER_KITS = "other kits"
    NEW = "new"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One consignment before and after; `cents` is the difference of what its journey costs."""

    kind: ChangeKind
    before: Consignment | None
    after: Consignment | None
    cents: int


def plan_changes(problem: Problem, before: Plan, after: Plan) -> tuple[PlanChange, ...]:
    """Consignments of one lane and class are matched by day first, the rest in their order."""
    old, new = _by_lane(before.consignments), _by_lane(after.consignments)
    return tuple(
        change
        for key in sorted(set(old) | set(new))
        for change in _lane_changes(problem, old.get(key, {}), new.get(key, {}))
    )


def _by_lane(sent: Iterable[Consignment]) -> dict[tuple[str, str], dict[int, Consignment]]:
    lanes: dict[tuple[str, str], dict[int, Consignment]] = defaultdict(dict)
    for one in sent:
        lanes[one.lane, one.temp][one.dispatch_day] = one
    return lanes


def _lane_changes(problem: Problem, old: dict[int, Consignment], new: dict[int, Consignment]) -> list[PlanChange]:
    return [_change(problem, *pair) for pair in paired(old, new)]


def paired(old: Mapping[Day, Sent], new: Mapping[Day, Sent]) -> list[tuple[ChangeKind, Sent | None, Sent | None]]:
    """What differs on one lane in one class, by day: kind, before, after."""
    changes: list[tuple[ChangeKind, Sent | None, Sent | None]] = [
        (ChangeKind.OTHER_KITS, old[day], new[day]) for day in sorted(set(old) & set(new)) if old[day] != new[day]
    ]
    gone = [old[day] for day in sorted(set(old) - set(new))]
    come = [new[day] for day in sorted(set(new) - set(old))]
    moved = min(len(gone), len(come))
    changes += [(ChangeKind.OTHER_DAY, one, other) for one, other in zip(gone[:moved], come[:moved], strict=True)]
    changes += [(ChangeKind.DROPPED, one, None) for one in gone[moved:]]
    return changes + [(ChangeKind.NEW, None, one) for one in come[moved:]]


def _change(
    problem: Problem, kind: ChangeKind, before: Consignment | None, after: Consignment | None
) -> PlanChange:
    return PlanChange(kind, before, after, _cents(problem, after) - _cents(problem, before))


def _cents(problem: Problem, one: Consignment | None) -> int:
    return 0 if one is None else total_cents(consignment_charges(problem, one))
