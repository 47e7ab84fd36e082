"""A network told as a problem: days, dates of expiry, labels, licences, blind groups, stock."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from irt.study.course import Treated
from irt.supply.calendar import DispatchCalendar
from irt.supply.imports import ImportWindow, LicenceFacts, licence_missing
from irt.supply.planner import DepotView, NetworkView, OtherWay, SiteView
from optimization.exact.solve import solve_exact
from optimization.live.leaving import leg_of, legs
from optimization.live.network import ANY_NUMBER, live_problem
from optimization.plan import Consignment, ordered_plan
from optimization.problem import NodeKind, Opening, Problem
from tests.optimization.live.world import (
    EARLY,
    LATE,
    MONDAY,
    WEDNESDAY,
    WEEKDAYS,
    a_network,
    a_pile,
    a_site,
    a_visit,
    coming,
    in_days,
    told,
)

LICENCE = LicenceFacts("GB", "IL-1", EARLY, LATE, {}, {})


def problem_of(network: NetworkView, **changes: object) -> Problem:
    """The problem of a Wednesday."""
    return live_problem("Wednesday", network, None, WEDNESDAY, told(**changes)).problem


def test_day_zero_is_the_monday_and_days_gone_by_are_closed() -> None:
    """Two days of the week are over; the lane leaves on weekdays and takes two days."""
    problem = problem_of(a_network())
    assert (problem.start, problem.horizon_days) == (MONDAY, 30)
    assert {0, 1} <= problem.nodes["C0"].closed_days
    assert problem.nodes["1001"].closed_days == {0, 1}
    assert problem.nodes["C0"].kind == NodeKind.CENTRAL
    lane = problem.lanes["NLD>1001"]
    assert (lane.origin, lane.destination, lane.transit_days, lane.weekdays) == (
        "C0",
        "1001",
        2,
        frozenset(range(5)),
    )


@pytest.mark.parametrize(
    ("site", "closed"),
    [
        (a_site(past_cut_off=True), "C0"),
        (a_site(calendar=replace(WEEKDAYS, holidays=frozenset({WEDNESDAY}))), "C0"),
        (a_site(stops_on=WEDNESDAY - timedelta(days=2)), "1001"),
    ],
)
def test_today_may_be_closed(site: SiteView, closed: str) -> None:
    """By the cut-off of every lane, a holiday of every lane, or because supply has stopped."""
    assert 2 in problem_of(a_network(site)).nodes[closed].closed_days


def test_a_kit_may_be_used_on_its_expiry_date() -> None:
    """The first unusable day is the next; what is sent keeps the window to ship, the shelf that to count."""
    site = a_site(dns_days={"PEN-A": 30}, dnc_days={"PEN-A": 10}, stock=(a_pile(kits=1),))
    problem = problem_of(a_network(site))
    last = (LATE - MONDAY).days
    sent, shelf = "L1/PEN-A/2027-06-30/EN", "L1/PEN-A/2027-06-30/at GB"
    assert problem.lots[sent].expiry_day == last + 1
    assert problem.lots[shelf].expiry_day == last + 1 + 20
    assert {row.dnd_days for row in problem.demand if row.kit == "PEN-A"} == {31}
    assert problem.lots[shelf].countries == {"GB"}


def test_expired_kits_are_no_stock() -> None:
    """Those that could be used yesterday for the last time are left out; today's last day counts."""
    yesterday, today = (a_pile(expiry=in_days(days), kits=1) for days in (-1, 0))
    problem = problem_of(a_network(stock=(("EN", yesterday), ("EN", today))))
    assert [row.lot for row in problem.supply] == ["L1/PEN-A/2026-03-04/EN"]


def test_what_is_coming_is_there_when_it_is_due() -> None:
    """Overdue parcels are expected today."""
    site = a_site(on_the_way=(coming("PEN-A", 2, in_days(3)), coming("PEN-P", 1, in_days(-9))))
    supply = {(row.lot.split("/")[1], row.day): row.kits for row in problem_of(a_network(site)).supply if row.day}
    assert supply == {("PEN-A", 5): 2, ("PEN-P", 2): 1}


