"""Documents over the API: files of their right type and name, as the page gives them, each taking written down."""

import csv
import hashlib
import json
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest

from irt.blinding.roles import Permission, Role
from irt.tables.record import AuditEntry
from tests.web.api.system import System
from tests.web.parcels import house_of
from tests.web.unblinded.people import statistician
from tests.web.world import World
from web.unblinded.document_files import RECIPIENTS

FILES = {
    "schedule-and-codes.csv": "text/csv",
    "schedule-and-codes.pdf": "application/pdf",
    "dummy-schedule.csv": "text/csv",
    "transfer.csv": "text/csv",
    "transfer-key.csv": "text/csv",
    "evidence-pack.zip": "application/zip",
    "allocations.csv": "text/csv",
}
ASKED = {"recipient": RECIPIENTS[0], "confirmed": "true"}


def system_of(world: World, *scopes: Permission) -> System:
    """An independent statistician's system."""
    world.office.hire("stan", (Role.UNBLINDED_STATISTICIAN, {"study_id": world.study_id}))
    return System.of(world, "stan", scopes or tuple(Permission))


def rows_of(told: str) -> list[dict[str, str]]:
    """A CSV file as rows."""
    return list(csv.DictReader(StringIO(told.removeprefix("\ufeff"))))


@pytest.mark.parametrize(("name", "media_type"), FILES.items())
def test_a_file_has_its_type_and_name(world: World, name: str, media_type: str) -> None:
    """As an attachment whose name ends alike; no cache keeps it."""
    System.of(world, "investigator.0").randomizes()
    system = system_of(world)
    system.booked("/transfer-codes/draw")
    answer = system.asks_study(f"/documents/{name}", **(ASKED if "transfer" in name else {}))
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == media_type
    assert answer.headers["content-disposition"].endswith(f'.{name.split(".")[1]}"')
    assert answer.headers["cache-control"] == "no-store"
    assert len(house_of(world).rows(AuditEntry, act="read")) == 1


def test_the_files_are_those_of_the_page(world: World) -> None:
    """Byte for byte, but for who took them."""
    subject = System.of(world, "investigator.0").randomizes()
    system, browser = system_of(world), statistician(world)
    browser.get("/randomization/documents")
    page = browser.press("/randomization/documents/schedule", format="csv").content
    told = system.asks_study("/documents/schedule-and-codes.csv")
    assert told.content == page
    assert [row["Subject"] for row in rows_of(told.text)] == [subject]
    browser.get("/randomization/allocations")
    page = browser.press("/randomization/allocations/export", format="csv").content
    assert system.asks_study("/documents/allocations.csv").content == page
    assert rows_of(system.asks_study("/documents/allocations.csv", site="none").text) == []


def test_a_dummy_schedule_is_drawn_anew_each_time(world: World) -> None:
    """As many subjects as were asked for; not more than a page gives."""
    system = system_of(world)
    first, second = (
        rows_of(system.asks_study("/documents/dummy-schedule.csv", subjects=12).text) for _ in range(2)
    )
    assert len(first) == len(second) == 12
    assert first[0]["seed_of_this_dummy"] != second[0]["seed_of_this_dummy"]
    assert system.asks_study("/documents/dummy-schedule.csv", subjects=0).status_code == 400


def test_transfer_and_key_belong_together(world: World) -> None:
    """Codes are drawn first; the key names a recipient, and is confirmed."""
    System.of(world, "investigator.0").randomizes()
    system = system_of(world)
    early = system.asks_study("/documents/transfer.csv", recipient=RECIPIENTS[0])
    assert (early.status_code, "No neutral codes" in early.json()["sentence"]) == (400, True)
    assert system.booked("/transfer-codes/draw")["drawn"] == 2
    assert system.booked("/transfer-codes/draw")["drawn"] == 0
    (row,) = rows_of(system.asks_study("/documents/transfer.csv", recipient=RECIPIENTS[0]).text)
    key = system.asks_study("/documents/transfer-key.csv", recipient=RECIPIENTS[0])
    assert (key.status_code, "Confirm that you mean it" in key.json()["sentence"]) == (400, True)
    assert system.asks_study("/documents/transfer.csv", recipient="a friend").status_code == 400
    told = rows_of(system.asks_study("/documents/transfer-key.csv", **ASKED).text)
    assert row["Group"] in {each["Group"] for each in told}
    taken = [entry for entry in house_of(world).rows(AuditEntry, act="read") if "key" in entry["record"]]
    assert [entry["new"]["recipient"] for entry in taken] == [RECIPIENTS[0]]


def test_the_evidence_pack_holds_what_its_manifest_says(world: World) -> None:
    """Derived anew for it."""
    System.of(world, "investigator.0").randomizes()
    pack = ZipFile(BytesIO(system_of(world).asks_study("/documents/evidence-pack.zip").content))
    manifest = json.loads(pack.read("manifest.json"))
    assert {name: hashlib.sha256(pack.read(name)).hexdigest() for name in manifest["files"]} == manifest["files"]
    assert json.loads(pack.read("replay.json"))["same"] == 1
    assert len(house_of(world).rows(AuditEntry, act="allocations_verified")) == 1


@pytest.mark.parametrize("name", FILES)
def test_nobody_else_takes_one(world: World, name: str) -> None:
    """Neither a blinded token nor another unblinded one; nor the right one without the scope."""
    for person in ("investigator.0", "quality.all", "supply_manager.all"):
        assert System.of(world, person).asks_study(f"/documents/{name}", **ASKED).status_code == 403
    weak = system_of(world, Permission.VIEW_AUDIT)
    assert weak.asks_study(f"/documents/{name}", **ASKED).status_code == 403
    assert house_of(world).rows(AuditEntry, act="read") == []
