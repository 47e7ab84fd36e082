"""The papers of the room: schedule and codes, dummy schedule, evidence pack, signed check."""

import csv
import hashlib
import json
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from sqlalchemy import text

from tests.cast import PASSWORD
from tests.web.unblinded.people import statistician
from tests.web.ward import randomized
from tests.web.world import World

ADDRESS = "/randomization/documents"
SCHEDULE, DUMMY, EVIDENCE, CHECK = (f"{ADDRESS}/{word}" for word in ("schedule", "dummy", "evidence", "check"))


def rows_of(told: str) -> list[dict[str, str]]:
    """A CSV file as rows."""
    return list(csv.DictReader(StringIO(told.removeprefix("\ufeff"))))


def taken(world: World, what: str) -> int:
    """How often it was written down that something was taken."""
    with world.store.reading() as connection:
        question = text("SELECT count(*) FROM audit_entry WHERE act = 'read' AND record = :what")
        return int(connection.execute(question, {"what": what}).scalar_one())


def test_schedule_and_codes_as_a_table(world: World) -> None:
    """Every subject with its arm, as ICH E3 16.1.7 asks."""
    subjects = [randomized(world), randomized(world, 1)]
    browser = statistician(world)
    browser.get(ADDRESS)
    browser.press(SCHEDULE, format="csv")
    rows = rows_of(browser.text)
    assert [row["Subject"] for row in rows] == subjects
    assert {row["Arm"] for row in rows} <= {"A", "P"}
    assert taken(world, "schedule and codes") == 1


def test_schedule_and_codes_on_paper(world: World) -> None:
    """A PDF, not kept by the browser; the same facts give the same bytes."""
    randomized(world)
    browser = statistician(world)
    browser.get(ADDRESS)
    first = browser.press(SCHEDULE, format="pdf").content
    assert first.startswith(b"%PDF-")
    assert browser.answer.headers["cache-control"] == "no-store"
    browser.get(ADDRESS)
    assert browser.press(SCHEDULE, format="pdf").content == first


def test_a_dummy_schedule_says_so_in_every_line(world: World) -> None:
    """From a seed of its own, which it tells: another one each time, and not the study's."""
    randomized(world)
    browser = statistician(world)
    browser.get(ADDRESS)
    browser.press(DUMMY, n="20")
    rows = rows_of(browser.text)
    assert len(rows) == 20
    assert {row["DUMMY"] for row in rows} == {"DUMMY"}
    assert "DUMMY" in browser.answer.headers["content-disposition"]
    browser.get(ADDRESS)
    browser.press(DUMMY, n="20")
    assert rows_of(browser.text)[0]["seed_of_this_dummy"] != rows[0]["seed_of_this_dummy"]
    browser.get(ADDRESS)
    assert browser.press(DUMMY, n="0").status_code == 400
    assert "The number of invented subjects" in browser.text


def test_the_evidence_pack_holds_what_its_manifest_says(world: World) -> None:
    """Each file with its hash; replay, specification, plots, papers of the bench, and a summary to read."""
    randomized(world)
    browser = statistician(world)
    browser.get("/randomization/designs")
    browser.press("/randomization/designs/compare", n="10", trials="10")
    world.works()
    browser.get(ADDRESS)
    pack = ZipFile(BytesIO(browser.press(EVIDENCE).content))
    manifest = json.loads(pack.read("manifest.json"))
    assert {name: hashlib.sha256(pack.read(name)).hexdigest() for name in manifest["files"]} == manifest["files"]
    assert set(pack.namelist()) == {*manifest["files"], "manifest.json"}
    assert json.loads(pack.read("replay.json"))["same"] == 1
    assert json.loads(pack.read("specification.json"))["randomization"]["method"] == "permuted_block"
    assert pack.read("summary.pdf").startswith(b"%PDF-")
    assert {"allocations.csv", "plots/balance.svg", "bench/1_comparison.svg"} <= set(pack.namelist())
    assert taken(world, "evidence pack") == 1


def test_an_empty_study_has_its_papers_too(world: World) -> None:
    """Nobody randomized: a schedule without lines, a pack with a course that has not begun."""
    browser = statistician(world)
    browser.get(ADDRESS)
    assert ZipFile(BytesIO(browser.press(EVIDENCE).content)).testzip() is None
    browser.get(ADDRESS)
    browser.press(SCHEDULE, format="csv")
    assert rows_of(browser.text) == []


def test_the_first_allocations_are_derived_again_and_signed_for(world: World) -> None:
    """In one request; the signature is listed, and a second press signs nothing more."""
    randomized(world)
    randomized(world)
    browser = statistician(world)
    browser.get(ADDRESS)
    fields = browser.form(CHECK).fields | {"first": "2", "password": PASSWORD}
    browser.send(CHECK, fields)
    browser.send(CHECK, fields)
    assert "The first 2 allocations are signed for" in browser.text
    assert browser.text.count("1 to 2") == 1
    assert PASSWORD not in browser.text


@pytest.mark.parametrize(
    ("typed", "words", "status"),
    [
        ({"first": "3", "password": PASSWORD}, "There are 1 allocations so far. Nothing was signed.", 409),
        ({"first": "1", "password": "wrong"}, "Nothing was signed.", 403),
        ({"first": "x", "password": PASSWORD}, "The number of allocations is a whole number", 400),
    ],
)
def test_a_check_is_refused_in_words(world: World, typed: dict[str, str], words: str, status: int) -> None:
    """Nobody has signed then."""
    randomized(world)
    browser = statistician(world)
    browser.get(ADDRESS)
    assert browser.press(CHECK, **typed).status_code == status
    assert words in browser.text
    assert "Nobody has signed" in browser.text


@pytest.mark.parametrize("address", [SCHEDULE, DUMMY, EVIDENCE, CHECK, f"{ADDRESS}/transfer", f"{ADDRESS}/key"])
def test_nobody_blinded_takes_a_paper(world: World, address: str) -> None:
    """Nor sees the page that offers them."""
    browser = world.signed_in("inspector.all")
    assert browser.get(ADDRESS).status_code == 403
    browser.get("/switch")
    token = browser.form("/sign-out").fields["_csrf_token"]
    fields = {"_csrf_token": token, "command_key": "k", "study": str(world.study_id), "format": "csv"}
    assert browser.send(address, fields).status_code == 403
