"""A rule that gives way: the problem in which one other way of a consignment is allowed, and nothing else is."""

from dataclasses import replace

from optimization.check.verdict import Code
from optimization.plan import Consignment, Plan
from optimization.problem import Problem
from optimization.story.wanted_later import wanted_later
from optimization.story.why import Alternative, Why


def lifted(problem: Problem, plan: Plan, told: Why, other: Alternative) -> Problem:
    """The problem without the one rule that forbids the other way, there and then."""
    match other.repriced.codes[0]:
        case Code.CALENDAR:
            return _open(problem, told.consignment, other.day)
        case Code.STORE:
            return _roomy(problem, told.consignment)
        case Code.LICENCE:
            return _licensed(problem)
        case Code.STOCK:
            arrives = other.day + problem.lanes[told.consignment.lane].transit_days
            later = wanted_later(problem, plan, told.fed, arrives)
            assert later is not None
            return later[0]
        case code:
            raise NotImplementedError(code)


def _open(problem: Problem, one: Consignment, day: int) -> Problem:
    lane = problem.lanes[one.lane]
    shut = {lane.origin: day, lane.destination: day + lane.transit_days}
    nodes = {
        name: replace(node, closed_days=node.closed_days - {shut.get(name, -1)})
        for name, node in problem.nodes.items()
    }
    lanes = {**problem.lanes, lane.id: replace(lane, weekdays=lane.weekdays | {day % 7})}
    return replace(problem, nodes=nodes, lanes=lanes)


def _roomy(problem: Problem, one: Consignment) -> Problem:
    place = problem.lanes[one.lane].destination
    node = replace(problem.nodes[place], capacity={one.temp: 10_000})
    return replace(problem, nodes={**problem.nodes, place: node})


def _licensed(problem: Problem) -> Problem:
    always = {
        key: replace(one, from_day=0, to_day=2 * problem.horizon_days) for key, one in problem.licences.items()
    }
    return replace(problem, licences=always)
