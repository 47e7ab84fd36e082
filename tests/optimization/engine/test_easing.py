"""Early prices are given back where lots suffice all the same, and kept where they do not."""

from collections.abc import Sequence
from dataclasses import replace

from optimization.engine.carried import Carried
from optimization.engine.class_work import ClassWork, begin_class
from optimization.engine.lots import allot
from optimization.engine.network import network_of
from optimization.engine.waste import first_prices
from optimization.problem import Costs
from tests.optimization.engine.small import LONG, small

LATE = 8


def begun(first_kits: int) -> ClassWork:
    """Two kits for two visits; so many lie ready, the others come on day 8. Holding is cheaper than a trip."""
    supply = [("C0", "K1", 0, first_kits), ("C0", "K2", LATE, 9)]
    problem = small([("K1", LONG), ("K2", LONG)], supply, [(5, 1), (15, 1)])
    problem = replace(problem, costs=Costs({"2-8C": 2}, {"2-8C": 1}, 10_000_000))
    net = network_of(problem)
    return begin_class(net, "2-8C", first_prices(problem, net.sources, net.first_arrival), lambda _: True)


def without(work: ClassWork) -> Sequence[Carried]:
    """Kits of the plan that find no lot."""
    return allot(work.network.problem, list(work.carried()))[1]


def raised(work: ClassWork, times: int) -> None:
    """The price of leaving before day 8, raised so often."""
    for _ in range(times):
        work.raise_early_price([("K", 0)], 20)


def test_a_price_is_given_back_where_lots_suffice() -> None:
    """Both kits travel together again, as they did before."""
    work = begun(first_kits=2)
    (before,) = work.clusters
    raised(work, 8)
    (dear,) = work.clusters
    work.ease_early_price(20)
    (after,) = work.clusters
    assert dear.unpriced > before.unpriced == after.unpriced
    assert not without(work)


def test_a_price_is_kept_where_lots_do_not_suffice() -> None:
    """The second kit waits for its lot."""
    work = begun(first_kits=1)
    assert without(work)
    raised(work, 8)
    assert not without(work)
    work.ease_early_price(20)
    assert not without(work)
