"""A depot's own stock against the ledger: rows open, stand, go and are settled; the ledger is not touched."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from irt.blinding.roles import Role
from irt.errors import NotAllowed
from irt.reads.blinded_differences import differences_by_depot, open_differences, stock_differences
from irt.reads.blinded_exceptions import open_exceptions
from irt.services.settle_difference import (
    NothingToCorrect,
    SettleDifference,
    Settling,
    TakeDifference,
    settle_difference,
    take_difference,
)
from irt.services.store import Store
from irt.states.table import TransitionRefused
from irt.states.vendor_message import MessageStatus
from irt.supply.exceptions import ExceptionKind
from irt.tables.columns import table_of
from irt.tables.kit import Kit, Movement
from irt.tables.record import AuditEntry
from irt.tables.vendor import StockDifference
from tests.builders_supply import SupplyHouse, a_house, with_a_request
from tests.irt.services.vendor import Vendor


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[Vendor]:
    """The depot of a house with one request."""
    with a_house(with_a_request, tmp_path) as house:
        yield Vendor(house)


def free_kits(vendor: Vendor) -> list[str]:
    """Kits that lie free at the depot."""
    return sorted(kit["number"] for kit in vendor.shelf() if kit["state"] == "available")


def stock(vendor: Vendor, **changes: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The depot's stock, with kits, number -> facts, changed, added, or left out."""
    told = {kit["number"]: kit for kit in vendor.shelf()}
    for key, facts in changes.items():
        number = key.removeprefix("k")
        if facts is None:
            del told[number]
        else:
            told[number] = {**told.get(number, {"number": number}), **facts}
    return list(told.values())


def rows(house: SupplyHouse) -> list[tuple[str, str, str]]:
    """Every difference: kind, number, status."""
    return [(row["kind"], row["record"], row["status"]) for row in house.rows(StockDifference)]


def settle(vendor: Vendor, how: str, who: Any = Role.SUPPLY_MANAGER, row: int = -1) -> Any:
    """Settles a difference, the last one by default."""
    number = vendor.house.rows(StockDifference)[row]["id"]
    ask = SettleDifference(
        study_id=vendor.house.study_id, difference_id=number, how=Settling(how), note="Counted twice"
    )
    return vendor.house.do(who, settle_difference, ask)


def test_books_that_agree_leave_no_row(store: Store) -> None:
    """On both databases, kit by kit and by counts; kits of a request are reserved in both."""
    house = SupplyHouse.of(store)
    with_a_request(house)
    vendor = Vendor(house)
    before = house.rows(Movement)
    for kind in ("stock_snapshot", "stock_count"):
        assert vendor.sends(kind).status == MessageStatus.APPLIED
    assert (rows(house), house.rows(Movement)) == ([], before)
    piles = vendor.piles()
    piles[0]["quantity"] += 3
    vendor.sends("stock_count", kits=piles)
    (one,) = rows(house)
    assert one[0] == "other_count"
    vendor.sends("stock_count")
    assert rows(house)[0][2] == "gone"


def test_every_kind_of_difference_is_a_row(vendor: Vendor) -> None:
    """One message, four kinds; the ledger stays as it was, and the history has a line."""
    one, two, three, *_ = free_kits(vendor)
    before = [vendor.house.rows(model) for model in (Kit, Movement)]
    strange = {"lot": "L1", "expiry": "2027-12-31", "state": "available"}
    told = stock(
        vendor,
        **{f"k{one}": None, f"k{two}": {"state": "damaged"}, f"k{three}": {"lot": "L9"}, "k99999999": strange},
    )
    assert vendor.sends("stock_snapshot", kits=told).status == MessageStatus.APPLIED
    assert sorted(rows(vendor.house)) == sorted(
        [
            ("missing_there", one, "open"),
            ("other_status", two, "open"),
            ("other_label", three, "open"),
            ("missing_here", "99999999", "open"),
        ]
    )
    assert [vendor.house.rows(model) for model in (Kit, Movement)] == before
    entry = next(row for row in vendor.house.rows(AuditEntry) if row["act"] == "stock_compared")
    assert (entry["new"]["new"], entry["new"]["gone"]) == (4, 0)
    with vendor.house.store.reading() as connection:
        assert differences_by_depot(connection, vendor.house.study_id) == {"NLD": 4}


