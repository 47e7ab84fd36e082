"""An invented message of every kind with every field filled, for vendors who build their side of the interface."""

from datetime import UTC, date, datetime
from typing import Any

from irt.messages.catalogue import ITEMS, KITS, MESSAGES, has_items, line_of, made
from irt.messages.message import Message

_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_FACTS: dict[str, Any] = {
    "message_id": "NLD-000007",
    "sender": "NLD",
    "study": "NB-301",
    "environment": "test",
    "sequence": 7,
    "made_at": _AT,
    "shipment": "S-10001",
    "status": "in_transit",
    "depot": "NLD",
    "origin": "NLD",
    "origin_name": "Depot Leiden",
    "site": "1001",
    "destination": "1001",
    "destination_name": "Rowan Infirmary",
    "depot_code": "W-04",
    "destination_code": "ST-0088",
    "country": "GB",
    "ship_to": ("Pharmacy", "1 High Street", "Leeds"),
    "storage": "2-8C",
    "handling": "Do not freeze",
    "dispatch_on": date(2026, 3, 3),
    "expected_on": date(2026, 3, 4),
    "reason": "No shipper is free before 9 March",
    "acknowledged_at": _AT,
    "dispatched_at": _AT,
    "received_at": _AT,
    "counted_at": _AT,
    "effective_at": _AT,
    "carrier": "Example Couriers",
    "waybill": "784-2210 4431",
    "monitors": ("TM-77201456",),
    "parcels": 1,
    "received_by": "Pharmacist on duty",
    "temperature": "no_alarm",
    "consignment": "C-0012",
    "instruction": "Set these kits apart",
}
_OF_KIT: dict[str, Any] = {
    "lot": "LK26-B07",
    "expiry": date(2027, 12, 31),
    "why": "not_found",
    "substitute": "930574",
    "parcel": "1",
    "outcome": "received",
    "remark": "Outer box dented",
    "condition": "opened",
    "status": "quarantined",
    "state": "available",
    "sku": "770140",
    "quantity": 24,
}
_NUMBERS = ("107342", "186590")
_ITEM = {"code": "BAG", "lot": "B-0417", "expiry": date(2028, 1, 31), "quantity": 12}


def sample(kind: str) -> Message:
    """The sample of that kind."""
    known = MESSAGES[kind]
    facts = {name: value for name, value in _FACTS.items() if name in known.model_fields}
    if line := line_of(known):
        of_kit = {name: value for name, value in _OF_KIT.items() if name in line.model_fields}
        facts[KITS] = [{"number": number, **of_kit} for number in _NUMBERS]
    if has_items(known):
        facts[ITEMS] = [_ITEM]
    return made(known, facts)
