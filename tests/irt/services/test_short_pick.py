"""Kits that a depot does not send are booked as what they are; others stand in by rule; nothing tells a type."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, Refusal
from irt.reads.depot_picks import pick_list
from irt.services.fulfil_shipment import StepShipment, acknowledge_shipment, pick_shipment
from irt.services.short_pick import (
    LackingKit,
    NoSubstitute,
    NothingLeft,
    NotInRequest,
    PickedShort,
    PickShort,
    TooLateToShorten,
    pick_short,
)
from irt.services.store import Store
from irt.states.vendor_message import MessageStatus
from irt.tables.columns import table_of
from irt.tables.kit import Kit, Movement
from irt.tables.secret import KitContent
from irt.tables.shipment import ShipmentKit
from irt.tables.study import Depot
from tests.builders_supply import SupplyHouse, a_house, with_a_request
from tests.irt.services.vendor import SHIPMENT, Vendor


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[Vendor]:
    """The depot of a house with one request."""
    with a_house(with_a_request, tmp_path) as house:
        yield Vendor(house)


def short(vendor: Vendor, *kits: tuple[str, str] | tuple[str, str, str], who: Any = None) -> PickedShort:
    """The depot leaves kits out: number, why, and a substitute where it names one."""
    lacking = [LackingKit.model_validate(dict(zip(("number", "why", "substitute"), kit))) for kit in kits]  # noqa: B905 - a substitute may be left out
    ask = PickShort(study_id=vendor.house.study_id, number=SHIPMENT, kits=lacking)
    return vendor.house.do(who or vendor.actor, pick_short, ask)


def by_type(vendor: Vendor) -> dict[str, str]:
    """Kit number -> what is inside: for tests only."""
    numbers = {row["id"]: row["number"] for row in vendor.house.rows(Kit)}
    return {numbers[row["kit_id"]]: row["kit_type"] for row in vendor.house.rows(KitContent)}


def open_depot(house: SupplyHouse) -> None:
    """The depot may know kit types."""
    with house.store.writing() as connection:
        connection.execute(update(table_of(Depot)).values(blinded=False))


def set_kits(house: SupplyHouse, number: str, **facts: Any) -> None:
    """A kit's row as a test wants it."""
    with house.store.writing() as connection:
        connection.execute(update(table_of(Kit)).where(table_of(Kit).c.number == number).values(**facts))


def free_like(vendor: Vendor, number: str, *, alike: bool = True) -> str:
    """A free kit at the depot with the same inside as another, or with another inside."""
    types = by_type(vendor)
    free = [row["number"] for row in vendor.house.rows(Kit, custody="depot", assignment="free", quality="released")]
    return next(one for one in free if (types[one] == types[number]) == alike)


def test_others_stand_in_by_rule(store: Store) -> None:
    """On both databases, by message: as many, of the same inside; what is lacking is not asked for again."""
    house = SupplyHouse.of(store)
    with_a_request(house)
    vendor = Vendor(house)
    one, two, *_ = kits = vendor.kits()
    told = [{"number": one, "why": "not_found"}, {"number": two, "why": "damaged"}]
    assert vendor.sends("short_pick", kits=told).status == MessageStatus.APPLIED
    rows = {row["number"]: row for row in house.rows(Kit)}
    assert (rows[one]["custody"], rows[two]["quality"]) == ("unknown", "damaged")
    ids = {row["id"]: row["number"] for row in house.rows(Kit)}
    awaited = {ids[row["kit_id"]] for row in house.rows(ShipmentKit, outcome=None)}
    types = by_type(vendor)
    assert len(awaited) == len(kits)
    assert not {one, two} & awaited
    assert sorted(types[kit] for kit in awaited) == sorted(types[kit] for kit in kits)
    with house.store.reading() as connection:
        assert {line.number for line in pick_list(connection, house.study_id, SHIPMENT)} == awaited
    sent = [{"number": number} for number in awaited]
    assert vendor.sends("dispatch", kits=sent).status == MessageStatus.APPLIED


