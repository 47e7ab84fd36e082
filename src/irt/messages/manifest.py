"""The manifest of a shipment: the story of it as a message."""

from datetime import datetime

from irt.messages.catalogue import made
from irt.messages.orders import Manifest
from irt.messages.shipment_story import Story
from irt.messages.words import line_of_words, lines_of_words

SENDER = "irt"


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
            "ship_to": lines_of_words(story.ship_to),
            "storage": story.storage,
            "handling": line_of_words(story.handling),
            "dispatch_on": story.dispatch_on,
            "expected_on": story.expected_on,
            "waybill": line_of_words(story.waybill),
            "monitors": (monitor,) if monitor else (),
            "kits": [{"number": kit.number, "lot": kit.lot, "expiry": kit.expiry} for kit in story.kits],
        },
    )
    if not isinstance(found, Manifest):
        raise TypeError("a manifest was made into something else")
    return found
