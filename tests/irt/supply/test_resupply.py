"""Min/max: what is ordered, for whom when there is too little, and what a blinded reader can learn from it."""

from collections import Counter, defaultdict
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.supply.calendar import DispatchCalendar
from irt.supply.planner import DepotView, Level, LotStock, NetworkView, OnTheWay, ProposedShipment, SiteView
from irt.supply.resupply import MinMax, explain

DAY = date(2026, 3, 2)
"""A Monday."""
BLINDED = {"consolidate": True, "groups": {"A": "PEN", "P": "PEN", "R": "RESCUE"}}
OPEN = {**BLINDED, "consolidate": False}


def lot(kit_type: str = "A", kits: int = 5, days: int = 400, name: str = "L1") -> LotStock:
    """A lot that expires so many days from now."""
    return LotStock(kit_type, name, DAY + timedelta(days=days), kits)


def a_site(number: str = "101", **changes: Any) -> SiteView:
    """A site with levels 4 to 8 for the two pens, three days away."""
    plain = SiteView(
        number=number,
        country="NL",
        label_group="all",
        depot="D",
        lead_time_days=3,
        levels={"A": Level(4, 8), "P": Level(4, 8)},
    )
    return plain._replace(**changes)


def plan(
    sites: list[SiteView], stock: list[LotStock], settings: dict[str, Any] = BLINDED
) -> list[ProposedShipment]:
    """What min/max proposes from one depot whose kits may go anywhere."""
    depot = DepotView("D", tuple(("all", s) for s in stock))
    return MinMax().plan(NetworkView({"D": depot}, tuple(sites)), DAY, settings)


def kits_of(shipment: ProposedShipment) -> dict[str, int]:
    """Kits by type."""
    kits: Counter[str] = Counter()
    for line in shipment.lines:
        kits[line.kit_type] += line.kits
    return dict(kits)


PLENTY = [lot("A", 1000), lot("P", 1000)]


@pytest.mark.parametrize(
    ("stock", "coming", "ordered"),
    [
        ([], 0, 8),
        ([lot(kits=3)], 0, 5),
        ([lot(kits=4)], 0, 0),
        ([lot(kits=2)], 2, 0),
        ([lot(kits=2)], 1, 5),
        ([lot(kits=9)], 0, 0),
        ([lot(kits=4, days=29)], 0, 8),
        ([lot(kits=4, days=30)], 0, 0),
    ],
    ids=["empty", "below", "at minimum", "with kits coming", "coming too few", "over", "past DNC", "last DNC day"],
)
def test_below_the_minimum_it_orders_up_to_the_maximum(stock: list[LotStock], coming: int, ordered: int) -> None:
    """Kits on site and on the way count, unless their do-not-count window is open."""
    site = a_site(
        levels={"A": Level(4, 8)},
        stock=tuple(stock),
        on_the_way=(OnTheWay("A", "L1", DAY + timedelta(days=400), coming, DAY),) if coming else (),
        dnc_days={"A": 30},
    )
    proposed = plan([site], PLENTY)
    assert sum(kits_of(shipment).get("A", 0) for shipment in proposed) == ordered


def test_a_blinding_group_is_topped_up_together() -> None:
    """One pen is low: both are filled; in an open study only the low one is."""
    site = a_site(stock=(lot("A", 3), lot("P", 6)))
    assert kits_of(plan([site], PLENTY)[0]) == {"A": 5, "P": 2}
    assert kits_of(plan([site], PLENTY, OPEN)[0]) == {"A": 5}


def test_another_group_is_left_alone() -> None:
    """A rescue kit that is not low is not sent with the pens."""
    site = a_site(levels={"A": Level(4, 8), "R": Level(1, 2)}, stock=(lot("R", 1),))
    assert kits_of(plan([site], [*PLENTY, lot("R", 50)])[0]) == {"A": 8}


