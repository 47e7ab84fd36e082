"""The sentences of causes: what stands in the way, and what to do about it."""

from collections.abc import Callable, Sequence

from optimization.causes.cause import Why
from optimization.causes.reach import NEVER, Reach, Rule
from optimization.problem import Demand, Lane, Problem

WHY = {
    Rule.CLASS: Why.CLASS,
    Rule.SHIPPER: Why.SHIPPER,
    Rule.LICENCE: Why.LICENCE,
    Rule.RELEASE: Why.RELEASE,
    Rule.EXPIRY: Why.EXPIRY,
    Rule.HOLIDAYS: Why.CALENDAR,
    Rule.LATENESS: Why.EARLY,
    Rule.CALENDAR: Why.CALENDAR,
    Rule.STORE: Why.STORE,
    Rule.BLIND: Why.BLIND,
}


def about(problem: Problem, rule: Rule, demand: Demand) -> tuple[str, ...]:
    """What a cause is one of: demands with the same rule and the same of these have the same cause."""
    country, temp = problem.nodes[demand.site].country, problem.kit_types[demand.kit].temp
    if rule in {Rule.LICENCE, Rule.RELEASE}:
        return (country, demand.kit)
    if rule is Rule.EXPIRY:
        return (demand.kit,)
    if rule in {Rule.CLASS, Rule.SHIPPER, Rule.STORE}:
        return (demand.site, temp)
    return (demand.site, demand.kit)


def sentence(problem: Problem, rule: Rule, rows: Sequence[Demand], reach: Reach) -> str:
    """Why none of these can be served, and what would change it."""
    return SENTENCES[rule](problem, rows, reach)


def no_lane(site: str, kit: str) -> str:
    """For a site that no way leads to."""
    return f"No lane leads to {site} from where {kit} is. Add one, or put stock on hand there."


def none_supplied(kit: str) -> str:
    """For a kit type of which there is nothing."""
    return f"No kits of {kit} are supplied. Supply some."


def _class(problem: Problem, rows: Sequence[Demand], reach: Reach) -> str:
    site, temp = rows[0].site, _temp(problem, rows)
    lanes = [lane for lane in reach.lanes_into[site] if temp not in lane.temps]
    where = f"Lane {_names(lanes)} to {site} is" if lanes else f"The way to {site} has a lane that is"
    return f"{where} not qualified for {temp}. Qualify it, or add a lane that is."


def _shipper(problem: Problem, rows: Sequence[Demand], reach: Reach) -> str:
    site, temp = rows[0].site, _temp(problem, rows)
    holds = max((box.hold_days for box in problem.shippers.values() if box.temp == temp), default=None)
    most = "there is none" if holds is None else f"the best holds {holds} days"
    slow = [lane for lane in reach.lanes_into[site] if holds is None or lane.transit_days > holds]
    where = f"lane {_names(slow)} to {site}" if slow else f"a lane on the way to {site}"
    return f"No shipper for {temp} holds for the transit of {where}: {most}. Qualify one, or add a faster lane."


def _licence(problem: Problem, rows: Sequence[Demand], reach: Reach) -> str:
    country, kit = problem.nodes[rows[0].site].country, rows[0].kit
    licence = problem.licences.get((country, kit))
    if licence is None:
        return f"There is no licence to bring {kit} into {country}, or a country on the way. Get one."
    days = " and ".join(f"days {one.from_day} to {one.to_day}" for one in licence.openings)
    return (
        f"The licence for {kit} into {country} is open on {days}, and no consignment can arrive then and serve"
        " these visits. Ask for other days."
    )


def _release(problem: Problem, rows: Sequence[Demand], reach: Reach) -> str:
    country, kit = problem.nodes[rows[0].site].country, rows[0].kit
    return f"No lot of {kit} that could be there in time is released for {country}. Release one there."


def _expiry(problem: Problem, rows: Sequence[Demand], reach: Reach) -> str:
    latest = max(problem.lots[lot.id].expiry_day for lot in reach.lots_of[rows[0].kit])
    longest = max(row.day + row.dnd_days for row in rows)
    return (
        f"Every lot of {rows[0].kit} that could be there expires too soon: these visits need kits that last up to"
        f" day {longest}, and the last lot of all expires on day {latest}. Supply fresher lots, earlier, or extend"
        " the expiry."
    )


def _calendar(problem: Problem, rows: Sequence[Demand], reach: Reach) -> str:
    site, kit = rows[0].site, rows[0].kit
    return (
        f"Closed days and days without departures keep {kit} from being at {site} in time. Open a day, or put stock"
        " on hand there before."
    )


def _early(problem: Problem, rows: Sequence[Demand], reach: Reach) -> str:
    site, kit = rows[0].site, rows[0].kit
    first = min((reach.earliest(lot, site) for lot in reach.lots_of[kit]), default=NEVER)
    when = "never" if first == NEVER else f"on day {first} at the earliest"
    return f"{kit} can be at {site} {when}, and is wanted before. Put stock on hand there, or supply earlier."


def _store(problem: Problem, rows: Sequence[Demand], reach: Reach) -> str:
    site, temp = rows[0].site, _temp(problem, rows)
    return (
        f"The store of {site} for {temp} holds {problem.nodes[site].capacity[temp]} units, less than the least that"
        " can be sent there. Give it more room."
    )


def _blind(problem: Problem, rows: Sequence[Demand], reach: Reach) -> str:
    site, last = rows[0].site, max(row.day for row in rows)
    group = next(group for group in problem.blind_groups if rows[0].kit in group)
    absent = [kit for kit in group if all(reach.labels(lot).get(site, NEVER) > last for lot in reach.lots_of[kit])]
    what = f"no lot of {' or '.join(absent)} may travel there" if absent else "they are never ready together"
    return (
        f"A consignment to {site} must hold {' and '.join(group)} together, and {what} in time. Supply, release or"
        " license what is missing."
    )


def _temp(problem: Problem, rows: Sequence[Demand]) -> str:
    return problem.kit_types[rows[0].kit].temp


def _names(lanes: Sequence[Lane]) -> str:
    return ", ".join(sorted(lane.id for lane in lanes))


SENTENCES: dict[Rule, Callable[[Problem, Sequence[Demand], Reach], str]] = {
    Rule.CLASS: _class,
    Rule.SHIPPER: _shipper,
    Rule.LICENCE: _licence,
    Rule.RELEASE: _release,
    Rule.EXPIRY: _expiry,
    Rule.HOLIDAYS: _calendar,
    Rule.LATENESS: _early,
    Rule.CALENDAR: _calendar,
    Rule.STORE: _store,
    Rule.BLIND: _blind,
}
