"""EPCIS documents: the official schema takes them, and they tell nothing that a label does not."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from irt.gs1.digital_link import read_link
from irt.messages.epcis import epcis_document, epcis_of
from irt.messages.shipment_story import Act, Chronicle, ItemsMoved, LoggerRecord, StoryKit
from irt.states.records import Mode
from tests.irt.messages.stories import AT, DEPOT, EPCIS_SCHEMA, ITEMS, NUMBERS, SITE, a_story

official = pytest.mark.skipif(
    not EPCIS_SCHEMA.exists(), reason="the official EPCIS schema is not here: `make develop` fetches it"
)


def events(**changes: Any) -> list[dict[str, Any]]:
    """The events of a story."""
    found: list[dict[str, Any]] = json.loads(epcis_of(a_story(**changes), AT))["epcisBody"]["eventList"]
    return found


def validator() -> Draft7Validator:
    """The official schema with its formats checked: without them it takes nearly anything."""
    return Draft7Validator(json.loads(EPCIS_SCHEMA.read_text()), format_checker=FormatChecker())


@official
@pytest.mark.parametrize("temperature", ["", "no_alarm", "alarm", "no_data"])
@pytest.mark.parametrize("monitor", ["", "TM-1 é"])
def test_the_official_schema_takes_every_document(temperature: str, monitor: str) -> None:
    """All acts there are, whatever the monitor said."""
    document = json.loads(epcis_of(a_story(temperature=temperature, monitor=monitor), AT))
    assert [error.message for error in validator().iter_errors(document)] == []


@official
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bizStep", "shippng"),
        ("eventTime", "2026-03-09T12:00:00"),
        ("epcList", ["107342"]),
        ("arm", "A"),
        ("eventTimeZoneOffset", "1"),
    ],
)
def test_the_official_schema_is_really_asked(field: str, value: object) -> None:
    """A document with one thing wrong is refused: the checks of formats are on."""
    document = json.loads(epcis_of(a_story(), AT))
    first = next(event for event in document["epcisBody"]["eventList"] if event["type"] == "ObjectEvent")
    first[field] = value
    assert not validator().is_valid(document)


def test_the_chain_is_told_in_order() -> None:
    """From the release of the lots to destruction, each with the zone of its place."""
    told = [(event["bizStep"], event["disposition"], event["eventTimeZoneOffset"]) for event in events()]
    assert told == [
        ("commissioning", "active", "+01:00"),
        ("commissioning", "active", "+01:00"),
        ("commissioning", "active", "+01:00"),
        ("packing", "in_progress", "+01:00"),
        ("shipping", "in_transit", "+01:00"),
        ("receiving", "available", "+00:00"),
        ("receiving", "non_sellable_other", "+00:00"),
        ("receiving", "damaged", "+00:00"),
        ("dispensing", "dispensed", "+00:00"),
        ("receiving", "returned", "+00:00"),
        ("shipping", "returned", "+00:00"),
        ("destroying", "destroyed", "+00:00"),
    ]


def test_the_parcel_holds_the_kits_and_goes_from_depot_to_site() -> None:
    """Aggregation, then the parcel alone travels, by its despatch advice and waybill."""
    packing, shipping = events()[3:5]
    names = [f"urn:irt:test:NB%20301%2F%C3%A9:kit:{number}" for number in NUMBERS]
    assert packing["childEPCs"] == names
    assert shipping["epcList"] == [packing["parentID"]]
    assert [paper["type"] for paper in shipping["bizTransactionList"]] == ["desadv", "bol"]
    assert shipping["sourceList"][0]["source"].endswith(":depot:NLD")
    assert shipping["destinationList"][0]["destination"].endswith(":site:1001")


def test_the_monitor_speaks_at_receipt() -> None:
    """An alarm and missing data are exceptions of the temperature."""
    reports = {
        word: events(temperature=word)[5]["sensorElementList"][0]["sensorReport"][0].get("exception")
        for word in ("no_alarm", "alarm", "no_data")
    }
    assert reports == {"no_alarm": None, "alarm": "ALARM_CONDITION", "no_data": "ERROR_CONDITION"}


def test_an_event_told_twice_is_one_event() -> None:
    """The identifier follows from the content: the same tomorrow, another where one kit differs."""
    today, tomorrow = events(), events(status="closed", version=9)
    assert [event["eventID"] for event in today] == [event["eventID"] for event in tomorrow]
    assert len({event["eventID"] for event in today}) == len(today)
    fewer = tuple(replace(each, kits=each.kits[:-1]) for each in a_story().happenings[:1])
    assert not {event["eventID"] for event in events(happenings=fewer) if event["bizStep"] == "packing"} & {
        event["eventID"] for event in today
    }


def test_the_moment_of_a_lot_is_one_for_all_its_kits() -> None:
    """Kits of one arm that were loaded later do not show by when they came to be."""
    for event in events()[:3]:
        assert event["ilmd"]["cbvmda:lotNumber"] in ("L1", "L2")
    times = {event["ilmd"]["cbvmda:lotNumber"]: event["eventTime"] for event in events()[:3]}
    assert times == {"L1": "2026-02-28T12:00:00.000Z", "L2": "2026-03-04T12:00:00.000Z"}


LOGGED = LoggerRecord("TM-1", AT - timedelta(hours=9), AT, 2.04, 8.5, 5.12345, outside=True, sha256="ab" * 32)


@official
def test_what_a_logger_measured_stands_beside_the_receipt() -> None:
    """Lowest, highest and mean in degrees Celsius, from when to when, by which file; and that it was outside."""
    found = events(loggers=(LOGGED, replace(LOGGED, outside=False)), temperature="")
    documented = json.loads(epcis_of(a_story(loggers=(LOGGED,)), AT))
    assert [error.message for error in validator().iter_errors(documented)] == []
    outside, within = found[5]["sensorElementList"]
    assert outside["sensorReport"] == [
        {
            "type": "Temperature",
            "minValue": 2.04,
            "maxValue": 8.5,
            "meanValue": 5.123,
            "uom": "CEL",
            "exception": "ALARM_CONDITION",
        }
    ]
    assert outside["sensorMetadata"]["rawData"].startswith("ni:///sha-256;")
    assert "exception" not in within["sensorReport"][0]


ITEMS_MOVED = (
    ItemsMoved(Act.PACKED, AT + timedelta(hours=1), DEPOT, ITEMS),
    ItemsMoved(Act.RECEIVED, AT + timedelta(hours=2), SITE, ITEMS[:1]),
    ItemsMoved(Act.RECEIVED_DAMAGED, AT + timedelta(hours=2), SITE, ITEMS[1:]),
)


@official
@pytest.mark.parametrize("alone", [False, True])
def test_what_has_no_number_is_told_by_lot_and_quantity(alone: bool) -> None:
    """It goes into the parcel before that travels, and is received as counted; events of kits stay as they are."""
    shipped = replace(a_story().happenings[1], kits=())
    happened = (replace(a_story().happenings[0], kits=()), shipped) if alone else a_story().happenings
    facts = {"kits": (), "lots": (), "happenings": happened} if alone else {}
    document = json.loads(epcis_of(a_story(**facts, items=ITEMS, items_moved=ITEMS_MOVED), AT))
    assert [error.message for error in validator().iter_errors(document)] == []
    told = document["epcisBody"]["eventList"]
    packing, whole, damaged = (e for e in told if "quantityList" in e or "childQuantityList" in e)
    (shipping,) = (e for e in told if e["disposition"] == "in_transit")
    assert told.index(packing) < told.index(shipping)
    assert shipping["epcList"] == [packing["parentID"]]
    name = "urn:irt:test:NB%20301%2F%C3%A9:item:BAG"
    assert packing["childQuantityList"] == [
        {"epcClass": f"{name}:B%3A1", "quantity": 12},
        {"epcClass": f"{name}:B-2", "quantity": 8},
    ]
    assert whole["quantityList"] + damaged["quantityList"] == packing["childQuantityList"]
    assert (whole["disposition"], damaged["disposition"]) == ("available", "damaged")
    assert alone or [e for e in told if e not in (packing, whole, damaged)] == events()
    assert not alone or len(told) == 4


def gs1_story(**changes: Any) -> dict[str, Any]:
    """A story of a study that has GTIN, SSCC and GLN."""
    kits = tuple(StoryKit(kit.number, kit.lot, kit.expiry, "09506000134352") for kit in a_story().kits)
    ends = {"origin": replace(DEPOT, gln="9506000134369"), "destination": replace(SITE, gln="9506000134376")}
    return {"kits": kits, "sscc": "095060001343520007", "protocol": "NB-301", **ends, **changes}


@official
def test_gs1_keys_name_kits_parcels_and_places() -> None:
    """Digital Links that our own reader takes apart; the same GTIN for all kits of the group."""
    document = json.loads(epcis_of(a_story(**gs1_story(mode=Mode.PRODUCTION)), AT))
    assert [error.message for error in validator().iter_errors(document)] == []
    packing, shipping = document["epcisBody"]["eventList"][3:5]
    for name, number in zip(packing["childEPCs"], NUMBERS, strict=True):
        assert [(each.code, each.value) for each in read_link(name)] == [("01", "09506000134352"), ("21", number)]
    assert packing["parentID"] == "https://id.gs1.org/00/095060001343520007"
    assert shipping["destinationList"][0]["destination"] == "https://id.gs1.org/414/9506000134376"
    assert shipping["sourceList"][0]["source"] == "https://id.gs1.org/414/9506000134369"


def test_kits_of_a_test_are_never_named_as_real_ones() -> None:
    """Outside production every name is a URN that says so."""
    assert "id.gs1.org" not in epcis_of(a_story(**gs1_story()), AT).decode()


def chronicle(kits: int = 1, **changes: Any) -> Chronicle:
    """The life of the first kits of the story."""
    story = a_story()
    after = tuple(each for each in story.happenings if each.at > AT + timedelta(hours=4))
    facts = {"kits": story.kits[:kits], "lots": story.lots, "parcels": (story,), "happenings": after, **changes}
    return Chronicle(protocol=story.protocol, mode=story.mode, **facts)


@official
def test_an_event_has_one_name_in_every_document() -> None:
    """Of the shipment, of the kit, of the period: whoever reads all three has each event once."""
    document = json.loads(epcis_document(chronicle(), AT))
    assert [error.message for error in validator().iter_errors(document)] == []
    life = {event["eventID"] for event in document["epcisBody"]["eventList"]}
    assert life < {event["eventID"] for event in events()}
    assert len(life) == len(events()) - 2
    start, end = AT + timedelta(hours=1), AT + timedelta(hours=3)
    period = json.loads(epcis_document(chronicle(3), AT, start, end))["epcisBody"]["eventList"]
    assert [event["bizStep"] for event in period] == ["shipping", "receiving"]
    assert {event["eventID"] for event in period} < life
    twice = chronicle(parcels=(a_story(), a_story()))
    assert json.loads(epcis_document(twice, AT))["epcisBody"] == document["epcisBody"]


def test_a_lot_that_came_to_be_nowhere_known_has_no_place() -> None:
    """The event stands, in UTC."""
    lots = tuple(replace(lot, place=None) for lot in a_story().lots)
    first = events(lots=lots)[0]
    assert (first["eventTimeZoneOffset"], "readPoint" in first) == ("+00:00", False)