def test_lots_go_where_label_and_approval_allow() -> None:
    """Both have to fit at every site of a country."""
    german = a_site("2001", country="DE", label_group="DE", approved_lots=frozenset({"L1"}))
    stock = (("EN", a_pile()), ("DE", a_pile()), ("all", a_pile()), ("all", a_pile(lot="L2", expiry=EARLY)))
    lots = problem_of(a_network(a_site(), german, stock=stock)).lots
    assert {lot.id: sorted(lot.countries) for lot in lots.values()} == {
        "L1/PEN-A/2027-06-30/EN": ["GB"],
        "L1/PEN-A/2027-06-30/DE": ["DE"],
        "L1/PEN-A/2027-06-30/all": ["DE", "GB"],
        "L2/PEN-A/2026-06-30/all": ["GB"],
    }


def test_ways_without_a_licence_are_closed_and_a_shipper_closes_a_day() -> None:
    """Nothing enters a country without one; a box that would not hold from today may hold from another day."""
    missing = dict.fromkeys(("PEN-A", "PEN-P"), licence_missing([LICENCE], "GB", WEDNESDAY))
    assert problem_of(a_network(a_site(barred=missing))).lanes["NLD>1001"].temps == frozenset()
    held = problem_of(a_network(a_site(barred={"PEN-A": "shipper B2 holds 24 hours"})))
    assert held.lanes["NLD>1001"].temps == {"2-8C"}
    assert 4 in held.nodes["1001"].closed_days


def test_licences_that_cover_a_number_are_shared_out() -> None:
    """Seven kits of the group are three of each pen; without a limit any number."""
    window = ImportWindow(EARLY, LATE, {"PEN": 7})
    limited = problem_of(a_network(a_site(), import_windows={"GB": (window,)}))
    assert {one.kits_max for one in limited.licences.values()} == {3}
    assert {one.kits_max for one in problem_of(a_network()).licences.values()} == {ANY_NUMBER}


def test_a_country_opens_and_closes_with_its_licence() -> None:
    """Goods may leave in five to sixteen days and take two: they enter from day 9 to day 20 of the problem."""
    missing = dict.fromkeys(("PEN-A", "PEN-P"), licence_missing([LICENCE], "GB", WEDNESDAY))
    window = ImportWindow(in_days(5), in_days(16), {})
    problem = problem_of(a_network(a_site(barred=missing), import_windows={"GB": (window,)}))
    assert problem.lanes["NLD>1001"].temps == {"2-8C"}
    licence = problem.licences["GB", "PEN-A"]
    assert (licence.from_day, licence.to_day) == (9, 20)


def test_a_country_whose_licences_leave_a_gap_opens_twice() -> None:
    """Each opening has its own days and its own kits; a window too short for the longest way is none."""
    windows = (
        ImportWindow(in_days(5), in_days(16), {"PEN": 7}),
        ImportWindow(in_days(30), in_days(40), {"PEN": 4}),
        ImportWindow(in_days(60), in_days(60), {}),
    )
    network = a_network(a_site(), a_site(number="1002", lead_time_days=4), import_windows={"GB": windows})
    licence = problem_of(network).licences["GB", "PEN-A"]
    assert licence.openings == (Opening(11, 20, 3), Opening(36, 44, 2))
    assert licence.in_gap(30)


COURIER = OtherWay("courier", "NLD", 1, DispatchCalendar(frozenset({5})), consignment_cents=50_000)
FROM_MEM = OtherWay("mem", "MEM", 4, WEEKDAYS)


def test_every_way_to_a_place_is_a_lane() -> None:
    """The own lane, a courier on Saturdays at its price, and another depot, from which goods come in as well."""
    depots = {code: DepotView(code, (("EN", a_pile()),)) for code in ("NLD", "MEM")}
    network = NetworkView(depots, (a_site(other_ways=(COURIER, FROM_MEM)),))
    live = live_problem("ways", network, None, WEDNESDAY, told())
    lanes = live.problem.lanes
    assert {lane.id: (lane.origin, lane.transit_days) for lane in lanes.values()} == {
        "NLD>1001": ("NLD", 2),
        "NLD>1001 courier": ("NLD", 1),
        "MEM>1001 mem": ("MEM", 4),
    }
    assert lanes["NLD>1001 courier"].fixed_cost == 50_000 > lanes["MEM>1001 mem"].fixed_cost
    assert lanes["NLD>1001 courier"].weekdays == {5}
    assert live.problem.nodes["MEM"].kind == NodeKind.CENTRAL