def test_a_row_stands_until_a_later_message_no_longer_shows_it(vendor: Vendor) -> None:
    """The same difference is one row however often it is told; one that was accepted stays accepted."""
    one, two, *_ = free_kits(vendor)
    told = stock(vendor, **{f"k{one}": None, f"k{two}": None})
    for _ in range(2):
        vendor.sends("stock_snapshot", kits=told)
    assert len(rows(vendor.house)) == 2
    settle(vendor, "accept")
    vendor.sends("stock_snapshot", kits=stock(vendor, **{f"k{two}": None}))
    assert [status for _, _, status in rows(vendor.house)] == ["gone", "accepted"]


def test_supply_is_called_for_differences_that_stand_too_long(vendor: Vendor) -> None:
    """One matter a depot, three days after the oldest was shown; none once they are settled."""
    one, *_ = free_kits(vendor)
    vendor.sends("stock_snapshot", kits=stock(vendor, **{f"k{one}": None}))
    assert calls(vendor, days=2) == []
    assert calls(vendor, days=4) == [("NLD", "Depot NLD")]
    settle(vendor, "accept")
    assert calls(vendor, days=4) == []


def calls(vendor: Vendor, days: int) -> list[tuple[str, str]]:
    """What the inbox tells of differences so many days on."""
    with vendor.house.store.reading() as connection:
        found = open_exceptions(connection, vendor.house.study_id, vendor.now + timedelta(days=days))
    return [(line.record, line.where) for line in found if line.kind == ExceptionKind.STOCK_DIFFERS]


def test_what_moved_after_the_count_is_compared_as_it_lay_then(vendor: Vendor) -> None:
    """A kit that left between the count and its message is no difference."""
    told, counted_at = vendor.shelf(), vendor.now
    vendor.house.later(1)
    assert vendor.sends("dispatch").status == MessageStatus.APPLIED
    vendor.sends("stock_snapshot", kits=told, counted_at=counted_at)
    assert rows(vendor.house) == []
    assert vendor.sends("stock_snapshot", kits=told).status == MessageStatus.APPLIED
    assert {kind for kind, _, _ in rows(vendor.house)} == {"missing_here"}


@pytest.mark.parametrize(
    ("facts", "act", "after"),
    [
        (None, "go_missing", ("unknown", "released")),
        ({"state": "damaged"}, "damage", ("depot", "damaged")),
        ({"state": "held"}, "quarantine", ("depot", "quarantined")),
    ],
)
def test_a_correction_is_an_act_that_is_named(
    vendor: Vendor, facts: dict[str, Any] | None, act: str, after: tuple[str, str]
) -> None:
    """Supply's own, on the kit, with a reason; told again, the books agree."""
    (number, *_) = free_kits(vendor)
    told = stock(vendor, **{f"k{number}": facts})
    vendor.sends("stock_snapshot", kits=told)
    done = settle(vendor, "correct")
    assert (done.act, done.status) == (act, "corrected")
    kit = vendor.house.rows(Kit, number=number)[0]
    assert (kit["custody"], kit["quality"]) == after
    assert vendor.house.rows(Movement, kit_id=kit["id"])[-1]["reason"] == "Counted twice"
    vendor.house.later(1)
    vendor.sends("stock_snapshot", kits=told)
    assert [status for _, _, status in rows(vendor.house)] == ["corrected"]
    with pytest.raises(TransitionRefused):
        settle(vendor, "accept")


def test_a_kit_that_was_missing_is_found_at_the_depot(vendor: Vendor) -> None:
    """It waits for quality there; booked before by somebody, it needs no second act."""
    (number, *_) = free_kits(vendor)
    vendor.sends("stock_snapshot", kits=stock(vendor, **{f"k{number}": None}))
    settle(vendor, "correct")
    vendor.house.later(1)
    lying = {"lot": "L1", "expiry": "2027-12-31", "state": "held"}
    vendor.sends("stock_snapshot", kits=stock(vendor, **{f"k{number}": lying}))
    assert settle(vendor, "correct").act == "find_at_depot"
    assert vendor.house.rows(Kit, number=number)[0]["quality"] == "quarantined"