def test_the_lot_that_expires_first_goes_first() -> None:
    """The earlier lot is used up before the later is touched."""
    site = a_site(levels={"A": Level(4, 8)})
    stock = [lot("A", 100, 500, "LATE"), lot("A", 5, 300, "EARLY")]
    lines = plan([site], stock)[0].lines
    assert {line.lot: line.kits for line in lines} == {"EARLY": 5, "LATE": 3}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"approved_lots": frozenset({"L2"})}, "lot not approved there"),
        ({"dns_days": {"A": 398}}, "do not ship"),
    ],
)
def test_a_lot_that_may_not_go_there_stays(changes: dict[str, Any], why: str) -> None:
    """The rule that keeps a lot back is told by name, and no shipment is raised."""
    low = a_site(levels={"A": Level(4, 8)}, **changes)
    fed = a_site("102", levels={"A": Level(4, 8), "P": Level(1, 1)}, **changes)
    assert plan([low], PLENTY) == []
    told = plan([fed], [lot("A", 1000), lot("P", 1000, name="L2")], OPEN)[0].trace["kit_types"]["A"]
    assert told["lots_refused"] == {"L1": why}
    assert (told["wanted"], told["short"]) == (8, 8)


def test_the_do_not_ship_window_is_judged_at_arrival() -> None:
    """A lot of 400 days, three days under way, passes a window of 397 days and no longer one."""
    site = a_site(levels={"A": Level(4, 8)}, dns_days={"A": 397})
    assert plan([site], PLENTY)


def test_a_label_goes_only_where_it_fits() -> None:
    """Kits with the site's own label go before those that could go anywhere; others stay."""
    site = a_site(levels={"A": Level(4, 8)}, label_group="EU")
    depot = DepotView(
        "D",
        (("all", lot("A", 9, name="L1")), ("EU", lot("A", 5, name="L1")), ("US", lot("A", 50, 100, name="L0"))),
    )
    shipment = MinMax().plan(NetworkView({"D": depot}, (site,)), DAY, BLINDED)[0]
    assert {line.lot: line.kits for line in shipment.lines} == {"L1": 8}


def test_scarce_stock_brings_all_to_the_minimum_before_any_to_the_maximum() -> None:
    """The emptiest site is served first; of equal ones, the lower number."""
    levels = {"A": Level(4, 8)}
    sites = [
        a_site("103", levels=levels),
        a_site("101", levels=levels, stock=(lot(kits=2),)),
        a_site("102", levels=levels),
    ]
    granted = {s.site: kits_of(s)["A"] for s in plan(sites, [lot("A", 9)])}
    assert granted == {"101": 1, "102": 4, "103": 4}
    granted = {s.site: kits_of(s)["A"] for s in plan(sites, [lot("A", 6)])}
    assert granted == {"102": 4, "103": 2}


def test_goods_leave_on_a_day_of_the_lane() -> None:
    """Thursday after the cut-off, with a holiday on Monday: they leave on Tuesday."""
    thursday = DAY + timedelta(days=3)
    calendar = DispatchCalendar(frozenset({0, 1, 2, 3}), frozenset({DAY + timedelta(days=7)}), time(15))
    site = a_site(calendar=calendar, past_cut_off=True)
    depot = DepotView("D", tuple(("all", s) for s in PLENTY))
    shipment = MinMax().plan(NetworkView({"D": depot}, (site,)), thursday, BLINDED)[0]
    assert shipment.dispatch_on == DAY + timedelta(days=8)
    assert shipment.trace["arrival"] == (DAY + timedelta(days=11)).isoformat()


def test_it_explains_why_nothing_is_sent() -> None:
    """Every type of a site is told with what was counted, ordered or not."""
    told = explain(a_site(stock=(lot("A", 5), lot("P", 4))), DAY, BLINDED)
    assert {kit_type: facts["why"] for kit_type, facts in told.items()} == {
        "A": "enough stock",
        "P": "enough stock",
    }
    assert told["P"]["considered"] == told["P"]["minimum"] == 4


_types = st.sampled_from(["A", "P"])
_lots = st.lists(
    st.builds(lot, _types, st.integers(0, 12), st.integers(-5, 90), st.sampled_from(["L1", "L2"])), max_size=6
)


@st.composite
def _networks(draw: st.DrawFn) -> tuple[list[SiteView], list[LotStock]]:
    minimum = draw(st.integers(0, 6))
    level = Level(minimum, minimum + draw(st.integers(1, 6)))
    window = draw(st.integers(0, 30))
    sites = [
        a_site(
            str(101 + index),
            levels={"A": level, "P": level},
            stock=tuple(draw(_lots)),
            dnc_days={"A": window, "P": window},
            dns_days={"A": window + 5, "P": window + 5},
            approved_lots=draw(st.sampled_from([None, frozenset({"L1"})])),
        )
        for index in range(draw(st.integers(1, 4)))
    ]
    return sites, draw(_lots)