def test_a_leg_tells_its_way() -> None:
    """What a plan sends by courier is told so, and arrives when the courier does."""
    live = live_problem("ways", a_network(a_site(other_ways=(COURIER,))), None, WEDNESDAY, told())
    one = Consignment("NLD>1001 courier", "2-8C", 5, {"box 2-8C": 1}, (("L1/PEN-A/2027-06-30/EN", 1),))
    leg = leg_of(live, one)
    assert (leg.dispatch.depot, leg.dispatch.place, leg.dispatch.way) == ("NLD", "1001", "courier")
    assert leg.expected_on == leg.dispatch.dispatch_on + timedelta(days=1)


def test_depots_in_a_row_are_a_chain() -> None:
    """From the centre to a regional depot, on to a national one, and to the site."""
    depots = {"NLD": DepotView("NLD", (("all", a_pile()),)), "DEU": DepotView("DEU"), "GBR": DepotView("GBR")}
    regional = NetworkView(depots, (a_site("DEU", country="DE", depot="NLD"), a_site("GBR", depot="DEU")))
    live = live_problem("chain", NetworkView(depots, (a_site(depot="GBR"),)), regional, WEDNESDAY, told())
    assert sorted(live.problem.lanes) == ["DEU>GBR", "GBR>1001", "NLD>DEU"]
    assert {node.id: node.kind for node in live.problem.nodes.values()} == {
        "C0": NodeKind.CENTRAL,
        "DEU": NodeKind.REGIONAL,
        "GBR": NodeKind.REGIONAL,
        "1001": NodeKind.SITE,
    }


def test_a_depot_that_is_a_place_has_its_stock_once() -> None:
    """At night regional depots stand in the sites' place: what lies there meets their need, and only there.

    Of one that supplies another it is kept for its own sites, or sent on; the centre holds for nothing.
    """
    depots = {
        "NLD": DepotView("NLD", (("all", a_pile()),)),
        "DEU": DepotView("DEU", (("all", a_pile(kits=3)),)),
        "GBR": DepotView("GBR", (("all", a_pile(kits=2)),)),
    }
    deu = a_site("DEU", country="DE", depot="NLD", stock=(a_pile(kits=3),))
    gbr = a_site("GBR", depot="DEU", stock=(a_pile(kits=2),))
    live = live_problem("night", NetworkView(depots, (deu, gbr)), None, WEDNESDAY, told())
    assert sorted((row.node, row.kits) for row in live.problem.supply) == [
        ("C0", 50),
        ("DEU", 3),
        ("GBR", 2),
    ]
    assert {lane.id: lane.origin for lane in live.problem.lanes.values()} == {
        "DEU>DEU for its own": "DEU",
        "DEU>GBR": "DEU",
        "NLD>DEU": "C0",
    }
    assert live.codes["DEU"] == "DEU"
    assert {row.site for row in live.problem.demand} == {"DEU for its own", "GBR"}


def test_what_a_depot_sends_on_is_not_there_for_its_own_sites() -> None:
    """Six pens lie there, six are wanted by its own sites and six by the depot behind: later ones go on."""
    depots = {
        "NLD": DepotView("NLD", (("all", a_pile()),)),
        "DEU": DepotView("DEU", (("all", a_pile(kits=6)),)),
        "GBR": DepotView("GBR"),
    }
    own, further = (
        a_site(number, treated=(Treated(6, 0, (a_visit(day, {"PEN-A": 1}),)),))
        for number, day in (("2001", 2), ("1001", 14))
    )
    deu = a_site("DEU", depot="NLD", lead_time_days=5, treated=(), stock=(a_pile(kits=6),), serves=(own, further))
    gbr = a_site("GBR", depot="DEU", treated=(), serves=(further,))
    live = live_problem("night", NetworkView(depots, (deu, gbr)), None, WEDNESDAY, told(consolidate=False))
    assert Counter({row.site: row.kits for row in live.problem.demand}) == {"DEU for its own": 6, "GBR": 6}
    plan = solve_exact(live.problem).plan
    sent = {one.lane: (one.dispatch_day, sum(kits for _, kits in one.lines)) for one in plan.consignments}
    assert sum(use.kits for use in plan.dispensings) == 12
    assert sent["NLD>DEU"][1] == sent["DEU>GBR"][1] == 6
    assert sent["NLD>DEU"][0] + 5 <= sent["DEU>GBR"][0]
    assert [leg.lane for leg in legs(live, plan) if leg.only_ready] == ["DEU>DEU for its own"]


