"""No word, number or order that blinded people see comes from a treatment."""

import io
import re
from zipfile import ZIP_DEFLATED, ZipFile

from tests.blinding.detector import numbers_in, words_in
from tests.blinding.evidence import ARCHIVE, Answer, Evidence
from tests.blinding.variation import SEQUENCES_FROM
from web.api.gate import SHOWS
from web.api.room import every_operation

UNREACHED = {
    "/invitation/{token:str}": "whoever holds the link of a letter; it shows the role offered to its reader",
    "/calendar/{file:str}": "whoever holds a calendar address; the page that makes it shows the same days",
    "/code-breaks/{code_break_id:int}": "its own link is told to the person who broke the code",
    "/contents": "unblinded pharmacists only",
    "/contents/{study_id:int}/subjects/{number:str}": "unblinded pharmacists only",
    "/expiry": "the qualified person only",
    "/expiry/{study_id:int}/{lot:str}": "the qualified person only",
    "/expiry/{study_id:int}/{lot:str}/approve": "the qualified person only",
    "/api/v1/studies/{study_id:int}/expiry": "the qualified person only",
    "/depot/{study_id:int}/{number:str}/home-label": "of parcels to homes; none is sent in this story",
    "/depot/{study_id:int}/{number:str}/labels": "of studies whose kits are labelled late; this one's are not",
    "/depot/{study_id:int}/{number:str}/labels/checks/{labelling:str}": "the same",
    "/labels/{study_id:int}/write": "those who write labels: unblinded supply managers",
    "/doors/{label:str}": "whoever holds the label of a parcel to a home; there is none in this story",
    "/doors/pickups/{label:str}": "whoever holds the label of a pick-up at a home; there is none in this story",
    "/returns/shipments/pack": "of verified kits that are in no box; the one of this story went back",
    "/outage/{study_id:int}/{number:str}/seals": "the safety desk only; a page alone tells nothing",
    "/parcel/{label:str}": "whoever holds the label of a parcel to a home; there is none in this story",
    "/studies/{study_id:int}/subjects/{number:str}/home/{dispensing_id:int}": "of kits that go home; none do here",
    "/studies/{study_id:int}/subjects/{number:str}/home/{dispensing_id:int}/label": "the same",
    "/studies/{study_id:int}/subjects/{number:str}/pickups": "of studies that go to homes; this one does not",
    "/gates/new": "those who may run gates: unblinded supply managers and statisticians",
    "/gates/compare": "those who may run gates",
    "/gates/{gate:int}": "those who may run gates; the list tells the verdict to everybody",
    "/gates/{gate:int}/runs/{run:int}": "those who may run gates",
    "/gates/{gate:int}/runs/{run:int}/progress": "those who may run gates",
    "/kit-lists": "those who may load kits: unblinded supply managers and statisticians",
    "/kit-lists/{study_id:int}/{approval_id:int}": "those who may load kits",
    "/lots": "the qualified person only",
    "/lots/{study_id:int}/{number:str}": "the qualified person only",
    "/pools": "those who may load kits",
    "/randomization": "unblinded statisticians only",
    "/randomization/allocations": "unblinded statisticians only",
    "/randomization/designs": "unblinded statisticians only",
    "/randomization/designs/{paper_id:int}": "unblinded statisticians only",
    "/randomization/documents": "unblinded statisticians only",
    "/randomization/dose-finding": "unblinded statisticians only",
    "/randomization/lists": "unblinded statisticians only",
    "/randomization/lists/{approval_id:int}": "unblinded statisticians only",
    "/randomization/predictability": "unblinded statisticians only",
    "/randomization/time-machine": "unblinded statisticians only",
    "/randomization/responses": "unblinded statisticians only",
    "/studies/{study_id:int}/exports/unblinded": "unblinded statisticians only",
    "/studies/{study_id:int}/leak-reports/{number:int}/fields": "unblinded people only",
    "/static/{file_path:path}": "the same files for everybody",
    "/safety-cases": "the safety desk only",
    "/stock/count/done": "follows a count; it shows the two numbers of its address",
    "/unblinding/full": "the safety desk and unblinded statisticians only",
    "/unblinding/planned": "unblinded statisticians only",
    "/supply/depots": "unblinded supply managers only",
    "/supply/levels": "unblinded supply managers only",
    "/supply/levels/{study_id:int}/changes/{change_id:int}": "unblinded supply managers only",
    "/supply/levels/{study_id:int}/many": "unblinded supply managers only",
    "/supply/levels/{study_id:int}/sets/{change_id:int}": "unblinded supply managers only",
    "/supply/optimizer/runs/{number:int}": "unblinded supply managers only",
    "/supply/optimizer/runs/{number:int}/progress": "unblinded supply managers only",
    "/supply/optimizer/{number:int}": "unblinded supply managers only; blinded people are sent to their own page",
    "/supply/optimizer/{number:int}/advice": "unblinded supply managers only",
    "/supply/optimizer/{number:int}/advice/{advice:int}": "unblinded supply managers only",
    "/supply/optimizer/{number:int}/approve": "unblinded supply managers only",
    "/supply/optimizer/{number:int}/compare": "unblinded supply managers only",
    "/supply/optimizer/{number:int}/consignments": "unblinded supply managers only",
    "/supply/optimizer/{number:int}/consignments/{place:str}": "unblinded supply managers only",
    "/supply/optimizer/{number:int}/expiry": "unblinded supply managers only",
    "/supply/optimizer/{number:int}/network": "unblinded supply managers only",
    "/supply/optimizer/{number:int}/reasons": "unblinded supply managers only",
    "/supply/optimizer/{number:int}/stock": "unblinded supply managers only",
    "/supply/orders/{study_id:int}": "unblinded supply managers only",
    "/supply/shipments/{study_id:int}/{number:str}": "unblinded supply managers only",
    "/supply/sites": "unblinded supply managers only",
    "/supply/skus/{study_id:int}": "unblinded supply managers only",
    "/supply/skus/{study_id:int}/changes/{change_id:int}": "unblinded supply managers only",
    "/supply/sites/{study_id:int}/{number:str}": "unblinded supply managers only",
    "/supply/twin": "unblinded supply managers only",
    "/supply/twin/{number:int}": "unblinded supply managers only",
    "/supply/versions/{study_id:int}/{number:int}": "unblinded supply managers only",
    "/supply/versions/{study_id:int}/{number:int}/impact": "unblinded supply managers only",
}
"""Pages that no blinded person of these tests gets to, each with its reason."""
PICKER = "depot.all "
"""Picks by sequence; within a blinded lot the types lie mixed there."""
ASSIGNMENT_NUMBER = re.compile(r"'assignment_number': \d+")