def test_where_one_cannot_be_replaced_none_is(vendor: Vendor) -> None:
    """Else the depot, which sees its free kits, could tell which of them are of one kind."""
    types, (one, *others) = by_type(vendor), vendor.kits()
    other = next(number for number in others if types[number] != types[one])
    for row in vendor.house.rows(Kit, custody="depot", assignment="free"):
        if types[row["number"]] == types[one]:
            set_kits(vendor.house, row["number"], quality="quarantined")
    done = short(vendor, (one, "held"), (other, "expired"))
    assert (done.instead, done.kits) == ([], len(others) + 1 - 2)
    rows = {row["number"]: row for row in vendor.house.rows(Kit)}
    assert {(rows[n]["quality"], rows[n]["assignment"]) for n in (one, other)} == {("quarantined", "free")}


@pytest.mark.parametrize("alike", [True, False])
def test_a_blinded_depot_names_no_substitute(vendor: Vendor, alike: bool) -> None:
    """The refusal is the same, letter by letter, whether the named kit holds the same or not."""
    (one, *_), before = vendor.kits(), vendor.house.rows(Movement)
    named = {"number": one, "why": "damaged", "substitute": free_like(vendor, one, alike=alike)}
    taken = vendor.sends("short_pick", kits=[named])
    assert (taken.status, taken.refusal, taken.sentence) == (
        MessageStatus.NOT_APPLIED,
        "NoSubstitute",
        NoSubstitute().sentence,
    )
    assert vendor.house.rows(Movement) == before


def test_a_depot_that_may_know_types_names_one_by_the_rule(vendor: Vendor) -> None:
    """The same inside, not older, the same label: that one goes; else the same refusal."""
    open_depot(vendor.house)
    (one, *_) = vendor.kits()
    other = free_like(vendor, one)
    for facts in ({"expiry": vendor.house.day}, {"label_group": "another"}, {"quality": "quarantined"}):
        kept = {name: vendor.house.rows(Kit, number=other)[0][name] for name in facts}
        set_kits(vendor.house, other, **facts)
        with pytest.raises(NoSubstitute):
            short(vendor, (one, "damaged", other))
        set_kits(vendor.house, other, **kept)
    with pytest.raises(NoSubstitute):
        short(vendor, (one, "damaged", free_like(vendor, one, alike=False)))
    assert short(vendor, (one, "damaged", other)).instead == [other]


def test_a_request_is_not_shortened_to_nothing(vendor: Vendor) -> None:
    """Nor after it is picked, nor by a kit that it does not hold, nor twice by one kit."""
    for row in vendor.house.rows(Kit, custody="depot", assignment="free"):
        set_kits(vendor.house, row["number"], quality="quarantined")
    with pytest.raises(NothingLeft):
        short(vendor, *((number, "not_found") for number in vendor.kits()))
    (one, *_) = vendor.kits()
    with pytest.raises(BadInput):
        short(vendor, (one, "held"), (one, "held"))
    stranger = next(row["number"] for row in vendor.house.rows(Kit) if row["number"] not in vendor.kits())
    with pytest.raises(NotInRequest):
        short(vendor, (stranger, "held"))
    for step in (acknowledge_shipment, pick_shipment):
        vendor.house.do(vendor.actor, step, StepShipment(study_id=vendor.house.study_id, number=SHIPMENT))
    with pytest.raises(TooLateToShorten):
        short(vendor, (one, "held"))


@pytest.mark.parametrize("who", [Role.PHARMACIST, "elsewhere"])
def test_only_its_own_depot_shortens(vendor: Vendor, who: Any) -> None:
    """Nobody else, whatever is inside."""
    person = vendor.house.actor(Role.DEPOT, depot_id=vendor.depot_id + 1) if who == "elsewhere" else who
    with pytest.raises(NotAllowed) as refused:
        short(vendor, (vendor.kits()[0], "held"), who=person)
    assert isinstance(refused.value, Refusal)
