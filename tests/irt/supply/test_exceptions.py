"""The inbox's rules: when a parcel is late, when a shelf runs out, when a lot expires; deadlines and escalation."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.states.shipment import ShipmentStatus
from irt.study.supply_limits import SupplyLimits
from irt.supply.exceptions import (
    USUAL,
    DifferenceFacts,
    ExceptionKind,
    HoldingFacts,
    LotFacts,
    ParcelFacts,
    ShelfFacts,
    UnreportedFacts,
    differences_left_open,
    discrepancies_not_reported,
    holdings_to_renew,
    late_parcels,
    licences_to_renew,
    lots_expiring,
    shelves_running_out,
)
from irt.supply.imports import LicenceFacts

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = NOW.date()


def ago(**time: float) -> datetime:
    """A moment before now."""
    return NOW - timedelta(**time)


def on(days: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=days)


def parcel(status: str, **changes: Any) -> ParcelFacts:
    """A shipment from NLD to site 1001 in that state."""
    facts = {"requested_at": ago(days=9), "dispatch_on": None, "expected_on": None, "delivered_at": None}
    return ParcelFacts("S-1", ShipmentStatus(status), "Depot NLD", "Site 1001", **{**facts, **changes})


@pytest.mark.parametrize(
    ("late", "kind", "where"),
    [
        (parcel("requested", requested_at=ago(hours=24)), "not_acknowledged", "Depot NLD"),
        (parcel("requested", requested_at=ago(hours=23)), None, ""),
        (parcel("acknowledged", dispatch_on=on(-2)), "not_dispatched", "Depot NLD"),
        (parcel("packed", dispatch_on=on(-1)), None, ""),
        (parcel("in_transit", expected_on=on(-3)), "not_delivered", "Site 1001"),
        (parcel("customs_hold", expected_on=on(-3)), "not_delivered", "Site 1001"),
        (parcel("in_transit", expected_on=on(-2)), None, ""),
        (parcel("delivered", delivered_at=ago(hours=72)), "not_received", "Site 1001"),
        (parcel("delivered", delivered_at=ago(hours=71)), None, ""),
        (parcel("in_transit"), None, ""),
        (parcel("awaiting_approval"), None, ""),
    ],
)
def test_a_parcel_is_late_in_the_state_it_stands_in(late: ParcelFacts, kind: str | None, where: str) -> None:
    """One exception a parcel at most; whose turn it is says where."""
    found = [*late_parcels([late], NOW)]
    assert [(one.kind, one.record, one.where) for one in found] == ([(kind, "S-1", where)] if kind else [])


def test_a_late_parcel_leaves_a_day_to_act_and_another_before_it_is_escalated() -> None:
    """Counted from the moment it became late."""
    (found,) = late_parcels([parcel("requested", requested_at=ago(hours=30))], NOW)
    assert found.deadline == ago(hours=30) + timedelta(hours=48)
    assert found.escalates_at(USUAL) == found.deadline + timedelta(hours=24)
    assert "30 hours ago" in found.words


@pytest.mark.parametrize(
    ("usable", "coming", "consumed", "days"),
    [(10, 0, 28, 10), (7, 6, 28, 13), (14, 0, 28, None), (0, 0, 1, 0), (3, 0, 0, None)],
)
def test_a_shelf_runs_out_at_the_pace_of_the_last_weeks(
    usable: int, coming: int, consumed: int, days: int | None
) -> None:
    """Within two weeks, what is coming included; a product that nobody used does not run out."""
    found = [*shelves_running_out([ShelfFacts("1001", "PEN", "Pen", usable, coming, consumed)], NOW)]
    assert [one.words.endswith(f"used up in {days} days") for one in found] == ([] if days is None else [True])
    if found:
        assert found[0].deadline.date() == on((days or 0) - 7 + 1)


@given(usable=st.integers(0, 30), consumed=st.integers(1, 60))
def test_less_stock_never_gives_more_time(usable: int, consumed: int) -> None:
    """With a kit fewer the deadline is no later, and an exception stays one."""

    def deadline(kits: int) -> datetime | None:
        shelf = ShelfFacts("1001", "PEN", "Pen", kits, 0, consumed)
        return next((one.deadline for one in shelves_running_out([shelf], NOW)), None)

    more, fewer = deadline(usable + 1), deadline(usable)
    assert more is None or (fewer is not None and fewer <= more)


@pytest.mark.parametrize(("days", "listed"), [(-1, False), (0, True), (60, True), (61, False)])
def test_a_lot_with_unused_kits_is_listed_before_its_last_day(days: int, listed: bool) -> None:
    """Two months ahead; somebody must have acted a month ahead."""
    found = [*lots_expiring([LotFacts("L1", on(days), 256)], NOW)]
    assert bool(found) == listed
    if found:
        assert (found[0].kind, found[0].deadline.date()) == (ExceptionKind.EXPIRING, on(days - 30 + 1))


def test_a_study_sets_its_own_limits() -> None:
    """A parcel that is late for one study is not for another."""
    late = parcel("delivered", delivered_at=ago(hours=30))
    assert [*late_parcels([late], NOW)] == []
    (found,) = late_parcels([late], NOW, SupplyLimits(receipt_hours=24, act_hours=2))
    assert found.deadline == late.delivered_at + timedelta(hours=26)


def a_licence(days: int, used: int = 0) -> LicenceFacts:
    """A licence that began a year ago and ends so many days from now, for a hundred pens."""
    return LicenceFacts("BR", "I-1", on(-365), on(days), {"PEN": 100}, {"PEN": used})


@pytest.mark.parametrize(
    ("licences", "told"),
    [
        ([a_licence(61)], []),
        ([a_licence(60)], [("licence_ending", "BR I-1")]),
        ([a_licence(-1)], [("licence_ending", "BR I-1")]),
        ([a_licence(10), a_licence(300)._replace(number="I-2")], []),
        ([a_licence(300, used=89)], []),
        ([a_licence(300, used=90)], [("licence_nearly_used", "BR I-1 PEN")]),
    ],
)
def test_a_licence_ends_or_is_nearly_used_up(licences: list[LicenceFacts], told: list[tuple[str, str]]) -> None:
    """In time to get another one; not where the country has a later one already."""
    assert [(one.kind, one.record) for one in licences_to_renew(licences, NOW)] == told


@pytest.mark.parametrize(("hours", "told"), [(1, 0), (0, 0), (-1, 1)])
def test_a_discrepancy_of_a_controlled_drug_is_told_once_its_report_is_overdue(hours: int, told: int) -> None:
    """The law's deadline is the deadline here; it is overdue from the start."""
    due = NOW + timedelta(hours=hours)
    found = [*discrepancies_not_reported([UnreportedFacts("100001", "Site 1001", "Go missing", due)], NOW)]
    assert [(one.where, one.deadline) for one in found] == [("Site 1001", due)] * told


@pytest.mark.parametrize(("days", "words"), [(61, ""), (60, "ends on"), (0, "ends on"), (-1, "ended on")])
def test_a_licence_to_hold_controlled_drugs_ends(days: int, words: str) -> None:
    """In time to get another one, like a licence to import."""
    found = [*holdings_to_renew([HoldingFacts("Site 1001", "CD-1", on(days))], NOW)]
    assert [one.words for one in found] == ([f"{words} {on(days)}"] if words else [])
    assert [one.deadline.date() for one in found] == ([on(days - 30 + 1)] if words else [])


@pytest.mark.parametrize(("hours", "told"), [(71, False), (72, True)])
def test_a_difference_of_stock_is_told_when_it_stands_too_long(hours: int, told: bool) -> None:
    """One matter a depot, however many kits; the study says how long."""
    facts = [DifferenceFacts("NLD", 2, ago(hours=hours))]
    found = [*differences_left_open(facts, NOW)]
    assert [(one.record, one.deadline) for one in found] == [("NLD", NOW + timedelta(hours=24))] * told
    assert [*differences_left_open(facts, NOW, SupplyLimits(difference_days=0))]
