"""`irt exchange`: a vendor's file checked without a database, and a depot's folder worked off."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from irt.commands import drop_folders
from irt.messages.catalogue import MESSAGES
from irt.messages.formats import Format, read, written
from irt.messages.samples import sample
from irt.tables.record import AuditEntry
from irt.tables.shipment import Shipment
from irt.tables.study import Depot
from irt.tables.vendor import VendorMessage
from tests.irt.commands.office import SITE, STUDY, TerminalOffice
from tests.irt.commands.running import Terminal
from tests.irt.messages.builders import an_example
from tests.irt.services.vendor import open_by_hand

DEPOT = "NLD"
SAMPLES = Path(__file__).parents[3] / "fixtures" / "messages"


def put(folder: Path, name: str, data: bytes, digest: str | None = None) -> Path:
    """A file with its sidecar."""
    file = folder / name
    file.write_bytes(data)
    told = digest or hashlib.sha256(data).hexdigest()
    file.with_name(f"{name}.sha256").write_text(f"{told}  {name}\n")
    return file


@pytest.mark.parametrize("kind", MESSAGES)
@pytest.mark.parametrize("spelling", list(Format))
def test_every_sample_passes_the_check(terminal: Terminal, kind: str, spelling: Format) -> None:
    """What is printed for vendors is what is read from them."""
    file = f"{kind}.{spelling}"
    assert terminal.irt("exchange", "sample", kind, "--format", spelling.value, "--output", file).exit_code == 0
    ran = terminal.irt("exchange", "check", file)
    assert (ran.exit_code, ran.err) == (0, "")
    assert ran.out.startswith(f"{kind} NLD-000007, number 7 of NB-301 (test)")
    assert read(terminal.irt("exchange", "check", file, "--json").out.encode(), Format.JSON) == sample(kind)
    assert Path(file).read_bytes() == (SAMPLES / file).read_bytes()


def test_a_wrong_file_is_refused_in_one_line(terminal: Terminal) -> None:
    """With the reason, for whoever builds the other side."""
    Path("broken.json").write_text('{"kind": "dispatch", "schema_version": "1"}')
    ran = terminal.irt("exchange", "check", "broken.json")
    assert (ran.exit_code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "message_id" in ran.err
    put(Path(), "other.json", written(sample("dispatch"), Format.JSON), "0" * 64)
    assert "is not the file" in terminal.irt("exchange", "check", "other.json").err
    Path("dispatch.txt").write_text("")
    assert "--format" in terminal.irt("exchange", "check", "dispatch.txt").err


def test_the_schemas_are_printed(terminal: Terminal) -> None:
    """Both are schemas by the word of others."""
    Draft202012Validator.check_schema(json.loads(terminal.irt("exchange", "schema").out))
    terminal.irt("exchange", "schema", "--format", "xml", "--output", "messages.xsd")
    etree.XMLSchema(etree.parse("messages.xsd"))


@pytest.fixture
def office(stocked: TerminalOffice) -> TerminalOffice:
    """A shipment is requested for the first site."""
    stocked.does("supply", "release", "L2509-N", "--study", STUDY, "--user", "quinn")
    stocked.does("site", "activate", SITE, "--study", STUDY, "--reason", "initiation visit", "--user", "sam")
    stocked.does("supply", "night")
    for depot in rows(stocked, Depot):
        open_by_hand(stocked.store, depot["study_id"], depot["id"])
    return stocked


def run(office: TerminalOffice, *words: str) -> dict[str, Any]:
    """One pass over the folder of the depot; what it did."""
    ran = office.does("exchange", "run", "exchange", "--study", STUDY, "--depot", DEPOT, "--json", *words)
    (done,) = json.loads(ran)
    return dict(done)


def rows(office: TerminalOffice, model: Any) -> list[dict[str, Any]]:
    """Rows of a table, in order."""
    table = model.__table__
    with office.store.reading() as connection:
        return [dict(row) for row in connection.execute(table.select().order_by(table.c.id)).mappings()]


HOME = Path("exchange") / f"{STUDY}-production" / DEPOT


def names(room: str) -> list[str]:
    """What lies in a room of the folder."""
    return sorted(file.name for file in (HOME / room).iterdir())


def answer(office: TerminalOffice, request: Any, **changes: Any) -> bytes:
    """The dispatch of a requested shipment."""
    kits = [{"number": kit.number} for kit in request.kits]
    facts = {"environment": "production", "sequence": 1, "made_at": office.now, "dispatched_at": office.now}
    return written(
        an_example(MESSAGES["dispatch"], **{**facts, "shipment": request.shipment, "kits": kits, **changes}),
        Format.CSV,
    )


def requested(office: TerminalOffice) -> Any:
    """The request as it was written into the folder, with its sidecar."""
    assert run(office, "--format", "xml") == {"depot": DEPOT, "taken": 0, "refused": 0, "written": 1}
    (name, sidecar) = names("out")
    data = (HOME / "out" / name).read_bytes()
    assert (HOME / "out" / sidecar).read_text() == f"{hashlib.sha256(data).hexdigest()}  {name}\n"
    return read(data, Format.XML)


def test_a_depot_is_asked_and_answers_by_files(office: TerminalOffice) -> None:
    """The request is written once; the answer is carried out, and archived with its sidecar."""
    request = requested(office)
    assert run(office)["written"] == 0
    put(HOME / "in", "d1.csv", answer(office, request))
    assert run(office)["taken"] == 1
    assert [row["status"] for row in rows(office, Shipment)] == ["in_transit"]
    assert (names("in"), names("archive")) == ([], ["00000002-d1.csv", "00000002-d1.csv.sha256"])
    assert rows(office, AuditEntry)[-1]["act"] == "message_applied"


def test_what_is_refused_goes_to_error_with_its_reason(office: TerminalOffice) -> None:
    """And books nothing: another environment, broken bytes, a sidecar of another file."""
    request = requested(office)
    put(HOME / "in", "a.csv", answer(office, request, environment="test"))
    put(HOME / "in", "b.xml", b"\xff\xfe")
    put(HOME / "in", "c.csv", answer(office, request), "0" * 64)
    assert (run(office)["refused"], names("in")) == (3, [])
    told = [json.loads((HOME / "error" / name).read_text()) for name in names("error") if "reason" in name]
    assert sorted(reason["refusal"] for reason in told) == ["DigestDiffers", "MalformedMessage", "WrongEnvironment"]
    assert [row["status"] for row in rows(office, Shipment)] == ["requested"]
    assert len(rows(office, VendorMessage)) == 3


def test_half_a_file_is_left_alone(office: TerminalOffice) -> None:
    """Without its sidecar it is not whole yet; links and other endings are nobody's messages."""
    request = requested(office)
    (HOME / "in" / "d1.csv").write_bytes(answer(office, request))
    put(HOME / "in", "notes.txt", b"hello")
    (HOME / "in" / "link.csv").symlink_to("/etc/hostname")
    (HOME / "in" / "link.csv.sha256").write_text("x")
    assert run(office) == {"depot": DEPOT, "taken": 0, "refused": 0, "written": 0}
    assert "d1.csv" in names("in")


