"""First to expire, first out: where a plan departs from it, and for what reason.

A line departs if its depot keeps kits of the same type that expire earlier and might have gone there instead. It is
right to do so where those kits would not last until their use, or are kept for a place that is sent them later.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

from optimization.check.check_plan import check_plan
from optimization.plan import Consignment, Dispensing, Plan, ordered_plan
from optimization.problem import Lot, Problem

CODE = "FEFO"
SWAPS_MAX = 20
"""So many lines are tried with the other lot: each trial checks the whole plan."""
Line = tuple[int, str]
"""A consignment's place in the plan, and a lot of it."""


class Departure(NamedTuple):
    """A line that departs: the lot that expires earlier and stays, and why; empty where nothing speaks for it."""

    consignment: int
    lot: str
    stays: str
    why: str


def departures_of(problem: Problem, plan: Plan) -> tuple[Departure, ...]:
    """Every line that departs from the order of expiry, in the order of the plan."""
    return tuple(_Stores(problem, plan).departures())


def without_reason(problem: Problem, plan: Plan, reasons: Mapping[Line, str]) -> tuple[str, ...]:
    """A sentence for each line that departs and has no reason among those given: such a plan is refused."""
    return tuple(
        f"{CODE}: {plan.consignments[one.consignment].lane}: {one.lot} leaves before {one.stays} for no reason"
        for one in departures_of(problem, plan)
        if not reasons.get((one.consignment, one.lot))
    )


def in_fefo_order(problem: Problem, plan: Plan) -> Plan:
    """The plan with the earlier lot in each line where nothing speaks against it: clean, and never dearer."""
    for _ in range(SWAPS_MAX):
        found = [one for one in departures_of(problem, plan) if not one.why][:SWAPS_MAX]
        better = next((swap for one in found if (swap := _swapped(problem, plan, one)) is not None), None)
        if better is None:
            return plan
        plan = better
    return plan


def reasons_of(problem: Problem, plan: Plan) -> dict[Line, str]:
    """For each line that departs its reason; where only a trial tells it, what the other lot would have broken."""
    departures = departures_of(problem, plan)
    return {(one.consignment, one.lot): one.why or _by_trial(problem, plan, one) for one in departures}


@dataclass(frozen=True, slots=True)
class _Kept:
    """Kits of one lot at one place: from each of these days on so many are left when the day's goods have gone."""

    days: Sequence[int]
    left: Sequence[int]

    def after(self, day: int) -> int:
        place = bisect_right(self.days, day) - 1
        return self.left[place] if place >= 0 else 0


class _Stores:
    """What depots keep under a plan, and what becomes of it."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self._problem, self._plan = problem, plan
        self._kept = _kept(problem, plan)
        self._lots: dict[str, list[Lot]] = defaultdict(list)
        for lot in sorted(problem.lots.values(), key=lambda lot: (lot.expiry_day, lot.id)):
            self._lots[lot.kit].append(lot)
        self._sent: dict[tuple[str, str], list[Consignment]] = defaultdict(list)
        for one in sorted(plan.consignments, key=lambda one: one.dispatch_day):
            for lot_id, _ in one.lines:
                self._sent[problem.lanes[one.lane].origin, lot_id].append(one)
        lasting = {(row.site, row.kit, row.day): row.dnd_days for row in problem.demand}
        self._until: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
        for use in plan.dispensings:
            until = use.day + lasting.get((use.site, use.kit, use.day), 0)
            self._until[use.lot].append((use.site, use.day, until))

    def departures(self) -> Iterator[Departure]:
        for place, one in enumerate(self._plan.consignments):
            for lot_id, _ in one.lines:
                lot = self._problem.lots[lot_id]
                for other in self._lots[lot.kit]:
                    if other.expiry_day >= lot.expiry_day:
                        break
                    if self._might_go(one, other):
                        yield Departure(place, lot_id, other.id, self._why(one, lot, other))
                        break

    def _might_go(self, one: Consignment, other: Lot) -> bool:
        lane = self._problem.lanes[one.lane]
        node = self._problem.nodes[lane.destination]
        kept = self._kept.get((lane.origin, other.id))
        return (
            kept is not None
            and kept.after(one.dispatch_day) > 0
            and other.expiry_day > one.dispatch_day + lane.transit_days
            and (not node.kind.uses_kits or node.country in other.countries)
        )

    def _why(self, one: Consignment, lot: Lot, other: Lot) -> str:
        lane = self._problem.lanes[one.lane]
        node = self._problem.nodes[lane.destination]
        arrives = one.dispatch_day + lane.transit_days
        uses = [
            until
            for site, day, until in self._until[lot.id]
            if day >= arrives and (site == node.id or not node.kind.uses_kits)
        ]
        if uses and min(uses) > other.expiry_day:
            return f"{_named(other)} does not last until its use"
        for later in self._sent[lane.origin, other.id]:
            if later.dispatch_day > one.dispatch_day:
                leaves = self._problem.start + timedelta(days=later.dispatch_day)
                to = self._problem.lanes[later.lane].destination
                return f"{_named(other)} is kept for {to}, which is sent it on {leaves}"
        return ""


def _named(lot: Lot) -> str:
    """A lot as people call it: of a live study's, the blinded lot alone."""
    return f"lot {lot.id.split('/')[0]}"


