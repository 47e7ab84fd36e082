"""The door of planning again: today's problem and yesterday's plan in, a checked plan near yesterday's out."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from optimization.causes.unservable import unservable
from optimization.check.check_plan import check_plan
from optimization.check.verdict import Verdict
from optimization.door import best_plan
from optimization.engine.blind import within_blind
from optimization.engine.licences import within_licences
from optimization.engine.lots import Allotted
from optimization.engine.packing import dispensings_of
from optimization.plan import Dispensing, Plan, ordered_plan, with_dispensings
from optimization.problem import Demand, Problem
from optimization.replan.changes import Changes, Replanned, changes_of
from optimization.replan.exchanging import Exchanging, one_row_each
from optimization.replan.giving_back import GivingBack, Stays
from optimization.replan.legs import Key, Legs
from optimization.replan.part import parts_of
from optimization.replan.part_plan import Arrivals, PartPlan, keys_of_kit, plan_part
from optimization.replan.standing import standing
from optimization.replan.unfit import Fit
from optimization.replan.yesterday import CALM, Nervousness, Place, Yesterday, first_day
from optimization.result import Goal, Progress, Result, Status, Watch, unwatched


@dataclass(frozen=True, slots=True)
class _Candidate:
    plan: Plan
    verdict: Verdict
    changes: Changes

    @property
    def burden(self) -> tuple[bool, int, int]:
        """What candidates are compared by: the rules, then cost and charge together, then how much changes."""
        cost = self.verdict.cost.total + self.changes.charge
        return bool(self.verdict.violations), cost, len(self.changes.changed)


def told_against(problem: Problem, yesterday: Yesterday, plan: Plan, nervousness: Nervousness) -> Changes:
    """What any plan of today changes against yesterday's."""
    first = first_day(problem)
    before = [one for one in yesterday.consignments() if one.dispatch_day >= first]
    return changes_of(problem, before, plan, first, nervousness)


def replan(
    problem: Problem,
    yesterday: Yesterday,
    goal: Goal,
    watch: Watch = unwatched,
    nervousness: Nervousness = CALM,
    clock: Callable[[], float] = time.monotonic,
) -> Replanned:
    """Keeps what still fits, plans the other places anew on what stands, and has the whole checked and priced.

    Its bound is nothing: that no plan is cheaper than so much is for `optimize` to prove. Where what was repaired
    does not pass the check, or lacks kits that some plan might have, `optimize` plans too, within the seconds of
    the goal, and the better plan of both is the answer.
    """
    begun = clock()
    run = _Replanning(problem, yesterday, nervousness)
    best, status, bound = run.best(), Status.STOPPED, 0
    watch(Progress(clock() - begun, 0, best.verdict.cost.total, "kept what still fits"))
    if best.verdict.violations or run.lacks(best):
        whole = best_plan(problem, replace(goal, seconds=goal.seconds - (clock() - begun)), watch, clock)
        status, bound = whole.status, whole.bound
        best = min(best, run.checked(whole.plan), key=lambda one: one.burden)
    result = Result(status, best.plan, best.verdict.cost, bound, clock() - begun)
    return Replanned(result, best.changes, run.places)


