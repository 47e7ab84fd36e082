"""Codes of a vendor's own system: two people, from a day on, used both ways, unknown ones refused by name."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from irt.blinding.roles import Role
from irt.errors import BadInput, NotAllowed, NotFound
from irt.messages.formats import Format, read
from irt.reads.blinded_messages import waiting_messages
from irt.reads.blinded_vendor_codes import vendor_codes
from irt.reads.unblinded_vendor_skus import proposed_sku, vendor_skus
from irt.reads.vendor_codes import for_vendor
from irt.services.operational_changes import DecideChange, decide_change
from irt.services.prepare_messages import PrepareMessages, prepare_messages
from irt.services.propose_codes import (
    BlindedDepot,
    CodeTaken,
    ProposeCode,
    ProposeSku,
    propose_code,
    propose_sku,
)
from irt.services.store import Store
from irt.states.vendor_message import MessageStatus
from irt.study.operations import CodeOf
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.record import AuditEntry
from irt.tables.secret import KitContent
from irt.tables.study import Depot, OperationalChange
from irt.tables.vendor import VendorMessage
from tests.builders_supply import SupplyHouse, a_house, with_a_request
from tests.cast import signing
from tests.irt.services.vendor import Vendor


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[Vendor]:
    """The depot of a house with one request."""
    with a_house(with_a_request, tmp_path) as house:
        yield Vendor(house)


def code(house: SupplyHouse, code_of: CodeOf, record: str, code: str, days: int = 0) -> None:
    """Proposed by supply, approved by another person."""
    facts = {"study_id": house.study_id, "depot": "NLD", "code_of": code_of, "record": record, "code": code}
    day = house.day + timedelta(days=days)
    ask = ProposeCode(**facts, effective_from=day, reason="As their system has it")
    proposed = house.do(Role.SUPPLY_MANAGER, propose_code, ask)
    decide(house, proposed.change_id, proposed.seen)


def decide(house: SupplyHouse, change_id: int, seen: str) -> None:
    """The second person approves."""
    ask = DecideChange(study_id=house.study_id, change_id=change_id, seen=seen, granted=True, signing=signing())
    house.do(house.actor(Role.QUALITY, Role.SUPPLY_MANAGER), decide_change, ask)


def sku_asked(house: SupplyHouse, kit_type: str = "PEN-A", code: str = "770140") -> ProposeSku:
    """A code of a kit type."""
    facts = {"study_id": house.study_id, "depot": "NLD", "kit_type": kit_type, "code": code}
    return ProposeSku(**facts, effective_from=house.day, reason="As their system has it")


def unblinded(house: SupplyHouse) -> None:
    """The depots may know kit types."""
    with house.store.writing() as connection:
        connection.execute(update(table_of(Depot)).values(blinded=False))


def leaves(vendor: Vendor) -> Any:
    """The one request as the depot gets it."""
    house = vendor.house
    house.do(vendor.actor, prepare_messages, PrepareMessages(study_id=house.study_id))
    with house.store.reading() as connection:
        (waits,) = waiting_messages(connection, house.study_id, [vendor.depot_id], 5)
        message = read(waits.content, Format.JSON)
        return for_vendor(connection, house.study_id, waits.depot_id, message, house.day)


def test_codes_hold_both_ways_from_their_day_on(store: Store) -> None:
    """On both databases: the request names the ship-to and the product, the depot answers under its own name."""
    house = SupplyHouse.of(store)
    with_a_request(house)
    vendor = Vendor(house)
    code(house, CodeOf.SITE, "1001", "ST-0088")
    code(house, CodeOf.SITE, "1001", "ST-0099", days=3)
    code(house, CodeOf.DEPOT, "NLD", "W-04")
    code(house, CodeOf.PRODUCT, "PEN", "P-140")
    request = leaves(vendor)
    assert (request.destination, request.destination_code, request.depot_code) == ("1001", "ST-0088", "W-04")
    assert {kit.sku for kit in request.kits} == {"P-140"}
    assert vendor.sends("acknowledgement", sender="W-04").status == MessageStatus.APPLIED
    counted = [{**pile, "sku": "P-140"} for pile in vendor.piles()]
    assert vendor.sends("stock_count", depot="W-04", kits=counted).status == MessageStatus.APPLIED
    with store.reading() as connection:
        lines = vendor_codes(connection, house.study_id, house.day)
    assert [(line.record, line.code, line.coming) for line in lines if line.code_of == CodeOf.SITE] == [
        ("1001", "ST-0088", False),
        ("1001", "ST-0099", True),
    ]


@pytest.mark.parametrize(("field", "named"), [("sku", "SKU code X-1"), ("depot", "depot code X-1")])
def test_a_code_nobody_agreed_on_is_refused_by_name(vendor: Vendor, field: str, named: str) -> None:
    """Kept and harmless; our own words are taken as well."""
    code(vendor.house, CodeOf.DEPOT, "NLD", "W-04")
    changes: dict[str, Any] = {"depot": "X-1"}
    if field == "sku":
        changes = {"kits": [{**pile, "sku": "X-1"} for pile in vendor.piles()]}
    taken = vendor.sends("stock_count", **changes)
    assert (taken.status, taken.refusal) == (MessageStatus.REFUSED, "UnknownCode")
    assert named in (taken.sentence or "")
    assert vendor.sends("stock_count").status == MessageStatus.APPLIED


def test_kit_types_have_codes_at_unblinded_depots_alone(vendor: Vendor) -> None:
    """A blinded depot has none, a blinded person proposes none, and no blinded table holds any."""
    house = vendor.house
    with pytest.raises(BlindedDepot):
        house.do(Role.SUPPLY_MANAGER, propose_sku, sku_asked(house))
    unblinded(house)
    with pytest.raises(NotAllowed):
        house.do(Role.SUPPLY_PLANNER, propose_sku, sku_asked(house))
    for kit_type, sku in (("PEN-A", "770140"), ("PEN-P", "770141")):
        proposed = house.do(Role.SUPPLY_MANAGER, propose_sku, sku_asked(house, kit_type, sku))
        assert proposed.seen == ""
        with house.store.reading() as connection:
            seen = proposed_sku(connection, house.study_id, proposed.change_id).seen
        decide(house, proposed.change_id, seen)
    types = {row["kit_id"]: row["kit_type"] for row in house.rows(KitContent)}
    inside = {row["number"]: types[row["id"]] for row in house.rows(Kit)}
    skus = {"PEN-A": "770140", "PEN-P": "770141"}
    assert {kit.number: kit.sku for kit in leaves(vendor).kits} == {
        number: skus[inside[number]] for number in vendor.kits()
    }
    with house.store.reading() as connection:
        assert {(line.kit_type, line.code) for line in vendor_skus(connection, house.study_id)} == set(skus.items())
    blinded = str([house.rows(model) for model in (VendorMessage, AuditEntry, OperationalChange)])
    assert not [secret for secret in ("770140", "770141", "PEN-A", "PEN-P") if secret in blinded]


def test_one_code_stands_for_one_thing(vendor: Vendor) -> None:
    """And for something that the study has; nobody else proposes."""
    house = vendor.house
    code(house, CodeOf.SITE, "1001", "ST-0088")
    with pytest.raises(CodeTaken):
        code(house, CodeOf.SITE, "1002", "ST-0088")
    for code_of, record in ((CodeOf.SITE, "9999"), (CodeOf.DEPOT, "XXX"), (CodeOf.PRODUCT, "PILL")):
        with pytest.raises((BadInput, NotFound)):
            code(house, code_of, record, "Z-1")
    unblinded(house)
    with pytest.raises(BadInput):
        house.do(Role.SUPPLY_MANAGER, propose_sku, sku_asked(house, "PILL"))
    ask = ProposeCode(
        study_id=house.study_id,
        depot="NLD",
        code_of=CodeOf.SITE,
        record="1001",
        code="Q",
        effective_from=house.day,
        reason="x",
    )
    with pytest.raises(NotAllowed):
        house.do(vendor.actor, propose_code, ask)


def test_of_two_proposals_of_one_code_the_second_is_not_approved(vendor: Vendor) -> None:
    """Both were put forward before either held: a code would be two things."""
    house = vendor.house
    asked = []
    for code_of, record in ((CodeOf.DEPOT, "NLD"), (CodeOf.DEPOT, "USA")):
        facts = {"study_id": house.study_id, "depot": "NLD", "code_of": code_of, "record": record, "code": "WH-7"}
        ask = ProposeCode(**facts, effective_from=house.day, reason="As their system has it")
        asked.append(house.do(Role.SUPPLY_MANAGER, propose_code, ask))
    first, second = asked
    decide(house, first.change_id, first.seen)
    with pytest.raises(BadInput, match="something else"):
        decide(house, second.change_id, second.seen)