def test_every_page_is_looked_at(first_world: Evidence) -> None:
    """A new page is found by its links, or it is in the list above with the reason why blinded people lack it."""
    unreached = {route for route in first_world.routes if not _reached(route, first_world.reached)}
    assert unreached - _guarded("GET") == set(UNREACHED)
    assert unreached >= _guarded("GET")


def test_everything_is_marked_as_training(first_world: Evidence) -> None:
    """Every page says it in its title and its strip, every file in its name, the API in its head."""
    found = [label for label, answer in first_world.answers.items() if unmarked(label, answer)]
    assert {label.partition(" ")[2] for label in found} == {"GET /api/docs", "part /api/docs"}, OF_NO_STUDY


OF_NO_STUDY = "what the API can do is the same in every mode"


def unmarked(label: str, answer: Answer) -> bool:
    """Whether nothing about an answer says that it is no production. A part of a page stands in a marked page.

    The study of this world is in training mode, the installation in test mode.
    """
    head, words = dict(answer.head), answer.body.decode(errors="replace")
    if "/api/v1/" in label and head.get("irt-mode") not in ("training", "test"):
        return True
    if "content-disposition" in head:
        return not re.search('filename="(TRAINING|TEST)_', head["content-disposition"])
    marks = ('class="irt-strip irt-strip-t', "nothing here is real", "<title>T")
    return "<html" in words and not all(mark in words for mark in marks)


