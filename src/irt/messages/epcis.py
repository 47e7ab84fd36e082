"""What happened to kits as an EPCIS 2.0 document: which kits, where and when; nothing of treatment.

Each event has an identifier made of its content, so that the same event told twice, in the document of a shipment
and in that of a kit, is one event. What happens to a parcel is one event for all its kits, and one for what it
holds without numbers; the rest is told kit by kit.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from irt.messages.epcis_names import Names
from irt.messages.shipment_story import (
    Act,
    Chronicle,
    Happening,
    ItemsMoved,
    LoggerRecord,
    Lot,
    Place,
    Story,
    StoryItem,
    StoryKit,
)

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
_OF_PARCEL = (Act.PACKED, Act.SHIPPED, *_WITH_SENSOR)
_DEGREES = 3
"""Decimals of a temperature."""


def epcis_of(story: Story, at: datetime) -> bytes:
    """The document of a shipment; events in order of time, those of one moment in the order of a kit's life."""
    chronicle = Chronicle(
        protocol=story.protocol,
        mode=story.mode,
        kits=story.kits,
        lots=story.lots,
        parcels=(story,),
        happenings=tuple(each for each in story.happenings if each.act not in _OF_PARCEL),
    )
    return epcis_document(chronicle, at)


def epcis_document(
    chronicle: Chronicle, at: datetime, since: datetime | None = None, until: datetime | None = None
) -> bytes:
    """The document of all these kits' events; those from `since` on and before `until` where a period is given."""
    told = {event["eventID"]: event for event in _events(chronicle)}
    first, last = (None if end is None else _moment(end) for end in (since, until))
    events = [
        event
        for event in told.values()
        if (first is None or event["eventTime"] >= first) and (last is None or event["eventTime"] < last)
    ]
    document = {
        "@context": _CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": _moment(at),
        "epcisBody": {"eventList": sorted(events, key=lambda event: str(event["eventTime"]))},
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _events(chronicle: Chronicle) -> Iterator[Document]:
    names = Names(chronicle.protocol, chronicle.mode)
    kits = {kit.number: kit for parcel in chronicle.parcels for kit in parcel.kits}
    kits |= {kit.number: kit for kit in chronicle.kits}
    lots = {lot.number: lot for lot in chronicle.lots}
    events: list[Iterable[Document]] = [
        (_commissioned(names, kit, lots[kit.lot]) for kit in chronicle.kits if kit.lot in lots)
    ]
    for parcel in chronicle.parcels:
        # A parcel of items alone is packed, and received, with them.
        of_parcel = [each for each in parcel.happenings if each.act in _OF_PARCEL]
        told = [each for each in of_parcel if each.kits or each.act is Act.SHIPPED]
        events.append([_of_items(names, parcel, moved) for moved in parcel.items_moved])
        events.append([_of_parcel(names, kits, parcel, each) for each in told])
    events.append(
        _of_kits(names, [kits[number]], each)
        for each in chronicle.happenings
        for number in each.kits
        if number in kits
    )
    for some in events:
        for event in some:
            yield {**event, "eventID": _fingerprint(event)}


def _commissioned(names: Names, kit: StoryKit, lot: Lot) -> Document:
    """A kit came to be with the release of its lot: one moment and place for all of them."""
    event = {
        **_common("ObjectEvent", lot.since, lot.place),
        "epcList": [names.kit(kit)],
        "action": "ADD",
        "bizStep": "commissioning",
        "disposition": "active",
        "ilmd": {"cbvmda:lotNumber": lot.number, "cbvmda:itemExpirationDate": kit.expiry.isoformat()},
    }
    return event if lot.place is None else {**event, **_at(names, lot.place)}


def _of_parcel(names: Names, kits: dict[str, StoryKit], story: Story, each: Happening) -> Document:
    if each.act is Act.PACKED:
        return _packed(names, [kits[number] for number in each.kits], story, each)
    if each.act is Act.SHIPPED:
        return _shipped(names, story, each)
    event = _of_kits(names, [kits[number] for number in each.kits], each)
    return event | {**_papers(names, story), **_way(names, story), **_sensors(names, story, each.at)}


def _of_items(names: Names, story: Story, each: ItemsMoved) -> Document:
    """Items go into the parcel when it leaves, and come out as they were counted."""
    if each.act is Act.PACKED:
        return _aggregation(names, story, each, {"childQuantityList": _quantities(names, each.items)})
    action, step, disposition = _STEPS[each.act]
    return {
        **_common("ObjectEvent", each.at, each.place),
        "quantityList": _quantities(names, each.items),
        "action": action,
        "bizStep": step,
        "disposition": disposition,
        "readPoint": {"id": names.place(each.place)},
        **_papers(names, story),
        **_way(names, story),
    }


def _quantities(names: Names, items: Sequence[StoryItem]) -> list[Document]:
    return [{"epcClass": names.item_lot(item), "quantity": item.quantity} for item in items]


def _of_kits(names: Names, kits: Sequence[StoryKit], each: Happening) -> Document:
    action, step, disposition = _STEPS[each.act]
    return {
        **_common("ObjectEvent", each.at, each.place),
        "epcList": [names.kit(kit) for kit in kits],
        "action": action,
        "bizStep": step,
        "disposition": disposition,
        "readPoint": {"id": names.place(each.place)},
    }


def _packed(names: Names, kits: Sequence[StoryKit], story: Story, each: Happening) -> Document:
    return _aggregation(names, story, each, {"childEPCs": [names.kit(kit) for kit in kits]})


def _aggregation(names: Names, story: Story, each: Happening | ItemsMoved, children: Document) -> Document:
    return {
        **_common("AggregationEvent", each.at, each.place),
        "parentID": names.parcel(story),
        **children,
        "action": "ADD",
        "bizStep": "packing",
        "disposition": "in_progress",
        **_at(names, each.place),
    }


def _shipped(names: Names, story: Story, each: Happening) -> Document:
    return {
        **_common("ObjectEvent", each.at, each.place),
        "epcList": [names.parcel(story)],
        "action": "OBSERVE",
        "bizStep": "shipping",
        "disposition": "in_transit",
        "readPoint": {"id": names.place(each.place)},
        **_papers(names, story),
        **_way(names, story),
    }


def _at(names: Names, place: Place) -> Document:
    return {"readPoint": {"id": names.place(place)}, "bizLocation": {"id": names.place(place)}}


def _papers(names: Names, story: Story) -> Document:
    """The despatch advice, and the waybill where there is one."""
    papers = [{"type": "desadv", "bizTransaction": names.of("shipment", story.number)}]
    if story.waybill:
        papers.append({"type": "bol", "bizTransaction": names.of("waybill", story.waybill)})
    return {"bizTransactionList": papers}


def _way(names: Names, story: Story) -> Document:
    ends: Document = {
        "destinationList": [{"type": "possessing_party", "destination": names.place(story.destination)}]
    }
    if story.origin is not None:
        ends["sourceList"] = [{"type": "possessing_party", "source": names.place(story.origin)}]
    return ends


def _sensors(names: Names, story: Story, at: datetime) -> Document:
    """What the site wrote down of the temperature monitor, and what the files of loggers say."""
    told = [_monitor(names, story, at)] if story.temperature else []
    told += [_logger(names, record) for record in story.loggers]
    return {"sensorElementList": told} if told else {}


def _monitor(names: Names, story: Story, at: datetime) -> Document:
    metadata: Document = {"time": _moment(at)}
    if story.monitor:
        metadata["deviceID"] = names.of("monitor", story.monitor)
    report: Document = {"type": "Temperature"}
    if story.temperature == "alarm":
        report["exception"] = "ALARM_CONDITION"
    elif story.temperature == "no_data":
        report["exception"] = "ERROR_CONDITION"
    else:
        report["booleanValue"] = True
    return {"sensorMetadata": metadata, "sensorReport": [report]}


def _logger(names: Names, record: LoggerRecord) -> Document:
    """Lowest, highest and mean of a logger's file, which is named by its hash."""
    metadata: Document = {"startTime": _moment(record.started_at), "endTime": _moment(record.ended_at)}
    if record.device:
        metadata["deviceID"] = names.of("monitor", record.device)
    metadata["rawData"] = _named_by(bytes.fromhex(record.sha256))
    report: Document = {
        "type": "Temperature",
        "minValue": round(record.minimum, _DEGREES),
        "maxValue": round(record.maximum, _DEGREES),
        "meanValue": round(record.mean, _DEGREES),
        "uom": "CEL",
    }
    if record.outside:
        report["exception"] = "ALARM_CONDITION"
    return {"sensorMetadata": metadata, "sensorReport": [report]}


def _common(kind: str, at: datetime, place: Place | None) -> Document:
    zone = "UTC" if place is None else place.zone
    return {"type": kind, "eventTime": _moment(at), "eventTimeZoneOffset": _offset(at, zone)}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _offset(at: datetime, zone: str) -> str:
    written = at.astimezone(ZoneInfo(zone)).strftime("%z")
    return f"{written[:3]}:{written[3:5]}"


def _fingerprint(event: Document) -> str:
    """The event's content as a name."""
    return _named_by(hashlib.sha256(json.dumps(event, sort_keys=True, separators=(",", ":")).encode()).digest())


def _named_by(sha256: bytes) -> str:
    """A hash as a name (RFC 6920)."""
    return f"ni:///sha-256;{urlsafe_b64encode(sha256).decode().rstrip('=')}"
