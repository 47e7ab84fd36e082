"""`irt manifest`: every format of a real shipment, by number, and what it never tells."""

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from irt.commands import clock
from irt.messages.formats import Format, read
from irt.messages.orders import Manifest
from irt.services.bootstrap import ensure_system_account
from irt.study.definition import StudyDefinition
from irt.tables.kit import Kit
from irt.tables.record import AuditEntry
from irt.tables.secret import ManufacturingLot
from irt.tables.shipment import Shipment, ShipmentKit
from tests.builders import SEAL_KEY
from tests.builders_trial import Trial
from tests.irt.commands.running import Terminal
from tests.irt.messages.stories import EPCIS_SCHEMA
from tests.irt.messages.test_epcis import validator
from tests.irt.messages.test_papers import text_of

FORMATS = ("json", "csv", "xml", "epcis", "pdf", "desadv")
SHIPMENT = "S-10001"


@pytest.fixture
def treated(terminal: Terminal, sqlite_trial: Trial, monkeypatch: pytest.MonkeyPatch) -> Trial:
    """A trial in which a subject has been handed kits of the first shipment."""
    monkeypatch.setenv("IRT_SEAL_KEY", SEAL_KEY.decode())
    monkeypatch.setenv("IRT_DATABASE_URL", sqlite_trial.store.url.render_as_string(hide_password=False))
    monkeypatch.setattr(clock, "now", lambda: clock_of(sqlite_trial))
    ensure_system_account(sqlite_trial.store, clock_of(sqlite_trial))
    sqlite_trial.treated()
    return sqlite_trial


def clock_of(trial: Trial) -> datetime:
    """Noon of the trial's day."""
    return datetime.combine(trial.day, time(12), UTC)


def kits_of(trial: Trial) -> list[str]:
    """Numbers of the shipment's kits, in order."""
    (shipment,) = trial.rows(Shipment, number=SHIPMENT)
    numbers = {row["id"]: row["number"] for row in trial.rows(Kit)}
    return sorted(numbers[row["kit_id"]] for row in trial.rows(ShipmentKit, shipment_id=shipment["id"]))


def written(terminal: Terminal, spelling: str, *words: str) -> bytes:
    """The manifest as a file."""
    file = Path(f"manifest.{spelling}")
    ran = terminal.irt("manifest", SHIPMENT, "--format", str(spelling), "--output", str(file), *words)
    assert (ran.exit_code, ran.err) == (0, "")
    return file.read_bytes()


def secrets_of(definition: StudyDefinition) -> set[str]:
    """Words that tell a treatment."""
    return {arm.name for arm in definition.arms} | {kit.code for kit in definition.kit_types}


def test_the_three_spellings_are_one_message(terminal: Terminal, treated: Trial) -> None:
    """They are read back as the same manifest, with all the kits of the shipment."""
    found = {spelling: read(written(terminal, spelling), spelling) for spelling in Format}
    manifest = found[Format.JSON]
    assert isinstance(manifest, Manifest)
    assert all(each == manifest for each in found.values())
    assert (manifest.destination, manifest.origin, manifest.storage) == ("1001", "NLD", "2-8C")
    assert len(manifest.kits) == len(kits_of(treated))


def test_standard_output_is_the_manifest_alone(terminal: Terminal, treated: Trial) -> None:
    """So that it can be piped."""
    ran = terminal.irt("manifest", SHIPMENT, "--study", treated.definition.study.protocol)
    assert json.loads(ran.out)["shipment"] == SHIPMENT
    assert ran.err == ""


def test_the_ledger_is_told_to_the_subject_and_no_further(terminal: Terminal, treated: Trial) -> None:
    """EPCIS tells release, packing, shipping, receiving and dispensing, and no subject's number."""
    document = written(terminal, "epcis").decode()
    steps = [event["bizStep"] for event in json.loads(document)["epcisBody"]["eventList"]]
    assert list(dict.fromkeys(steps)) == ["commissioning", "packing", "shipping", "receiving", "dispensing"]
    assert "subject" not in document


