"""What a longer life of a lot touches in a plan, and what the plan pays for it: the price that screens lots."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from optimization.plan import Consignment, Dispensing, Plan
from optimization.problem import Demand, Lot, Problem
from optimization.story.charges import consignment_charges, total_cents
from optimization.story.stock_book import stock_book, tally
from optimization.story.tracing import kits_in, trace


@dataclass(frozen=True, slots=True)
class Touched:
    """Kits of the lots, those wasted (None: not looked at), kits they could newly serve, and cents paid for it.

    `cents` is the most that could be saved by what a longer life touches directly: the waste, the misses, and the
    journeys of kits it could stand in for. Lots are planned in its order, and not at all where it is zero.
    """

    supplied: int
    wasted: int | None
    newly_served: int
    cents: int


def longer(problem: Problem, lots: Sequence[str], days: int) -> Problem:
    """The problem with these lots lasting so many days longer."""
    changed = {lot: replace(problem.lots[lot], expiry_day=problem.lots[lot].expiry_day + days) for lot in lots}
    return replace(problem, lots={**problem.lots, **changed})


def touched(problem: Problem, plan: Plan, lots: Sequence[str], days: int) -> Touched:
    """What a longer life of these lots touches in the plan."""
    supplied = sum(row.kits for row in problem.supply if row.lot in lots)
    wasted = _wasted(problem, plan, lots)
    rows = _new_rows(problem, lots, days)
    cents = sum(kits * problem.kit_types[kit].unit_cost for kit, kits in wasted.items())
    cents += _misses(problem, plan, rows) + _journeys(problem, plan, rows) + _riders(problem, plan, lots, days)
    return Touched(supplied, sum(wasted.values()), sum(row.kits for row in rows), cents)


def may_gain(problem: Problem, lots: Sequence[str], days: int) -> bool:
    """Whether any plan can do with the longer life what none can without: serve, outlast, ride along."""
    if not any(row.kits for row in problem.supply if row.lot in lots):
        return False
    outlasts = any(_outlasts(problem, problem.lots[lot], days) for lot in lots)
    return outlasts or _travels_in_company(problem, lots) or bool(_new_rows(problem, lots, days))


def _new_rows(problem: Problem, lots: Sequence[str], days: int) -> list[Demand]:
    known = [problem.lots[lot] for lot in lots]
    return [row for row in problem.demand if any(newly_fits(problem, lot, row, days) for lot in known)]


def _travels_in_company(problem: Problem, lots: Sequence[str]) -> bool:
    kits = {problem.lots[lot].kit for lot in lots}
    return problem.blind_minimum_each > 0 and any(kits & set(group) for group in problem.blind_groups)


def newly_fits(problem: Problem, lot: Lot, row: Demand, days: int) -> bool:
    """Whether the lot could serve the demand with these days more, and cannot without."""
    until = row.day + row.dnd_days
    may_go_there = problem.nodes[row.site].country in lot.countries
    return row.kit == lot.kit and may_go_there and lot.expiry_day < until <= lot.expiry_day + days


def _outlasts(problem: Problem, lot: Lot, days: int) -> bool:
    """Whether what expires within the plan would outlast it."""
    return lot.expiry_day <= problem.horizon_days < lot.expiry_day + days


def _wasted(problem: Problem, plan: Plan, lots: Sequence[str]) -> Counter[str]:
    """Kits of these lots that nobody uses, by type."""
    kits: Counter[str] = Counter()
    for at in stock_book(problem, plan):
        if at.lot.id in lots:
            told = tally(at, problem.horizon_days)
            kits[at.lot.kit] += told.expired + (told.left if at.node.kind.uses_kits else 0)
    return kits


def _served(plan: Plan) -> Counter[tuple[str, str, int]]:
    served: Counter[tuple[str, str, int]] = Counter()
    for use in plan.dispensings:
        served[use.site, use.kit, use.day] += use.kits
    return served


def _misses(problem: Problem, plan: Plan, rows: Sequence[Demand]) -> int:
    served = _served(plan)
    missing = sum(row.kits - served[row.site, row.kit, row.day] for row in rows)
    return missing * problem.costs.unmet_kit


def _journeys(problem: Problem, plan: Plan, rows: Sequence[Demand]) -> int:
    """What the consignments cost that bring what the lots could newly serve, each once."""
    wanted = {(row.site, row.kit, row.day) for row in rows}
    bringing = [
        source
        for source, fed in trace(problem, plan).items()
        if source is not None and any(each.dispensing and _key(each.dispensing) in wanted for each in fed)
    ]
    sent = [plan.consignments[source] for source in bringing]
    return sum(total_cents(consignment_charges(problem, one)) for one in sent)


def _key(use: Dispensing) -> tuple[str, str, int]:
    return use.site, use.kit, use.day


def _riders(problem: Problem, plan: Plan, lots: Sequence[str], days: int) -> int:
    """Cents of kits that only ride along for the blind when the lots could newly stand in for them."""
    if not _travels_in_company(problem, lots):
        return 0
    expiries = [problem.lots[lot].expiry_day for lot in lots]
    dearest, fed = max(problem.kit_types[problem.lots[lot].kit].unit_cost for lot in lots), trace(problem, plan)
    riders = sum(
        kits_in(one) - sum(each.kits for each in fed.get(place, ()))
        for place, one in enumerate(plan.consignments)
        if any(expiry <= _arrives(problem, one) < expiry + days for expiry in expiries)
    )
    return riders * dearest


def _arrives(problem: Problem, one: Consignment) -> int:
    return one.dispatch_day + problem.lanes[one.lane].transit_days
