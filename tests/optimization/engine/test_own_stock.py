"""A site's own stock waits for later visits where the kits on their way can stand in for it."""

from optimization.engine.own_stock import spare_own_stock
from optimization.plan import Dispensing
from tests.optimization.engine.small import LONG, on_its_way, small

PROBLEM = small([("K1", 15), ("K2", LONG)], [("S0", "K2", 0, 1)], [(5, 1), (20, 1)])
OWN = Dispensing("S0", "K", 5, "K2", 1)


def test_it_changes_with_a_kit_that_is_there() -> None:
    """The kit on its way then need last only until the first visit."""
    kit = on_its_way(PROBLEM, 20)
    assert spare_own_stock(PROBLEM, [kit], [OWN]) == [Dispensing("S0", "K", 20, "K2", 1)]
    assert kit.lasts_until == 6


def test_it_serves_the_first_visit_where_nothing_else_is_there() -> None:
    """A kit that arrives after the visit cannot stand in."""
    kit = on_its_way(PROBLEM, 20, leaves=9)
    assert spare_own_stock(PROBLEM, [kit], [OWN]) == [OWN]
    assert kit.lasts_until == 21


def test_it_does_not_wait_longer_than_it_lasts() -> None:
    """A lot that expires on day 15 serves no visit of day 20."""
    short = Dispensing("S0", "K", 5, "K1", 1)
    assert spare_own_stock(PROBLEM, [on_its_way(PROBLEM, 20)], [short]) == [short]
