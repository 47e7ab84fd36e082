"""A planned consignment held against the network: each rule that keeps it here, and what goes instead."""

from datetime import date, timedelta
from typing import Any

import pytest

from irt.supply.calendar import WORKING_WEEK, DispatchCalendar
from irt.supply.imports import USED_UP
from irt.supply.planned import (
    GONE,
    NO_WAY,
    NOT_SUPPLIED,
    OTHER_LANE,
    PLANNED,
    Departures,
    PlannedDispatch,
    PlannedKits,
)
from irt.supply.planner import DepotView, LotStock, NetworkView, OtherWay, ProposedLine, SiteView
from irt.supply.resupply import STOPPED, Formula

DAY = date(2026, 3, 4)
EARLY, LATE = date(2026, 4, 30), date(2027, 6, 30)
FORMULA = Formula("plan", "as signed")


def a_site(**changes: Any) -> SiteView:
    """A British site two days from its depot."""
    facts: dict[str, Any] = {"number": "1001", "country": "GB", "label_group": "EN", "depot": "NLD"}
    return SiteView(**{**facts, "lead_time_days": 2, "approved_lots": frozenset({"L1", "L2"}), **changes})


def a_network(site: SiteView, **more: Any) -> NetworkView:
    """An early and a late lot of one pen, and a label that only others read."""
    piles = (
        ("EN", LotStock("PEN-A", "L1", EARLY, 3)),
        ("EN", LotStock("PEN-A", "L2", LATE, 5)),
        ("DE", LotStock("PEN-A", "L2", LATE, 5)),
    )
    return NetworkView({"NLD": DepotView("NLD", piles)}, (site,), **more)


def of_lot(lot: str = "L2", kits: int = 4, label: str = "EN", **changes: Any) -> PlannedDispatch:
    """Kits of one lot for the site, leaving today."""
    facts: dict[str, Any] = {"depot": "NLD", "place": "1001", "dispatch_on": DAY, **changes}
    return PlannedDispatch(**facts, kits=(PlannedKits("PEN-A", lot, label, kits),))


@pytest.mark.parametrize(
    ("site", "planned", "why"),
    [
        (a_site(), of_lot(), ""),
        (a_site(), of_lot(place="1002"), NOT_SUPPLIED),
        (a_site(depot="GBR"), of_lot(), OTHER_LANE),
        (a_site(), of_lot(way="courier"), NO_WAY),
        (a_site(depot="GBR", other_ways=(OtherWay("courier", "NLD", 1),)), of_lot(way="courier"), ""),
        (a_site(stops_on=DAY), of_lot(), STOPPED),
        (a_site(), of_lot(kits=6), GONE),
        (a_site(barred={"PEN-A": "no import licence"}), of_lot(), "no import licence"),
        (a_site(), of_lot(label="DE"), "label not for there"),
        (a_site(approved_lots=frozenset({"L1"})), of_lot(), "lot not approved there"),
        (a_site(dns_days={"PEN-A": 55}), of_lot("L1", 3), ""),
        (a_site(dns_days={"PEN-A": 56}), of_lot("L1", 3), "do not ship"),
        (a_site(import_keys={"PEN-A": "GB PEN"}), of_lot(), USED_UP),
    ],
)
def test_the_first_rule_that_keeps_it_is_told(site: SiteView, planned: PlannedDispatch, why: str) -> None:
    """Place, lane, stop, stock, way, label, approval, expiry at arrival, licence."""
    assert Departures(a_network(site, import_left={"GB PEN": 3}), DAY).why_not(planned) == why


def test_each_takes_from_what_the_ones_before_it_left() -> None:
    """Stock and licence are counted on; the shipment tells lots, arrival and what counted there."""
    site = a_site(import_keys={"PEN-A": "GB PEN"}, stock=(LotStock("PEN-A", "L1", LATE, 1),))
    departures = Departures(a_network(site, import_left={"GB PEN": 5}), DAY)
    proposal = departures.propose(of_lot(), FORMULA, {"plan": 7})
    assert proposal.lines == (ProposedLine("PEN-A", "L2", 4, "EN"),)
    assert (proposal.trace["arrival"], proposal.trace["plan"]) == ((DAY + timedelta(days=2)).isoformat(), 7)
    assert proposal.trace["kit_types"]["PEN-A"]["considered"] == 1
    assert proposal.trace["kit_types"]["PEN-A"]["granted"] == {"L2": 4}
    assert proposal.trace["kit_types"]["PEN-A"]["why"] == PLANNED
    assert departures.why_not(of_lot(kits=2)) == GONE
    assert departures.why_not(of_lot("L1", 2)) == USED_UP
    assert departures.why_not(of_lot(kits=1)) == ""


def test_other_lots_go_first_expiring_first() -> None:
    """As many of the type as are fit for the site, of the lots that expire first."""
    departures = Departures(a_network(a_site()), DAY)
    assert departures.refitted(of_lot(kits=9)).kits == (
        PlannedKits("PEN-A", "L1", "EN", 3),
        PlannedKits("PEN-A", "L2", "EN", 5),
    )
    shut = Departures(a_network(a_site(dns_days={"PEN-A": 900})), DAY)
    assert shut.refitted(of_lot()).kits == ()


def test_what_misses_the_cut_off_leaves_on_the_next_day_of_its_lane() -> None:
    """Planned for a Friday whose cut-off has passed: on Monday, and the arrival with it."""
    friday = DAY + timedelta(days=2)
    site = a_site(calendar=DispatchCalendar(WORKING_WEEK), past_cut_off=True)
    departures = Departures(a_network(site), friday)
    proposal = departures.propose(of_lot(dispatch_on=friday), FORMULA)
    assert proposal.dispatch_on == friday + timedelta(days=3)
    assert proposal.trace["arrival"] == (friday + timedelta(days=5)).isoformat()
