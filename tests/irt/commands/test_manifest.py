"""`irt manifest`: every format of a real shipment, by number, and what it never tells."""

import json
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from irt.commands import clock
from irt.messages.formats import Format, read
from irt.messages.orders import Manifest
from irt.study.definition import StudyDefinition
from irt.tables.kit import Kit
from irt.tables.secret import ManufacturingLot
from irt.tables.shipment import Shipment, ShipmentKit
from tests.builders import SEAL_KEY
from tests.builders_trial import Trial
from tests.irt.commands.running import Terminal
from tests.irt.messages.test_papers import text_of

FORMATS = ("json", "csv", "xml", "epcis", "pdf", "desadv")
SHIPMENT = "S-10001"


@pytest.fixture
def treated(terminal: Terminal, sqlite_trial: Trial, monkeypatch: pytest.MonkeyPatch) -> Trial:
    """A trial in which a subject has been handed kits of the first shipment."""
    monkeypatch.setenv("IRT_SEAL_KEY", SEAL_KEY.decode())
    monkeypatch.setenv("IRT_DATABASE_URL", sqlite_trial.store.url.render_as_string(hide_password=False))
    monkeypatch.setattr(clock, "now", lambda: clock_of(sqlite_trial))
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
