"""A depot's own stock is taken for the visits that come first, of the lot that expires first."""

from optimization.engine.cluster import ClusterSite, Placed, Trip
from optimization.engine.depot_stock import AT_DEPOT, with_depot_stock
from optimization.engine.needs import Want
from optimization.problem import Problem
from tests.optimization.engine.small import LONG, small


def ready(problem: Problem, days: tuple[int, ...]) -> list[int]:
    """When each kit of a site may leave its source; AT_DEPOT: it is there."""
    trip = Trip(problem.lanes["R0-S0"], 4, 5)
    kits = tuple(Placed(Want(day, "K", day + 1), 7, 0, 8) for day in days)
    site = ClusterSite(problem.nodes["S0"], (trip,), (kits, ()), (), 0.0, 0.0, 0)
    (found,) = with_depot_stock(problem, [site], problem.supply)
    return [one.ready for one in found.kits[0]]


def test_the_first_visits_have_it() -> None:
    """Two kits lie there, three are wanted."""
    assert ready(small([("K1", LONG)], [("R0", "K1", 0, 2)]), (6, 7, 8)) == [AT_DEPOT, AT_DEPOT, 7]


def test_only_of_a_lot_that_lasts() -> None:
    """The kit that expires on day 7 serves the first visit, and no later one."""
    problem = small([("K1", 7), ("K2", LONG)], [("R0", "K1", 0, 5), ("R0", "K2", 0, 1)])
    assert ready(problem, (6, 8, 9)) == [AT_DEPOT, AT_DEPOT, 7]


def test_only_what_is_there_when_the_last_trip_leaves() -> None:
    """Stock that comes to the depot the day after helps nothing."""
    assert ready(small([("K1", LONG)], [("R0", "K1", 5, 2)]), (6, 7)) == [7, 7]
