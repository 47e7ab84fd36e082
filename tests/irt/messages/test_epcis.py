"""EPCIS documents: the official schema takes them, and they tell nothing that a label does not."""

import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from irt.messages.epcis import epcis_of
from tests.irt.messages.stories import AT, EPCIS_SCHEMA, NUMBERS, a_story

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
    packing, shipping = events()[2:4]
    names = [f"urn:irt:test:NB%20301%2F%C3%A9:kit:{number}" for number in NUMBERS]
    assert packing["childEPCs"] == names
    assert shipping["epcList"] == [packing["parentID"]]
    assert [paper["type"] for paper in shipping["bizTransactionList"]] == ["desadv", "bol"]
    assert shipping["sourceList"][0]["source"].endswith(":depot:NLD")
    assert shipping["destinationList"][0]["destination"].endswith(":site:1001")


def test_the_monitor_speaks_at_receipt() -> None:
    """An alarm and missing data are exceptions of the temperature."""
    reports = {
        word: events(temperature=word)[4]["sensorElementList"][0]["sensorReport"][0].get("exception")
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
    for event in events()[:2]:
        assert event["ilmd"]["cbvmda:lotNumber"] in ("L1", "L2")
    times = {event["ilmd"]["cbvmda:lotNumber"]: event["eventTime"] for event in events()[:2]}
    assert times == {"L1": "2026-02-28T12:00:00.000Z", "L2": "2026-03-04T12:00:00.000Z"}
