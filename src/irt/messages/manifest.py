"""The story of a shipment as a message: its manifest for everybody, its request for the depot."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from irt.messages.catalogue import made
from irt.messages.message import Message
from irt.messages.orders import Manifest, ShipmentAmendment, ShipmentRequest
from irt.messages.shipment_story import Story
from irt.messages.words import line_of_words, lines_of_words

SENDER = "irt"
_CHANGED = "The order has changed"


def manifest_of(story: Story, at: datetime) -> Manifest:
    """Who sends what to whom, under what conditions; the version counts the steps the shipment has taken."""
    origin, destination = story.origin, story.destination
    monitor = line_of_words(story.monitor)
    found = made(
        Manifest,
        {
            "message_id": f"{story.number}-manifest-{story.version}",
            "sender": SENDER,
            "study": line_of_words(story.protocol),
            "environment": story.mode,
            "sequence": story.version,
            "made_at": at,
            "shipment": story.number,
            "status": story.status,
            "origin": origin and origin.code,
            "origin_name": origin and line_of_words(origin.name),
            "destination": destination.code,
            "destination_name": line_of_words(destination.name),
            "country": destination.country or None,
            **_carriage(story),
            "waybill": line_of_words(story.waybill),
            "monitors": (monitor,) if monitor else (),
        },
    )
    if not isinstance(found, Manifest):
        raise TypeError("a manifest was made into something else")
    return found


def request_of(story: Story, envelope: Mapping[str, Any]) -> Message:
    """What the depot is asked to send: kits by number; where each lies is for its own pick list to say."""
    facts = {
        "shipment": story.number,
        "depot": story.origin and story.origin.code,
        "destination": story.destination.code,
        "country": story.destination.country or None,
    }
    return made(ShipmentRequest, {**envelope, **facts, **_carriage(story)})


def amendment_of(story: Story, envelope: Mapping[str, Any]) -> Message:
    """The request as it stands now; it says no more of why than that the order changed."""
    carriage = _carriage(story)
    kept = {name: carriage[name] for name in ("ship_to", "dispatch_on", "expected_on", "kits", "items")}
    return made(ShipmentAmendment, {**envelope, "shipment": story.number, "reason": _CHANGED, **kept})


def _carriage(story: Story) -> dict[str, Any]:
    """How it travels, when, with which kits and with what beside them."""
    return {
        "ship_to": lines_of_words(story.ship_to),
        "storage": story.storage,
        "handling": line_of_words(story.handling),
        "dispatch_on": story.dispatch_on,
        "expected_on": story.expected_on,
        "kits": [{"number": kit.number, "lot": kit.lot, "expiry": kit.expiry} for kit in story.kits],
        "items": _items(story),
    }


def _items(story: Story) -> list[dict[str, Any]]:
    """What has no number. People write lots by hand: one that does not print is a dash."""
    return [
        {"code": item.code, "lot": line_of_words(item.lot) or "-", "expiry": item.expiry, "quantity": item.quantity}
        for item in story.items
    ]
