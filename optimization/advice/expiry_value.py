"""What it would save if a lot lasted longer, lot by lot, and until when that must be known."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from optimization.advice.class_part import class_part, part_of_plan
from optimization.advice.longer_life import Touched, longer, may_gain, touched
from optimization.advice.what_if import Planned, replanned
from optimization.plan import Plan
from optimization.problem import Problem
from optimization.result import Goal, Solve, Watch
from optimization.story.plan_changes import PlanChange, plan_changes

Lots = Mapping[str, tuple[str, ...]]
"""What is called a lot, and the lots of the problem that it is: a lot with two labels is two of them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """So many days longer for each of these lots; at most so many of them are planned."""

    lots: Lots
    days: int
    most: int


@dataclass(frozen=True, slots=True)
class LotValue:
    """One lot with what its longer life is worth; `saving` is None where it was not planned.

    What it saves lies between `at_least` and `at_most` for sure. Known by the end of `decide_by` all of it is
    saved; after `last_day` the kits may not be used any more.
    """

    lot: str
    kit: str
    expiry_day: int
    touched: Touched
    saving: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    decide_by: int | None = None

    @property
    def last_day(self) -> int:
        """The last day on which the lot may be used as it is."""
        return self.expiry_day - 1


def each_lot(problem: Problem) -> Lots:
    """Every lot by its own name."""
    return {lot: (lot,) for lot in problem.lots}


def expiry_values(
    problem: Problem, asked: Asked, solve: Solve, goal: Goal, watch: Watch, kept: Plan | None = None
) -> tuple[LotValue, ...]:
    """Every lot, the most valuable first; those with nothing to gain, or after the `most` dearest, are not planned.

    A class is planned as it is, then once for each of its lots that can gain; a plan that is kept counts where it
    is cheaper.
    """
    bases = _Bases(problem, solve, goal, watch, kept or Plan((), ()))
    rows = [_screened(bases, asked, name, group) for name, group in asked.lots.items()]
    dearest = sorted(rows, key=lambda row: (-row.touched.cents, row.lot))
    planned = {row.lot for row in dearest[: asked.most] if row.touched.cents}
    valued = [_planned(bases, asked, row) if row.lot in planned else row for row in dearest]
    return tuple(sorted(valued, key=lambda row: (-(row.saving or 0), -row.touched.cents, row.lot)))


def record_of(values: Sequence[LotValue], asked: Asked) -> dict[str, Any]:
    """The values as plain values."""
    rows = [asdict(row) | {"last_day": row.last_day, "planned": row.saving is not None} for row in values]
    return {"days": asked.days, "lots": rows, "planned": sum(row.saving is not None for row in values)}


class _Bases:
    """Each class as it is, planned when it is first asked for."""

    def __init__(self, problem: Problem, solve: Solve, goal: Goal, watch: Watch, kept: Plan) -> None:
        self.problem = problem
        self._solve, self._goal, self._watch, self._kept = solve, goal, watch, kept
        self._known: dict[str, Planned] = {}

    def of(self, kit: str) -> Planned:
        """The class of a kit type, planned."""
        temp = self.problem.kit_types[kit].temp
        if temp not in self._known:
            self._known[temp] = self.planned(
                class_part(self.problem, temp), part_of_plan(self.problem, self._kept, temp)
            )
        return self._known[temp]

    def planned(self, problem: Problem, before: Plan) -> Planned:
        """A problem planned anew, or as before where that still holds and costs no more."""
        return replanned(problem, before, self._solve(problem, self._goal, self._watch))


def _screened(bases: _Bases, asked: Asked, name: str, group: tuple[str, ...]) -> LotValue:
    """The lot with what its longer life touches; classes none of whose lots can gain are never planned."""
    problem, lot = bases.problem, bases.problem.lots[group[0]]
    if not may_gain(problem, group, asked.days):
        supplied = sum(row.kits for row in problem.supply if row.lot in group)
        return LotValue(name, lot.kit, lot.expiry_day, Touched(supplied, None, 0, 0))
    base = bases.of(lot.kit)
    return LotValue(name, lot.kit, lot.expiry_day, touched(base.problem, base.plan, group, asked.days))


def _planned(bases: _Bases, asked: Asked, row: LotValue) -> LotValue:
    """The lot with what a plan saves that counts on its longer life."""
    base, group = bases.of(row.kit), asked.lots[row.lot]
    now = bases.planned(longer(base.problem, group, asked.days), base.plan)
    return replace(
        row,
        saving=max(base.cost - now.cost, 0),
        at_least=max(base.bound - now.cost, 0),
        at_most=max(base.cost - now.bound, 0),
        decide_by=_decide_by(base, now, row, group) if now.cost < base.cost else None,
    )


def _decide_by(base: Planned, now: Planned, row: LotValue, group: tuple[str, ...]) -> int:
    """The first day on which the better plan sends other kits of the type, or uses what would be too old."""
    days = [
        _leaves(change)
        for change in plan_changes(now.problem, base.plan, now.plan)
        if _holds(base.problem, change, row.kit)
    ]
    lasts = {(one.site, one.kit, one.day): one.day + one.dnd_days for one in base.problem.demand}
    for use in now.plan.dispensings:
        if use.lot in group and base.problem.lots[use.lot].expiry_day < lasts[use.site, use.kit, use.day]:
            days.append(use.day)
    return min([*days, row.last_day])


def _leaves(change: PlanChange) -> int:
    return min(one.dispatch_day for one in (change.before, change.after) if one)


def _holds(problem: Problem, change: PlanChange, kit: str) -> bool:
    """Whether kits of a type are in it before or after."""
    lots = [lot for one in (change.before, change.after) if one for lot, _ in one.lines]
    return any(problem.lots[lot].kit == kit for lot in lots)
