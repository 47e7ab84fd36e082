"""Messages over the API: a depot's system fetches requests, answers them, and reads what became of each."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from irt.blinding.roles import Permission, Role
from irt.messages.formats import Format, read
from irt.messages.json_text import json_schema
from tests.irt.services.vendor import open_by_hand
from tests.web.api.system import System, depot_of
from tests.web.world import World


@pytest.fixture
def requested(investigator: System, world: World) -> str:
    """A shipment that the depot is asked for; its number."""
    site = world.sites[0][0]
    kits = investigator.asks_study(f"/sites/{site}/kits", limit=200).json()["items"]
    for kit in kits[6:]:
        investigator.booked("/kits/report", site=site, kit=kit["number"], report="missing", reason="Not found")
    supply = System.of(world, "supply_planner.all")
    return str(supply.booked("/resupply/run", day=supply.today)["shipments"][0])


@pytest.fixture
def depot(world: World) -> System:
    """A system of the depot that supplies the sites."""
    open_by_hand(world.store, world.study_id, depot_of(world))
    world.office.hire("depot.all", (Role.DEPOT, {"study_id": world.study_id, "depot_id": depot_of(world)}))
    return System.of(world, "depot.all")


def request_of(depot: System) -> dict[str, Any]:
    """The one request that waits, fetched and acknowledged."""
    (name,) = depot.booked("/messages/prepare")["messages"]
    (item,) = depot.asks_study("/messages/waiting").json()["items"]
    assert item["message_id"] == name
    assert depot.booked("/messages/acknowledge", messages=[name]) == {"acknowledged": 1}
    found: dict[str, Any] = json.loads(item["content"])
    return found


def dispatch_of(request: dict[str, Any], depot: System, **changes: Any) -> str:
    """The answer that the parcel has left."""
    at = depot.world.now.isoformat()
    envelope = {name: request[name] for name in ("schema_version", "study", "environment", "shipment")}
    facts = {"kind": "dispatch", "message_id": "D-1", "sender": request["depot"], "sequence": 1, "made_at": at}
    kits = [{"number": kit["number"]} for kit in request["kits"]]
    return json.dumps({**envelope, **facts, "dispatched_at": at, "waybill": "W-1", "kits": kits, **changes})


def test_a_depot_fetches_answers_and_reads(requested: str, depot: System, investigator: System) -> None:
    """From the request to the parcel on its way, by messages alone; kits are named to the site once it has left."""
    request = request_of(depot)
    Draft202012Validator(json_schema(), format_checker=FormatChecker()).validate(request)
    assert request["shipment"] == requested
    sent = depot.booked("/messages/send", spelling="json", content=dispatch_of(request, depot))
    assert (sent["status"], sent["shipment"]) == ("applied", requested)
    record = investigator.asks_study(f"/shipments/{requested}").json()
    assert record["line"]["status"] == "in_transit"
    assert len(record["kits"]) == len(request["kits"])
    log = depot.asks_study("/messages").json()
    assert [(line["direction"], line["kind"], line["status"]) for line in log["items"]] == [
        ("out", "shipment_request", "acknowledged"),
        ("in", "dispatch", "applied"),
    ]
    assert depot.asks_study("/messages/waiting").json()["items"] == []


def test_a_refused_message_answers_with_its_name(requested: str, depot: System) -> None:
    """Sent and kept, so no error of the transport; `refusal` says what was wrong with it."""
    request = request_of(depot)
    answers = [
        depot.booked("/messages/send", spelling=spelling, content=content)["refusal"]
        for spelling, content in (
            ("xml", "<?xml version='1.0'?><!DOCTYPE x []><x/>"),
            ("csv", "\x00"),
            ("json", dispatch_of(request, depot, study="XX")),
            ("json", dispatch_of(request, depot, kits=[])),
            ("json", dispatch_of(request, depot)),
        )
    ]
    assert answers == ["MalformedMessage", "MalformedMessage", "WrongStudy", "KitsDiffer", "DuplicateMessage"]


def test_the_same_key_gives_the_same_answer(requested: str, depot: System) -> None:
    """A retry of the transport is no second message."""
    body = {"spelling": "json", "content": dispatch_of(request_of(depot), depot)}
    first, second = (depot.does("/messages/send", key="retry-0001", **body).json() for _ in range(2))
    assert first["status"] == second["status"] == "applied"
    assert len(depot.asks_study("/messages").json()["items"]) == 2


@pytest.mark.parametrize("spelling", list(Format))
def test_messages_are_fetched_in_any_spelling(requested: str, depot: System, spelling: Format) -> None:
    """And read back as the request."""
    depot.booked("/messages/prepare")
    (item,) = depot.asks_study("/messages/waiting", spelling=str(spelling)).json()["items"]
    assert read(item["content"].encode(), spelling).kind == "shipment_request"


@pytest.mark.parametrize("paper", ["json", "csv", "xml", "epcis", "desadv"])
def test_a_depot_reads_the_manifest(requested: str, depot: System, paper: str) -> None:
    """In every format of text; a shipment of nobody is not there."""
    shown = depot.asks_study(f"/depot-shipments/{requested}/manifest", paper=paper).json()
    assert (shown["shipment"], requested in shown["content"] or paper == "epcis") == (requested, True)
    assert depot.asks_study("/depot-shipments/S-99999/manifest").status_code == 404


def test_scope_and_role_are_needed(requested: str, depot: System, investigator: System, world: World) -> None:
    """A site's system speaks for no depot, nor does a depot's token without the scope."""
    narrow = System.of(world, "depot.all", [Permission.VIEW_STOCK])
    for system in (investigator, narrow):
        assert system.does("/messages/send", spelling="json", content="{}").status_code == 403
        assert system.does("/messages/prepare").status_code == 403
        assert system.does("/messages/acknowledge", messages=["x"]).status_code == 403
        assert system.asks_study("/messages").status_code == 403
        assert system.asks_study("/messages/waiting").status_code == 403
        assert system.asks_study(f"/depot-shipments/{requested}/manifest").status_code == 403


def test_a_carriers_words_are_told_and_read(requested: str, depot: System) -> None:
    """Once each; the parcel is held at customs, and the words are listed."""
    request = request_of(depot)
    depot.booked("/messages/send", spelling="json", content=dispatch_of(request, depot))
    word = {"waybill": "W-1", "status": "customs", "at": depot.world.now.isoformat(), "place": "Dover"}
    done = [depot.booked("/shipments/track", carrier="Example", told=[word]) for _ in range(2)]
    assert [(each["new"], each["booked"]) for each in done] == [(1, 1), (0, 0)]
    (line,) = depot.asks_study(f"/depot-shipments/{requested}/tracking").json()["items"]
    assert (line["place"], line["booked"]) == ("Dover", "hold_at_customs")


def test_a_key_is_told_once_and_to_supply(depot: System, world: World) -> None:
    """The same key of the request gives the first answer again, without the secret."""
    supply = System.of(world, "supply_planner.all")
    assert supply.booked("/vendor-interfaces/expect", depot="NLD", silence_hours=12) == {"depot": "NLD"}
    told = [supply.does("/vendor-interfaces/make-key", "the-same-key", depot="NLD").json()["key"] for _ in range(2)]
    assert (told[0].startswith("whsec_"), told[1]) == (True, None)
    assert depot.does("/vendor-interfaces/make-key", depot="NLD").status_code == 403
