"""A depot's own stock is shared out: first to visits that nothing else reaches, of the lot that expires first."""

from optimization.engine.depot_stock import AT_DEPOT, Ask, lying_at, share_out
from optimization.engine.needs import Want
from optimization.engine.network import network_of
from optimization.engine.trips import entry_days
from optimization.engine.windows import Way, Ways
from optimization.problem import Problem
from tests.optimization.engine.small import LONG, small


def ways(problem: Problem) -> Ways:
    """The lane from the depot to the site."""
    network, lane = network_of(problem), problem.lanes["R0-S0"]
    way = Way(lane, network.days_of(lane), entry_days(problem, lane), direct=False)
    return Ways(problem.nodes["S0"], (way,))


def shared(problem: Problem, days: tuple[int, ...], must: tuple[int, ...] = ()) -> list[str | None]:
    """The lot of each visit, by its day; nothing but stock reaches those of `must`."""
    stock = lying_at(problem, problem.nodes["R0"], problem.supply)
    asks = [Ask(ways(problem), Want(day, "K", day + 1), day in must) for day in days]
    return [one.lot.id if one else None for one in share_out(problem, stock, asks)]


def test_the_first_visits_have_it() -> None:
    """Two kits lie there, three are wanted."""
    assert shared(small([("K1", LONG)], [("R0", "K1", 0, 2)]), (7, 6, 8)) == ["K1", "K1", None]


def test_before_them_those_that_nothing_else_reaches() -> None:
    """One kit, two visits."""
    assert shared(small([("K1", LONG)], [("R0", "K1", 0, 1)]), (6, 7), must=(7,)) == [None, "K1"]


def test_only_of_a_lot_that_lasts() -> None:
    """The kits that expire on day 7 serve the first visit, and no later one."""
    problem = small([("K1", 7), ("K2", LONG)], [("R0", "K1", 0, 5), ("R0", "K2", 0, 1)])
    assert shared(problem, (6, 8, 9)) == ["K1", "K2", None]


def test_only_what_is_there_when_the_last_trip_leaves() -> None:
    """Stock that comes to the depot on the fifth day serves the seventh, not the fifth."""
    assert shared(small([("K1", LONG)], [("R0", "K1", 5, 2)]), (5, 7)) == [None, "K1"]


def test_what_stays_costs_its_nights_and_its_waste() -> None:
    """A kit that expires on day 7 costs seven nights and itself; one that lasts, all nights."""
    problem = small([("K1", 7), ("K2", LONG)], [("R0", "K1", 0, 5), ("R0", "K2", 0, 1)])
    assert [one.left for one in lying_at(problem, problem.nodes["R0"], problem.supply)] == [1_007.0, 40.0]


def test_kits_in_stock_come_before_any_arrival() -> None:
    """A window over the depot's lane opens when the stock is there."""
    problem = small([("K1", LONG)], [("R0", "K1", 3, 2)])
    window = ways(problem).from_depot(Want(9, "K", 10), AT_DEPOT, 3)
    assert window is not None
    assert (window.opens, window.closes) == (4, 9)
