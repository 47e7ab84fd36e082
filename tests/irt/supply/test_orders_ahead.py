"""Orders of nights to come: worked out by hand for one site, and told of groups alike whoever is in which arm."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from irt.supply.orders_ahead import in_groups, orders_ahead, orders_differing, settings_in_groups
from irt.supply.planner import DepotView, Level, LotStock, NetworkView, OnTheWay, SiteView
from irt.supply.predictive import Predictive
from irt.supply.projection import Assumptions
from irt.supply.resupply import MinMax

DAY = date(2026, 3, 2)
GROUPS = {"A": "PEN", "P": "PEN"}
PLAIN: dict[str, Any] = {"consolidate": False, "groups": GROUPS, "review_days": 1}


def on(days: int) -> date:
    """So many days from now."""
    return DAY + timedelta(days=days)


def network(depot: int = 500, **changes: Any) -> NetworkView:
    """One site with 3 kits, levels 2 to 5, a lane of 2 days, and a visit with one kit each third day."""
    site = SiteView(
        "101",
        "NL",
        "all",
        "D",
        2,
        stock=(LotStock("A", "L", on(400), 3),),
        levels={"A": Level(2, 5)},
        expected_need={"A": [(on(days), 1) for days in range(0, 30, 3)]},
    )
    stock = (("all", LotStock("A", "L", on(400), depot)),)
    return NetworkView({"D": DepotView("D", stock)}, (site._replace(**changes),))


def days_and_kits(view: NetworkView, nights: int = 12, **told: Any) -> list[tuple[int, int]]:
    """When orders leave, and their kits."""
    orders = orders_ahead(MinMax(), view, DAY, nights, {**PLAIN, **told})
    return [((one.on - DAY).days, dict(one.kits)["A"]) for one in orders]


@pytest.mark.parametrize(
    ("changes", "told", "orders"),
    [
        # 3 kits, less one on days 0, 3, 6, 9: one is left after day 3, so 4 are ordered on day 4, and so on.
        ({}, {}, [(4, 4)]),
        ({"expected_need": {}}, {}, []),
        ({"stops_on": on(3)}, {}, []),
        # Mondays alone: DAY is one.
        ({}, {"review_days": 7}, [(7, 5)]),
        ({"on_the_way": (OnTheWay("A", "M", on(90), 2, on(1)),)}, {}, [(10, 4)]),
        # Kits in stock that expire on day 4 are used before; the rest counts for nothing by its window.
        ({"stock": (LotStock("A", "L", on(4), 3),), "dnc_days": {"A": 9}}, {}, [(0, 5)]),
    ],
)
def test_orders_by_hand(changes: dict[str, Any], told: dict[str, Any], orders: list[tuple[int, int]]) -> None:
    """Each night the rule sees what visits left and what is on its way."""
    assert days_and_kits(network(**changes), **told) == orders


def test_a_depot_gives_what_it_has() -> None:
    """Its stock is not filled up meanwhile."""
    given = days_and_kits(network(depot=6), nights=30)
    assert sum(kits for _, kits in given) == 6


def test_what_goes_home_leaves_the_depot_first() -> None:
    """Parcels leave on the day of their visit, of what may be sent; the site is sent what is left."""
    homes = SiteView("homes NL", "NL", "all", "D", 2, expected_need={"A": [(on(1), 3), (on(4), 2)]})
    view = replace(network(depot=6), homes=(homes,))
    assert days_and_kits(view) == [(1, 3), (4, 2), (4, 1)]
    assert days_and_kits(replace(view, homes=(homes._replace(dns_days={"A": 999}),))) == [(4, 4)]
    told = in_groups(view, GROUPS).homes[0]
    assert (told.expected_need, told.serves) == ({"PEN": [(on(1), 3), (on(4), 2)]}, ())


def test_what_differs_is_told_on_both_sides() -> None:
    """Sites and kinds with equal orders are left out."""
    early = orders_ahead(MinMax(), network(), DAY, 12, PLAIN)
    late = orders_ahead(MinMax(), network(levels={"A": Level(1, 5)}), DAY, 12, PLAIN)
    (found,) = orders_differing(early, late)
    assert (found.site, found.what, found.before) == ("101", "A", ((on(4), 4),))
    assert (found.kits_before, [((day - DAY).days, kits) for day, kits in found.after]) == (4, [(7, 5)])
    assert orders_differing(early, early) == ()


def test_groups_are_planned_alike_whatever_their_kits_hold() -> None:
    """Who gets A and who gets P: the rule that is told of groups answers the same."""
    levels = {"A": Level(2, 5, 7, 14), "P": Level(2, 5, 7, 14)}
    assumed = Assumptions(Fraction(0), Fraction(0), 2, {"A": ((0, 1),), "P": ((0, 1),)})
    told = {**PLAIN, "consolidate": True, "assumed": assumed, "block": {"A": 1, "P": 1}}
    answers = set()
    for share in range(5):
        need = {"A": [(on(3), share)], "P": [(on(3), 4 - share)]}
        stock = tuple(LotStock(kind, "L", on(400), kits) for kind, kits in (("A", 1 + share), ("P", 5 - share)))
        view = network(levels=levels, expected_need=need, stock=stock, dnc_days={"A": 3, "P": 4})
        depot = tuple(("all", LotStock(kind, "L", on(400), 90)) for kind in GROUPS)
        view = in_groups(NetworkView({"D": DepotView("D", depot)}, view.sites), GROUPS)
        answers.add(orders_ahead(Predictive(), view, DAY, 14, settings_in_groups(told, GROUPS)))
    (only,) = answers
    assert [dict(one.kits).keys() for one in only] == [{"PEN"}]
