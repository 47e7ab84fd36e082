"""The button Sign the destruction: verified kits, the certificate's very file, and quality's signature."""

import hashlib
import re

import httpx
import pytest

from irt.tables.destruction import Certificate
from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.spent import accountability, rejected, verified
from tests.web.world import World

LIST, BOOK = "/quality/destruction", "/quality/destruction/book"
PAPER = b"%PDF-1.7 \xff\xfe burnt at 1100 degrees"
TYPED = {"certificate": "C-77", "destroyer": "Remex", "password": PASSWORD}


def _opened(world: World, kits: list[str]) -> Browser:
    browser = world.signed_in("quality.all")
    browser.get(f"{BOOK}?study={world.study_id}" + "".join(f"&kit={kit}" for kit in kits))
    return browser


def _signed(browser: Browser, paper: bytes = PAPER, **typed: str) -> httpx.Response:
    """The form with its file, as browsers send it."""
    fields = {**browser.form(BOOK).fields, **TYPED, **typed}
    del fields["paper"]
    file = ("../c 77.pdf", paper, "application/pdf")
    browser.answer = browser.client.post(BOOK, data=fields, files={"paper": file})
    return browser.answer


def test_verified_kits_are_destroyed_with_their_certificate(world: World) -> None:
    """They leave the list; the certificate stands there with its hash, and its file comes back to the byte."""
    kits = verified(world)
    browser = world.signed_in("quality.all")
    assert f'href="{LIST}"' in browser.get("/quality").text
    page = browser.get(LIST).text
    assert all(re.search(rf"\b{kit}\b", page) for kit in kits)
    assert not re.search(r"PEN-[AP]", page)
    browser = _opened(world, kits)
    assert _signed(browser).url.path == LIST
    assert all(words in browser.text for words in ("The destruction is booked", "C-77", "Remex"))
    assert hashlib.sha256(PAPER).hexdigest() in browser.text
    assert accountability(world, kits) == ["destroyed"] * 2
    assert "No kit waits for destruction" in browser.text
    link = re.search(rf'href="({LIST}/{world.study_id}/papers/\d+)"', browser.text)
    assert link is not None
    kept = browser.get(link[1])
    assert (kept.content, kept.headers["content-type"]) == (PAPER, "application/octet-stream")
    assert re.fullmatch(r'attachment; filename="c_77_\w+\.pdf"', kept.headers["content-disposition"])
    assert browser.get(f"{LIST}/{world.study_id}/papers/99").status_code == 404


@pytest.mark.parametrize(
    ("typed", "words", "status"),
    [
        ({"certificate": " "}, "the certificate&#39;s number", 400),
        ({"on_day": "2090-01-01"}, "lies ahead", 400),
        ({"on_day": "soon"}, "is not a day", 400),
        ({"password": "a guess"}, "Nothing was signed", 403),
    ],
)
def test_a_destruction_is_refused_in_words(world: World, typed: dict[str, str], words: str, status: int) -> None:
    """What was typed stays, but for the password; nothing is booked."""
    kits = verified(world)
    answer = _signed(_opened(world, kits), **typed)
    assert (answer.status_code, words in answer.text, "Remex" in answer.text) == (status, True, True)
    assert PASSWORD not in answer.text
    assert house_of(world).rows(Certificate) == []


def test_a_certificate_without_its_file_is_refused(world: World) -> None:
    """An empty one is none."""
    answer = _signed(_opened(world, verified(world)), paper=b"")
    assert (answer.status_code, "file is missing" in answer.text) == (400, True)


def test_a_kit_that_was_not_verified_is_not_offered(world: World) -> None:
    """Rejected alone does not suffice, whatever the address says."""
    assert "None of these kits may be destroyed" in _opened(world, rejected(world)).text


@pytest.mark.parametrize("person", ["pharmacist.0", "monitor.0", "supply_manager.all"])
def test_nobody_else_destroys_or_reads_certificates(world: World, person: str) -> None:
    """403 for the pages, the button and the file."""
    _signed(_opened(world, verified(world)))
    browser = world.signed_in(person)
    pages = (LIST, f"{BOOK}?study={world.study_id}", f"{LIST}/{world.study_id}/papers/1")
    assert [browser.get(page).status_code for page in pages] == [403] * 3
    fields = {**browser.form("/sign-out").fields, **TYPED, "command_key": "k", "study": str(world.study_id)}
    answer = browser.client.post(BOOK, data={**fields, "kits": "1"}, files={"paper": ("c.pdf", PAPER)})
    assert answer.status_code == 403