def test_the_api_refuses_whatever_only_unblinded_people_read(first_world: Evidence) -> None:
    """403 to everybody who is blinded, whatever number they ask about and with every scope there is."""
    for route in _guarded("GET") | _guarded("POST"):
        asked = [label for label in first_world.answers if " API " in label and _is_at(route, label)]
        assert len({label.split()[0] for label in asked}) > 5
        assert {first_world.answers[label].status for label in asked} == {403}


def test_no_answer_and_no_line_says_a_word_of_treatment(first_world: Evidence) -> None:
    """Arms, kit types, their lots and the secret tables are named nowhere."""
    told = {label: answer.text for label, answer in first_world.answers.items()} | {
        f"log {number}": line for number, line in enumerate(first_world.log)
    }
    assert [(label, found) for label, words in told.items() if (found := words_in(words))] == []


def test_a_kept_leak_report_is_read_by_blinded_people(first_world: Evidence) -> None:
    """Its field says a word of treatment, which the detector would find; the report itself is on its page."""
    page = next(
        a for label, a in first_world.answers.items() if label.endswith("/leak-reports/1") and "GET" in label
    )
    assert "Which fields are named is not told here" in page.text


def test_archives_are_opened(first_world: Evidence) -> None:
    """Exports are searched file by file: in the archive itself every word is packed away."""
    packed = [answer for answer in first_world.answers.values() if answer.body.startswith(ARCHIVE)]
    assert {name for name in ("manifest.json", "xl/workbook.xml") if any(name in each.told for each in packed)} == {
        "manifest.json",
        "xl/workbook.xml",
    }
    inner, outer = io.BytesIO(), io.BytesIO()
    for file, name, content in ((inner, "dm.csv", b"arm\nQXARMUNO"), (outer, "sdtm.zip", b"")):
        with ZipFile(file, "w", ZIP_DEFLATED) as pack:
            pack.writestr(name, content or inner.getvalue())
    assert words_in(Answer(200, (), outer.getvalue()).text) == ["QXARMUNO"]


def test_no_answer_and_no_line_tells_a_secret_number(first_world: Evidence) -> None:
    """Block sizes and assignment numbers are told nowhere, places in the warehouse to the depot that picks only."""
    told = {label: answer.told for label, answer in first_world.answers.items()} | {
        f"log {number}": line for number, line in enumerate(first_world.log)
    }
    found = {label: numbers for label, words in told.items() if (numbers := numbers_in(words))}
    picked = {label: found.pop(label) for label in list(found) if label.startswith(PICKER)}
    assert found == {}
    assert picked
    assert all(int(number) > SEQUENCES_FROM for numbers in picked.values() for number in numbers)


def test_no_public_row_says_a_word_of_treatment(first_world: Evidence) -> None:
    """What is stored outside the secret tables names no arm, kit type or lot, and no secret number."""
    rows = [
        (name, ASSIGNMENT_NUMBER.sub("", row) if name == "randomization" else row)
        for name, table in first_world.tables.items()
        for row in table
    ]
    assert [(name, found) for name, row in rows if (found := words_in(row))] == []
    assert [(name, found) for name, row in rows if (found := numbers_in(row))] == []


def _guarded(method: str) -> set[str]:
    """Addresses of the operations that show more than blinded people see; their own permission says so."""
    guarded = [each for each in every_operation() if SHOWS in each.opt and method in each.http_methods]
    return {f"/api/v1{path}" for operation in guarded for path in operation.paths}


def _is_at(route: str, label: str) -> bool:
    return _reached(route, {label.partition(" API ")[2].partition(" again ")[0]})


def _reached(route: str, addresses: set[str]) -> bool:
    pattern = re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(route)))
    return any(pattern.fullmatch(address) for address in addresses)