def test_a_file_taken_before_the_machine_stopped_is_no_second_message(
    office: TerminalOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is moved by the next run, with the outcome of the first."""
    request = requested(office)
    put(HOME / "in", "d1.csv", answer(office, request))

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(drop_folders, "_move", stopped)
        assert office.types("exchange", "run", "exchange", "--study", STUDY, "--depot", DEPOT).exit_code != 0
    assert run(office)["taken"] == 1
    assert len(rows(office, VendorMessage)) == 2


def test_a_depot_speaks_for_itself_alone(office: TerminalOffice) -> None:
    """A message in the folder of another depot is refused, and no folder is told of another's shipment."""
    request = requested(office)
    office.does("exchange", "run", "exchange", "--study", STUDY)
    others = [path for path in (HOME.parent).iterdir() if path.name != DEPOT]
    assert others
    assert all(not list((path / "out").iterdir()) for path in others)
    other = others[0]
    put(other / "in", "d1.csv", answer(office, request))
    office.does("exchange", "run", "exchange", "--study", STUDY)
    (reason,) = [file for file in (other / "error").iterdir() if file.suffix == ".reason"]
    assert json.loads(reason.read_text())["refusal"] == "UnknownSender"
    assert [row["status"] for row in rows(office, Shipment)] == ["requested"]


def test_an_unknown_depot_is_refused(office: TerminalOffice) -> None:
    """In one line."""
    said = office.refused("exchange", "run", "exchange", "--study", STUDY, "--depot", "NOWHERE")
    assert "no depot NOWHERE" in said