def test_where_no_act_of_supply_helps_the_refusal_says_so(vendor: Vendor) -> None:
    """A reserved kit, a wrong label: nothing is booked, whatever is inside."""
    reserved = next(kit["number"] for kit in vendor.shelf() if kit["state"] == "reserved")
    (free, *_) = free_kits(vendor)
    before = vendor.house.rows(Movement)
    vendor.sends("stock_snapshot", kits=stock(vendor, **{f"k{reserved}": None, f"k{free}": {"lot": "L9"}}))
    for row in (0, 1):
        with pytest.raises(NothingToCorrect, match="Nothing was booked"):
            settle(vendor, "correct", row=row)
    assert vendor.house.rows(Movement) == before


def test_a_kit_that_lies_elsewhere_by_now_is_not_brought_back_by_a_correction(vendor: Vendor) -> None:
    """What the depot said of a kit that moved on to another depot moves nothing there."""
    (number, *_) = free_kits(vendor)
    vendor.sends("stock_snapshot", kits=stock(vendor, **{f"k{number}": {"state": "damaged"}}))
    kits = table_of(Kit)
    with vendor.house.store.writing() as connection:
        connection.execute(update(kits).where(kits.c.number == number).values(place_id=vendor.depot_id + 1))
    before = vendor.house.rows(Movement)
    with pytest.raises(NothingToCorrect):
        settle(vendor, "correct")
    assert vendor.house.rows(Movement) == before


def test_a_depot_explains_its_own_and_ends_none(vendor: Vendor) -> None:
    """Another depot does not even explain; nobody else does anything."""
    (number, *_) = free_kits(vendor)
    vendor.sends("stock_snapshot", kits=stock(vendor, **{f"k{number}": None}))
    for how in ("correct", "accept"):
        with pytest.raises(NotAllowed):
            settle(vendor, how, vendor.actor)
    other = vendor.house.actor(Role.DEPOT, depot_id=vendor.depot_id + 1)
    for who in (other, Role.PHARMACIST):
        with pytest.raises(NotAllowed):
            settle(vendor, "explain", who)
    assert settle(vendor, "explain", vendor.actor).status == "explained"
    study_id = vendor.house.study_id
    with vendor.house.store.reading() as connection:
        (line,) = open_differences(connection, study_id, [vendor.depot_id], 10)
        assert (line.note, line.unsettled) == ("Counted twice", True)
        assert open_differences(connection, study_id, [vendor.depot_id + 1], 10) == ()
    assert settle(vendor, "accept").status == "accepted"
    with vendor.house.store.reading() as connection:
        assert stock_differences(connection, study_id, None, 0, 10, settled=False) == ()
        assert len(stock_differences(connection, study_id, None, 0, 10, settled=True)) == 1


def test_somebody_takes_it(vendor: Vendor) -> None:
    """Supply does; a depot does not."""
    (number, *_) = free_kits(vendor)
    vendor.sends("stock_snapshot", kits=stock(vendor, **{f"k{number}": None}))
    ask = TakeDifference(study_id=vendor.house.study_id, difference_id=vendor.house.rows(StockDifference)[0]["id"])
    with pytest.raises(NotAllowed):
        vendor.house.do(vendor.actor, take_difference, ask)
    vendor.house.do(Role.SUPPLY_PLANNER, take_difference, ask)
    with vendor.house.store.reading() as connection:
        assert open_differences(connection, vendor.house.study_id, None, 10)[0].owner == "supply_planner"


@pytest.mark.parametrize(
    ("changes", "refusal"), [({"depot": "USA"}, "OtherDepot"), ({"counted_at": "2026-03-09T12:00:00Z"}, "BadInput")]
)
def test_a_stock_that_cannot_be_is_harmless(vendor: Vendor, changes: dict[str, Any], refusal: str) -> None:
    """Another depot's, or of a day to come: kept, not compared."""
    taken = vendor.sends("stock_snapshot", **{"kits": [], **changes})
    assert (taken.status, taken.refusal) == (MessageStatus.NOT_APPLIED, refusal)
    assert rows(vendor.house) == []