def _kept(problem: Problem, plan: Plan) -> dict[tuple[str, str], _Kept]:
    moves: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in problem.supply:
        moves[row.node, row.lot][row.day] += row.kits
    for one in plan.consignments:
        lane = problem.lanes[one.lane]
        for lot, kits in one.lines:
            moves[lane.origin, lot][one.dispatch_day] -= kits
            moves[lane.destination, lot][one.dispatch_day + lane.transit_days] += kits
    found = {}
    for place, by_day in moves.items():
        days, left, total = sorted(by_day), [], 0
        for day in days:
            total += by_day[day]
            left.append(total)
        found[place] = _Kept(days, left)
    return found


def _swapped(problem: Problem, plan: Plan, one: Departure) -> Plan | None:
    """The plan with the earlier lot in the line, as far as there are kits; None where it is not clean or dearer."""
    tried = _tried(problem, plan, one)
    before, after = check_plan(problem, plan), check_plan(problem, tried)
    return tried if after.accepted and after.cost.total <= before.cost.total else None


def _by_trial(problem: Problem, plan: Plan, one: Departure) -> str:
    """Why the earlier lot stays: what would be broken or lost if it went."""
    verdict = check_plan(problem, _tried(problem, plan, one))
    stays = _named(problem.lots[one.stays])
    if not verdict.accepted:
        return f"{stays} cannot go on from there as planned ({verdict.violations[0].code})"
    more = verdict.cost.total - check_plan(problem, plan).cost.total
    return f"with {stays} the plan would cost more" if more > 0 else ""


def _tried(problem: Problem, plan: Plan, one: Departure) -> Plan:
    sent = plan.consignments[one.consignment]
    lane = problem.lanes[sent.lane]
    there = _kept(problem, plan)[lane.origin, one.stays].after(problem.horizon_days)
    kits = min(dict(sent.lines)[one.lot], there)
    lines = dict(sent.lines)
    lines[one.lot] -= kits
    lines[one.stays] = lines.get(one.stays, 0) + kits
    changed = replace(sent, lines=tuple(sorted((lot, some) for lot, some in lines.items() if some)))
    consignments = [changed if place == one.consignment else each for place, each in enumerate(plan.consignments)]
    arrives = sent.dispatch_day + lane.transit_days
    uses = _other_uses(problem, plan, one, (lane.destination, arrives, kits))
    return ordered_plan(consignments, uses)


def _other_uses(
    problem: Problem, plan: Plan, one: Departure, arrival: tuple[str, int, int]
) -> Iterator[Dispensing]:
    """The uses with so many kits of the other lot, the first ones it lasts for."""
    site, arrives, kits = arrival
    lasting = {(row.site, row.kit, row.day): row.dnd_days for row in problem.demand}
    expiry = problem.lots[one.stays].expiry_day
    for use in sorted(plan.dispensings, key=lambda use: use.day):
        lasts = use.day + lasting.get((use.site, use.kit, use.day), 0) <= expiry
        moved = (
            min(use.kits, kits) if (use.site, use.lot) == (site, one.lot) and use.day >= arrives and lasts else 0
        )
        kits -= moved
        if moved:
            yield replace(use, lot=one.stays, kits=moved)
        if use.kits > moved:
            yield replace(use, kits=use.kits - moved)
