"""A shipment's story as an EPCIS 2.0 document: what happened to which kits, where and when; nothing of treatment.

Things and places are named by URNs of the study's own. Each event has an identifier made of its content, so that
the same event told twice is one event.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from irt.messages.shipment_story import Act, Happening, Place, PlaceKind, Story

Document = dict[str, Any]

_CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"cbvmda": "urn:epcglobal:cbv:mda:"},
]
_STEPS: dict[Act, tuple[str, str, str]] = {
    Act.RECEIVED: ("OBSERVE", "receiving", "available"),
    Act.RECEIVED_HELD: ("OBSERVE", "receiving", "non_sellable_other"),
    Act.RECEIVED_DAMAGED: ("OBSERVE", "receiving", "damaged"),
    Act.DISPENSED: ("OBSERVE", "dispensing", "dispensed"),
    Act.TAKEN_BACK: ("OBSERVE", "receiving", "returned"),
    Act.RETURNED: ("OBSERVE", "shipping", "returned"),
    Act.DESTROYED: ("DELETE", "destroying", "destroyed"),
}
"""Action, business step and disposition of what happens to kits."""
_WITH_SENSOR = (Act.RECEIVED, Act.RECEIVED_HELD, Act.RECEIVED_DAMAGED)


def epcis_of(story: Story, at: datetime) -> bytes:
    """The document; events in order of time, those of one moment in the order of a kit's life."""
    events = sorted(_events(story), key=lambda event: str(event["eventTime"]))
    document = {
        "@context": _CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": _moment(at),
        "epcisBody": {"eventList": events},
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _events(story: Story) -> Iterator[Document]:
    for event in (*_commissioned(story), *(_told(story, each) for each in story.happenings)):
        yield {**event, "eventID": _fingerprint(event)}


def _commissioned(story: Story) -> Iterator[Document]:
    """The kits of each lot came to be with its release: one moment for all of them."""
    place = story.origin or story.destination
    for lot in story.lots:
        by_expiry: dict[str, list[str]] = {}
        for kit in story.kits:
            if kit.lot == lot.number:
                by_expiry.setdefault(kit.expiry.isoformat(), []).append(kit.number)
        for expiry, kits in sorted(by_expiry.items()):
            yield {
                **_common("ObjectEvent", lot.since, place),
                "epcList": [_name(story, "kit", number) for number in kits],
                "action": "ADD",
                "bizStep": "commissioning",
                "disposition": "active",
                "readPoint": {"id": _place(story, place)},
                "bizLocation": {"id": _place(story, place)},
                "ilmd": {"cbvmda:lotNumber": lot.number, "cbvmda:itemExpirationDate": expiry},
            }


def _told(story: Story, each: Happening) -> Document:
    if each.act is Act.PACKED:
        return _packed(story, each)
    if each.act is Act.SHIPPED:
        return _shipped(story, each)
    action, step, disposition = _STEPS[each.act]
    event = {
        **_common("ObjectEvent", each.at, each.place),
        "epcList": [_name(story, "kit", number) for number in each.kits],
        "action": action,
        "bizStep": step,
        "disposition": disposition,
        "readPoint": {"id": _place(story, each.place)},
    }
    if each.act in _WITH_SENSOR:
        event |= {**_papers(story), **_way(story), **_sensor(story, each.at)}
    return event


def _packed(story: Story, each: Happening) -> Document:
    return {
        **_common("AggregationEvent", each.at, each.place),
        "parentID": _parcel(story),
        "childEPCs": [_name(story, "kit", number) for number in each.kits],
        "action": "ADD",
        "bizStep": "packing",
        "disposition": "in_progress",
        "readPoint": {"id": _place(story, each.place)},
        "bizLocation": {"id": _place(story, each.place)},
    }


def _shipped(story: Story, each: Happening) -> Document:
    return {
        **_common("ObjectEvent", each.at, each.place),
        "epcList": [_parcel(story)],
        "action": "OBSERVE",
        "bizStep": "shipping",
        "disposition": "in_transit",
        "readPoint": {"id": _place(story, each.place)},
        **_papers(story),
        **_way(story),
    }


def _papers(story: Story) -> Document:
    """The despatch advice, and the waybill where there is one."""
    papers = [{"type": "desadv", "bizTransaction": _name(story, "shipment", story.number)}]
    if story.waybill:
        papers.append({"type": "bol", "bizTransaction": _name(story, "waybill", story.waybill)})
    return {"bizTransactionList": papers}


def _way(story: Story) -> Document:
    ends: Document = {
        "destinationList": [{"type": "possessing_party", "destination": _place(story, story.destination)}]
    }
    if story.origin is not None:
        ends["sourceList"] = [{"type": "possessing_party", "source": _place(story, story.origin)}]
    return ends


def _sensor(story: Story, at: datetime) -> Document:
    """What the temperature monitor said, where somebody wrote it down."""
    if not story.temperature:
        return {}
    metadata: Document = {"time": _moment(at)}
    if story.monitor:
        metadata["deviceID"] = _name(story, "monitor", story.monitor)
    report: Document = {"type": "Temperature"}
    if story.temperature == "alarm":
        report["exception"] = "ALARM_CONDITION"
    elif story.temperature == "no_data":
        report["exception"] = "ERROR_CONDITION"
    else:
        report["booleanValue"] = True
    return {"sensorElementList": [{"sensorMetadata": metadata, "sensorReport": [report]}]}


def _common(kind: str, at: datetime, place: Place) -> Document:
    return {"type": kind, "eventTime": _moment(at), "eventTimeZoneOffset": _offset(at, place.zone)}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _offset(at: datetime, zone: str) -> str:
    written = at.astimezone(ZoneInfo(zone)).strftime("%z")
    return f"{written[:3]}:{written[3:5]}"


def _parcel(story: Story) -> str:
    return _name(story, "parcel", f"{story.number}-1")


def _place(story: Story, place: Place) -> str:
    return _name(story, str(place.kind), "" if place.kind is PlaceKind.HOME else place.code)


def _name(story: Story, kind: str, code: str) -> str:
    """A URN of the study; a test study's kits are never taken for those of patients."""
    parts = [story.mode, quote(story.protocol, safe=""), kind, quote(code, safe="")]
    return ":".join(["urn:irt", *(part for part in parts if part)])


def _fingerprint(event: Document) -> str:
    """The event's content as a name (RFC 6920)."""
    digest = hashlib.sha256(json.dumps(event, sort_keys=True, separators=(",", ":")).encode()).digest()
    return f"ni:///sha-256;{urlsafe_b64encode(digest).decode().rstrip('=')}"