class _Replanning:
    """What stands of the earlier plan, and the places where it no longer fits."""

    def __init__(self, problem: Problem, yesterday: Yesterday, nervousness: Nervousness) -> None:
        self._problem, self._nervousness = problem, nervousness
        self._first = first_day(problem)
        self._before = [one for one in yesterday.consignments() if one.dispatch_day >= self._first]
        stands = standing(problem, self._before)
        self._legs = stands.legs
        from_day = min((self._first, *(row.day for row in problem.demand)))
        self._uses = [use for use in yesterday.dispensings() if use.day >= from_day]
        misfits = Fit(problem).misfits(self._uses, stands.legs)
        self.places = stands.short | misfits.wrong | misfits.missed
        self._as_before = yesterday.missed(misfits.missed - stands.short - misfits.wrong)
        if self.places == self._as_before and not yesterday.more_stock(problem, from_day):
            self.places = self._as_before = frozenset()
        self._temps = {kit.id: kit.temp for kit in problem.kit_types.values()}

    def best(self) -> _Candidate:
        """The least burden of all ways.

        Where changes cost and some are made, the near days stay instead of the frozen ones. Places where something
        was missing before, or may have been, stay as they are instead of being planned anew.
        """
        found = self._kept_for(self._nervousness.frozen_days)
        near = self._nervousness.near_days
        if found.verdict.violations and self._nervousness.frozen_days:
            return self._kept_for(0)
        if found.changes.charge and near > self._nervousness.frozen_days:
            return min(found, self._kept_for(near), key=lambda one: one.burden)
        return found

    def _kept_for(self, days: int) -> _Candidate:
        found = self._passing(days, self.places)
        if self._as_before:
            return min(found, self._passing(days, self.places - self._as_before), key=lambda one: one.burden)
        return found

    def _passing(self, frozen_days: int, places: frozenset[Place]) -> _Candidate:
        """The plan of a way, once more with smaller stores if it does not pass the check."""
        found = self.candidate(frozen_days, places)
        return self.candidate(frozen_days, places, tight=True) if found.verdict.violations else found

    def candidate(self, frozen_days: int, places: frozenset[Place], tight: bool = False) -> _Candidate:
        """The plan where what leaves within so many days stays, and these places are planned anew."""
        legs = self._legs.copy()
        until = self._first + frozen_days
        to_depots = frozenset(key for key in legs.lots if not legs.to_user(key))

        def stays(key: Key) -> bool:
            return key.day < until

        GivingBack(legs, stays).free(places)
        frozen = frozenset(key for key in legs.lots if key.day < until)
        stand = frozenset(key for key in to_depots if key in legs.lots) - frozen
        arrivals = Arrivals(stand, frozenset(key for key in to_depots if key.day >= until) - stand, frozen)
        uses = [use for use in self._uses if (use.site, self._temps.get(use.kit, "")) not in places]
        plans = [
            plan_part(part, legs, arrivals)
            for part in parts_of(self._problem, legs, places, self._wanted(places), tight)
        ]
        uses, new = _sent(legs, uses, plans, stays)
        sent = ordered_plan(legs.consignments(), ()).consignments
        return self.checked(Plan(sent, with_dispensings(uses, new)))

    def checked(self, plan: Plan) -> _Candidate:
        """A plan with what the check says of it, and what it changes against yesterday's."""
        changes = changes_of(self._problem, self._before, plan, self._first, self._nervousness)
        return _Candidate(plan, check_plan(self._problem, plan), changes)

    def lacks(self, found: _Candidate) -> bool:
        """Whether kits are missing where none were before, and more than no plan can help."""
        if not found.verdict.unmet_kits:
            return False
        missing: Counter[str] = Counter()
        for row in self._problem.demand:
            if (row.site, self._temps[row.kit]) not in self._as_before:
                missing[row.site] += row.kits
        for use in found.plan.dispensings:
            if (use.site, self._temps[use.kit]) not in self._as_before:
                missing[use.site] -= use.kits
        return missing.total() > sum(cause.kits for cause in unservable(self._problem))

    def _wanted(self, places: frozenset[Place]) -> Mapping[Place, list[Demand]]:
        """The demand of the places to plan."""
        found: dict[Place, list[Demand]] = defaultdict(list)
        for row in self._problem.demand:
            place = row.site, self._temps[row.kit]
            if place in places:
                found[place].append(row)
        return found


def _sent(
    legs: Legs, uses: list[Dispensing], plans: Sequence[PartPlan], stays: Stays
) -> tuple[list[Dispensing], list[Dispensing]]:
    """Puts the kits of the parts into consignments, and answers the uses that stand, in order, and the new ones.

    A kit without a lot takes one that another can give up; what would tell an arm, or exceed a licence, is taken
    out again.
    """
    kits = [one for planned in plans for one in planned.kits]
    for one in kits:
        _put(legs, one)
    if any(planned.without for planned in plans):
        exchanging = Exchanging(legs, uses, stays)
        for planned in plans:
            found = [Allotted(one, lot) for one in planned.without if (lot := exchanging.lot_for(one))]
            planned.kits.extend(found)
            for one in found:
                _put(legs, one)
        uses = list(ordered_plan((), one_row_each(uses)).dispensings)
    sent = [one for planned in plans for one in _allowed(planned)]
    kept = set(map(id, sent))
    for one in (one for planned in plans for one in planned.kits if id(one) not in kept):
        for key in keys_of_kit(legs.problem, one.carried):
            legs.take(key, one.lot, 1)
    return uses, list(dispensings_of(sent, (row for planned in plans for row in planned.own)))


def _allowed(planned: PartPlan) -> list[Allotted]:
    return within_blind(planned.problem, within_licences(planned.problem, planned.kits))


def _put(legs: Legs, one: Allotted) -> None:
    for key in keys_of_kit(legs.problem, one.carried):
        legs.add(key, {one.lot: 1})
