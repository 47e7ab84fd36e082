"""The signed test of an interface: what is shown by messages, two sides' signatures, the opening in production."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed
from irt.messages.formats import Format
from irt.messages.interface_test import CASES, Told, missing_in, protocol_content, protocol_of
from irt.reads.blinded_interface_tests import interface_is_open, interface_protocol, interface_signatures
from irt.services.interface_tests import (
    InterfaceNotSigned,
    OpenInterface,
    SignInterfaceTest,
    TestIncomplete,
    open_interface,
    sign_interface_test,
)
from irt.services.prepare_messages import (
    AcknowledgeMessages,
    PrepareMessages,
    acknowledge_messages,
    prepare_messages,
)
from irt.services.store import Store
from irt.states.vendor_message import Direction, MessageStatus
from irt.tables.columns import table_of
from irt.tables.study import Study
from irt.tables.vendor import InterfaceSignature
from tests.builders_supply import SupplyHouse, a_house, with_a_request
from tests.cast import signing
from tests.irt.services.vendor import Vendor


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[Vendor]:
    """The depot of a house with one request; its interface is not open."""
    with a_house(with_a_request, tmp_path) as house:
        yield Vendor(house, opened=False)


def in_mode(house: SupplyHouse, mode: str) -> None:
    """The one study of the house is another copy now: what both copies share is protocol and sponsor alone."""
    with house.store.writing() as connection:
        connection.execute(update(table_of(Study)).values(mode=mode))


def shows_all(vendor: Vendor) -> None:
    """Everything that is to be shown, in a test study."""
    house = vendor.house
    facts = {"environment": "test"}
    (name,) = house.do(vendor.actor, prepare_messages, PrepareMessages(study_id=house.study_id)).messages
    house.do(vendor.actor, acknowledge_messages, AcknowledgeMessages(study_id=house.study_id, messages=[name]))
    late = vendor.facts("heartbeat", **facts)
    first = vendor.facts("heartbeat", **facts)
    vendor.sends("heartbeat", **first)
    vendor.sends("heartbeat", **first)
    vendor.sends("heartbeat", **late)
    vendor.sends("stock_count", **facts)
    vendor.sends("receipt", **facts)
    vendor.sends("acknowledgement", **facts)
    vendor.sends("dispatch", **facts)
    vendor.sends("heartbeat", environment="production")
    vendor.posts("no message at all", Format.JSON)


def sign(vendor: Vendor, who: object) -> str:
    """Signs the test; its digest."""
    ask = SignInterfaceTest(study_id=vendor.house.study_id, depot=vendor.depot, signing=signing())
    return vendor.house.do(who, sign_interface_test, ask).digest  # type: ignore[arg-type]  # a role or an actor


def open_it(vendor: Vendor, who: object = Role.SUPPLY_MANAGER) -> None:
    """Opens the interface in production."""
    ask = OpenInterface(study_id=vendor.house.study_id, depot=vendor.depot)
    vendor.house.do(who, open_interface, ask)  # type: ignore[arg-type]  # a role or an actor


def test_an_interface_that_is_not_open_is_refused_in_production(vendor: Vendor) -> None:
    """Kept and harmless; nothing opens it that both sides have not signed."""
    taken = vendor.sends("acknowledgement")
    assert (taken.status, taken.refusal) == (MessageStatus.REFUSED, "InterfaceNotOpen")
    with pytest.raises(InterfaceNotSigned):
        open_it(vendor)
    with pytest.raises(BadInput):
        sign(vendor, Role.SUPPLY_MANAGER)


def test_both_sides_sign_what_the_messages_showed(store: Store) -> None:
    """On both databases: all shown, two signatures under one digest whatever comes later, then it is open."""
    house = SupplyHouse.of(store)
    with_a_request(house)
    in_mode(house, "test")
    vendor = Vendor(house, opened=False)
    with pytest.raises(TestIncomplete, match="are still to be shown"):
        sign(vendor, vendor.actor)
    shows_all(vendor)
    with store.reading() as connection:
        assert missing_in(interface_protocol(connection, house.study_id, vendor.depot_id)) == ()
    digest = sign(vendor, vendor.actor)
    with pytest.raises(InterfaceNotSigned):
        open_it(vendor)
    vendor.sends("heartbeat", environment="test")
    assert sign(vendor, Role.SUPPLY_MANAGER) == digest
    with store.reading() as connection:
        lines = interface_signatures(connection, house.study_id, vendor.depot_id)
    assert [(line.side, line.person) for line in lines] == [("vendor", "depot"), ("supply", "supply_manager")]
    open_it(vendor)
    with store.reading() as connection:
        assert interface_is_open(connection, vendor.depot_id)
    in_mode(house, "production")
    assert vendor.sends("heartbeat").status == MessageStatus.NOTED
    with pytest.raises(BadInput):
        open_it(vendor)


def test_only_the_two_sides_sign(vendor: Vendor) -> None:
    """Neither another depot nor a site; a depot does not open its own interface."""
    in_mode(vendor.house, "test")
    for who in (Role.PHARMACIST, vendor.house.actor(Role.DEPOT, depot_id=vendor.depot_id + 1)):
        with pytest.raises(NotAllowed):
            sign(vendor, who)
    with pytest.raises(NotAllowed):
        open_it(vendor, vendor.actor)
    assert vendor.house.rows(InterfaceSignature) == []


def test_every_case_is_shown_by_its_own_message_alone() -> None:
    """The first that shows it, so that later ones change nothing of what was signed."""
    for case in CASES:
        kind = case.kinds[0] if case.kinds else "x"
        told = [
            Told(Direction.IN, MessageStatus.WAITING, kind, "", "w", "0"),
            Told(case.direction, case.status, kind, case.refusal, "m-1", "1"),
            Told(case.direction, case.status, kind, case.refusal, "m-2", "2"),
        ]
        shown = [each for each in protocol_of(told) if each.digest]
        assert (case, "m-1", "1") in [(each.case, each.message_id, each.digest) for each in shown]
        assert protocol_content("NLD", shown)["shown"][case.code] == "1"
