"""A kept problem brought back to life: what its nodes, lanes and lots stand for is read from their names."""

from datetime import date

from irt.supply.planner import OtherWay, SiteView
from optimization.live.calendars import Days
from optimization.live.network import LiveProblem, LotName
from optimization.problem import FREE_NODE, Lane, Lot, Problem


def revived(problem: Problem, day: date) -> LiveProblem:
    """The live problem that was planned from `day`, without what the database knows besides."""
    days = Days(problem.start, (day - problem.start).days, problem.horizon_days)
    places = {lane.id: _place(lane, problem) for lane in problem.lanes.values()}
    codes = {node: node for node in problem.nodes} | {
        lane.origin: places[lane.id].depot for lane in _central(problem)
    }
    return LiveProblem(problem, days, codes, places, {lot.id: _name(lot) for lot in problem.lots.values()})


def _central(problem: Problem) -> list[Lane]:
    return [lane for lane in problem.lanes.values() if lane.origin == FREE_NODE]


def _place(lane: Lane, problem: Problem) -> SiteView:
    """The end of a lane; where goods come in, the node's own name is left out of it and the lane tells it."""
    depot = lane.id.partition(">")[0] if lane.origin == FREE_NODE else lane.origin
    country = problem.nodes[lane.destination].country
    code = lane.id.partition(f">{lane.destination}")[2].strip()
    way = OtherWay(code, depot, lane.transit_days) if code else None
    return SiteView(lane.destination, country, "", depot, lane.transit_days, way=way)


def _name(lot: Lot) -> LotName:
    """Blinded lot, kit type, expiry and label; kits on a shelf abroad have no label."""
    number, _, rest = lot.id.partition(f"/{lot.kit}/")
    expiry, _, where = rest.partition("/")
    label = "" if where in {f"at {country}" for country in lot.countries} else where
    return LotName(lot.kit, number, date.fromisoformat(expiry), label)