def test_a_depot_with_half_of_its_need_is_sent_the_other_half() -> None:
    """Two kits of each pen are wanted and one of each lies there: one of each leaves, no fewer."""
    there = tuple(a_pile(pen, kits=1) for pen in ("PEN-A", "PEN-P"))
    depots = {
        "NLD": DepotView("NLD", tuple(("all", a_pile(pen)) for pen in ("PEN-A", "PEN-P"))),
        "DEU": DepotView("DEU", tuple(("all", pile) for pile in there)),
    }
    deu = a_site("DEU", depot="NLD", label_group="all", stock=there)
    live = live_problem("night", NetworkView(depots, (deu,)), None, WEDNESDAY, told())
    wanted = sum(row.kits for row in live.problem.demand)
    sent = sum(kits for one in solve_exact(live.problem).plan.consignments for _, kits in one.lines)
    assert sent == wanted - 2 > 0


def test_types_that_look_alike_travel_together() -> None:
    """With so many of each as a mixed minimum asks; apart where nobody is blinded."""
    mixed = problem_of(a_network(), protection="mixed_minimum", least_kits=3)
    assert (mixed.blind_groups, mixed.blind_minimum_each) == ((("PEN-A", "PEN-P"),), 3)
    assert problem_of(a_network()).blind_minimum_each == 1
    assert problem_of(a_network(), consolidate=False).blind_groups == ()


def test_regional_depots_stand_between() -> None:
    """A depot that is kept up by another one has a lane from it; above it is the one central depot."""
    site = a_site(depot="GBR")
    depots = {"NLD": DepotView("NLD", (("all", a_pile()),)), "GBR": DepotView("GBR", (("all", a_pile(kits=2)),))}
    network = NetworkView(depots, (site,))
    place = a_site("GBR", depot="NLD", on_the_way=(coming("PEN-A", 5, date(2026, 3, 9)),))
    live = live_problem("chain", network, NetworkView(depots, (place,)), WEDNESDAY, told())
    nodes = live.problem.nodes
    assert (nodes["C0"].kind, nodes["GBR"].kind) == (NodeKind.CENTRAL, NodeKind.REGIONAL)
    assert (live.codes["C0"], live.places["NLD>GBR"].number) == ("NLD", "GBR")
    assert sorted(live.problem.lanes) == ["GBR>1001", "NLD>GBR"]
    assert {(row.node, row.day, row.kits) for row in live.problem.supply} == {
        ("C0", 0, 50),
        ("GBR", 0, 2),
        ("GBR", 7, 5),
    }


def test_a_leg_says_why_an_earlier_lot_stays() -> None:
    """L1 goes now although L2 expires earlier: L2 is kept for next week; both pens have one reason."""
    stock = tuple(("EN", a_pile(pen, *lot)) for pen in ("PEN-A", "PEN-P") for lot in (("L2", EARLY), ("L1", LATE)))
    live = live_problem("fefo", a_network(stock=stock), None, WEDNESDAY, told())
    sent = {"L1": (LATE, 2), "L2": (EARLY, 9)}
    plan = ordered_plan(
        (
            Consignment("NLD>1001", "2-8C", day, {"box 2-8C": 1}, _both(lot, expiry))
            for lot, (expiry, day) in sent.items()
        ),
        (),
    )
    now, later = legs(live, plan)
    assert now.not_fefo == {"L1": "lot L2 is kept for 1001, which is sent it on 2026-03-11"}
    assert later.not_fefo == {}


def _both(lot: str, expiry: date) -> tuple[tuple[str, int], ...]:
    return tuple((f"{lot}/{pen}/{expiry.isoformat()}/EN", 1) for pen in ("PEN-A", "PEN-P"))