@settings(max_examples=150)
@given(_networks())
def test_never_more_than_the_depot_holds_nor_past_a_window(network: tuple[list[SiteView], list[LotStock]]) -> None:
    """Per lot no more leaves than lies there; nothing goes that would arrive inside its do-not-ship window."""
    sites, stock = network
    held: Counter[tuple[str, str]] = Counter()
    good: Counter[tuple[str, str]] = Counter()
    for s in stock:
        held[(s.kit_type, s.lot)] += s.kits
        if s.expiry >= DAY + timedelta(days=3 + sites[0].dns_days["A"]):
            good[(s.kit_type, s.lot)] += s.kits
    sent: Counter[tuple[str, str]] = Counter()
    for shipment in plan(sites, stock):
        site = next(s for s in sites if s.number == shipment.site)
        for line in shipment.lines:
            assert line.kits > 0
            assert site.approved_lots is None or line.lot in site.approved_lots
            sent[(line.kit_type, line.lot)] += line.kits
    assert all(kits <= good[pile] <= held[pile] for pile, kits in sent.items())


@settings(max_examples=150)
@given(_networks())
def test_with_plenty_every_order_is_exact(network: tuple[list[SiteView], list[LotStock]]) -> None:
    """Where the depot has enough, a low group ends at the maximum of each type, and no other is touched."""
    sites = [site._replace(approved_lots=None) for site in network[0]]
    by_site = {s.site: kits_of(s) for s in plan(sites, PLENTY)}
    for site in sites:
        told = explain(site, DAY, BLINDED)
        low = any(facts["considered"] < facts["minimum"] for facts in told.values())
        sent = by_site.get(site.number, {})
        for kit_type, facts in told.items():
            wanted = max(facts["maximum"] - facts["considered"], 0) if low else 0
            assert sent.get(kit_type, 0) == wanted


def _other(kit_type: str) -> str:
    return {"A": "P", "P": "A"}[kit_type]


@settings(max_examples=150)
@given(_networks())
def test_the_size_of_a_blinded_shipment_tells_no_arm(network: tuple[list[SiteView], list[LotStock]]) -> None:
    """With the pens' contents exchanged everywhere, the same parcels leave for the same sites on the same days."""
    sites = [site._replace(approved_lots=None) for site in network[0]]
    swapped = [
        site._replace(stock=tuple(s._replace(kit_type=_other(s.kit_type)) for s in site.stock)) for site in sites
    ]

    def seen(proposed: list[ProposedShipment]) -> dict[tuple[str, date], int]:
        counted: dict[tuple[str, date], int] = defaultdict(int)
        for shipment in proposed:
            counted[(shipment.site, shipment.dispatch_on)] += sum(kits_of(shipment).values())
        return counted

    assert seen(plan(sites, PLENTY)) == seen(plan(swapped, PLENTY))


@settings(max_examples=100)
@given(_networks())
def test_the_first_to_expire_leave_first(network: tuple[list[SiteView], list[LotStock]]) -> None:
    """No kit is sent while one of the same type, as fit for that site, would expire earlier and stays behind."""
    sites = [site._replace(approved_lots=None) for site in network[0]]
    stock = [s for s in network[1] if s.kits]
    left = Counter({(s.kit_type, s.lot, s.expiry): s.kits for s in stock})
    expiries = {(s.kit_type, s.lot): s.expiry for s in stock}
    if len(left) != len(stock) or len(expiries) != len(stock):
        return
    sent: Counter[tuple[str, str, date]] = Counter()
    for shipment in plan(sites, stock):
        for line in shipment.lines:
            sent[(line.kit_type, line.lot, expiries[(line.kit_type, line.lot)])] += line.kits
    arrives_good = DAY + timedelta(days=3 + sites[0].dns_days["A"])
    for kit_type, _, expiry in sent:
        earlier = [k for k in left if k[0] == kit_type and arrives_good <= k[2] < expiry]
        assert all(sent[pile] == left[pile] for pile in earlier)