@pytest.mark.parametrize("spelling", FORMATS)
def test_no_paper_tells_what_is_inside(terminal: Terminal, treated: Trial, spelling: str) -> None:
    """Neither arm nor kit type nor manufacturing lot nor the warehouse's order is in a paper of the parcel."""
    content = written(terminal, spelling)
    text = text_of(content) if spelling == "pdf" else content.decode()
    kits, lots = kits_of(treated), {row["number"] for row in treated.rows(ManufacturingLot)}
    inside = secrets_of(treated.definition) | {f'"{lot}"' for lot in lots} | {f">{lot}<" for lot in lots}
    assert [secret for secret in inside if secret in text] == []
    assert all(number in text for number in kits)
    if spelling == "epcis":
        named = [event.get("epcList") or event["childEPCs"] for event in json.loads(text)["epcisBody"]["eventList"]]
        assert all(names == sorted(names) for names in named)
    else:
        assert [text.index(number) for number in kits] == sorted(text.index(number) for number in kits)
    assert [word for word in ("kit_type", "price", "customs", "placebo") if word in text.lower()] == []


def test_a_shipment_that_is_not_there_is_refused(terminal: Terminal, treated: Trial) -> None:
    """In one line, with an exit that is not zero."""
    ran = terminal.irt("manifest", "S-99999")
    assert (ran.exit_code, ran.out) == (1, "")
    assert ran.err == "irt: There is no shipment S-99999.\n"


def test_the_invoice_is_written_as_pdf_a(terminal: Terminal, treated: Trial) -> None:
    """For the broker: the values of the study file, and no kit's number."""
    content = written(terminal, "invoice")
    text = text_of(content)
    assert b"pdfaid" in content
    assert all(words in text for words in ("Pro-forma invoice S-10001", "40.00", "EUR"))
    assert [number for number in kits_of(treated) if number in text] == []
    assert readings_of(treated) == [f"invoice of {SHIPMENT}"]


def readings_of(trial: Trial) -> list[str]:
    """What the audit trail says was taken."""
    return [row["record"] for row in trial.rows(AuditEntry, act="read")]


def events_in(file: str) -> list[dict[str, Any]]:
    """The events of a document, held against the official schema where it is here."""
    document = json.loads(Path(file).read_bytes())
    if EPCIS_SCHEMA.exists():
        assert [error.message for error in validator().iter_errors(document)] == []
    found: list[dict[str, Any]] = document["epcisBody"]["eventList"]
    return found


def test_the_life_of_a_kit_is_written(terminal: Terminal, treated: Trial) -> None:
    """From its lot's release to the subject, its events under the names they have in the shipment's document."""
    shipment = events_in(str(write_events(terminal, treated, "manifest", SHIPMENT, "--format", "epcis")))
    dispensed = next(event for event in shipment if event["bizStep"] == "dispensing")["epcList"][0]
    number = dispensed.rpartition(":")[2]
    life = events_in(str(write_events(terminal, treated, "exchange", "events", "--kit", number)))
    steps = [event["bizStep"] for event in life]
    assert steps == ["commissioning", "packing", "shipping", "receiving", "dispensing"]
    assert {event["eventID"] for event in life} < {event["eventID"] for event in shipment}
    assert readings_of(treated) == [f"events of kit {number}"]


def test_a_period_is_written_once_for_all_kits(terminal: Terminal, treated: Trial) -> None:
    """What happened on the trial's day alone; an end before the beginning, or neither kit nor day, is refused."""
    today, tomorrow = f"{treated.day}", f"{treated.day + timedelta(days=1)}"
    asked = ("exchange", "events", "--since", today, "--until", tomorrow)
    found = events_in(str(write_events(terminal, treated, *asked)))
    assert {event["bizStep"] for event in found} == {"receiving", "dispensing"}
    assert all(event["eventTime"].startswith(today) for event in found)
    study = ("--study", treated.definition.study.protocol)
    refused = [
        terminal.irt("exchange", "events", *study),
        terminal.irt("exchange", "events", *study, "--since", tomorrow, "--until", today),
        terminal.irt("exchange", "events", *study, "--kit", "000000"),
    ]
    assert [ran.exit_code for ran in refused] == [1, 1, 1]
    for words, ran in zip(("Name a kit", "before it begins", "No such kit"), refused, strict=True):
        assert words in ran.err
    assert readings_of(treated) == ["events of kits"]


def write_events(terminal: Terminal, trial: Trial, *words: str) -> Path:
    """The document that a command writes."""
    file = Path("events.json")
    ran = terminal.irt(*words, "--study", trial.definition.study.protocol, "--output", str(file))
    assert (ran.exit_code, ran.err) == (0, "")
    return file
