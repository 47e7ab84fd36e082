"""The pages of an outage: a pack issued and printed, paper typed and compared by somebody else, seals counted."""

import re
from datetime import timedelta
from io import BytesIO

from pypdf import PdfReader

from irt.blinding.roles import Role
from tests.builders_supply import the_lipid_study
from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.ward import ask_one, treated
from tests.web.world import World

DAYS_TO_WEEK_4 = 21
ARMS = tuple(arm.name for arm in the_lipid_study().arms)


def issued_pack(world: World) -> tuple[str, str]:
    """A subject three weeks after the first kits, and the address of the pack that a pharmacist issued."""
    subject = treated(world).subject
    world.wait(days=DAYS_TO_WEEK_4)
    browser = world.signed_in("pharmacist.0")
    browser.get("/outage")
    browser.press("/outage", site=str(world.sites[0][1]), days="14", password=PASSWORD)
    assert browser.path == f"/outage/{world.study_id}/K-0001", browser.text
    return subject, browser.path


def _kits(page: str) -> list[str]:
    return re.findall(r'class="irt-kit"[^>]*>(\d+)<', page)


def _times(world: World) -> dict[str, str]:
    """An outage this morning, on the site's clock, which is that of London in winter."""
    began, happened = world.now - timedelta(hours=3), world.now - timedelta(hours=2)
    return {"outage_from": f"{began:%Y-%m-%dT%H:%M}", "happened_at": f"{happened:%Y-%m-%dT%H:%M}"}


def _typed(world: World, here: str, kind: str, person: str = "pharmacist.0", **typed: str) -> Browser:
    browser = world.signed_in(person)
    browser.get(f"{here}/enter/{kind}")
    browser.press(f"{here}/enter/{kind}", **_times(world), **typed)
    return browser


def _compared(world: World, here: str, entry: int = 1) -> Browser:
    browser = world.signed_in("coordinator.0")
    browser.get(f"{here}/entries/{entry}")
    browser.press(f"{here}/entries/{entry}", verdict="same", password=PASSWORD)
    return browser


def test_from_the_pack_to_its_closing(world: World) -> None:
    """Issued, printed, used on paper, typed, compared, closed; and at the end it adds up."""
    subject, here = issued_pack(world)
    pharmacist = world.signed_in("pharmacist.0")
    kits = _kits(pharmacist.get(here).text)
    assert len(kits) == 4
    assert "It adds up" in pharmacist.text
    world.wait(days=1)
    browser = _typed(world, here, "dispensing", subject=subject, visit="W4", kits=" ".join(kits))
    assert "The entry is kept" in browser.text
    assert "Somebody else compares" in browser.text
    assert "It does not add up yet" in browser.text
    assert "is compared with the paper" in _compared(world, here).text
    pharmacist = world.signed_in("pharmacist.0")
    assert ask_one(world, "SELECT custody FROM kit WHERE number = :number", number=kits[0]) == "subject"
    pharmacist.get(f"{here}/close")
    pharmacist.press(
        f"{here}/close", **{"fate-1": "unopened", "reason": "The system is back", "password": PASSWORD}
    )
    assert "The pack is closed" in pharmacist.text
    assert "It adds up" in pharmacist.text
    assert "Given on paper" in pharmacist.text
    assert "Enter kits given" not in pharmacist.get(here).text


def test_the_paper_says_what_to_do_and_which_kits(world: World) -> None:
    """With number and last day on every page, no word of a treatment, and the same bytes each time."""
    subject, here = issued_pack(world)
    pharmacist = world.signed_in("pharmacist.0")
    kits = _kits(pharmacist.get(here).text)
    first = pharmacist.client.get(f"{here}/paper.pdf").content
    pages = [page.extract_text() for page in PdfReader(BytesIO(first)).pages]
    assert all("K-0001" in page and "Valid until" in page for page in pages)
    paper = "\n".join(pages)
    assert all(words in paper for words in ("To give kits", "To break a code", "Who to call", subject, *kits))
    assert not re.search(r"PEN-[AP]|evolocumab|placebo|TEST, not for patients.*production", paper, re.IGNORECASE)
    assert pharmacist.client.get(f"{here}/paper.pdf").content == first


def test_a_code_broken_with_a_seal(world: World) -> None:
    """The investigator types it, a colleague compares it, and the closing asks for its opened seal."""
    _, here = issued_pack(world)
    world.wait(days=1)
    _typed(world, here, "code_break", "investigator.0", seal="1", reason="overdose", opened_by="Dr Ek")
    browser = _compared(world, here)
    assert "code break entered" in browser.text
    browser.get(f"{here}/close")
    answer = browser.press(f"{here}/close", **{"fate-1": "opened", "reason": "Back", "password": PASSWORD})
    assert (answer.status_code, "Say why seal 1 is opened" in answer.text) == (409, True)
    why = {"fate-1": "opened", "why-1": "For the hospital", "reason": "Back", "password": PASSWORD}
    browser.press(f"{here}/close", **why)
    assert "It adds up" in browser.text


def test_the_safety_desk_prints_the_seals_in_two_halves(world: World) -> None:
    """Each for a signature; the page names every arm, the slip only a word that stands on the page."""
    _, here = issued_pack(world)
    world.office.hire("sefa", (Role.SAFETY, {"study_id": world.study_id}))
    browser, papers = world.signed_in("sefa"), {}
    assert "Print the seals" in browser.get(here).text
    for half in ("pages", "slips"):
        browser.get(f"{here}/seals")
        fields = {**browser.form(f"{here}/seals").fields, "half": half, "password": PASSWORD}
        answer = browser.send(f"{here}/seals", fields)
        assert answer.headers["content-type"] == "application/pdf"
        papers[half] = "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert all(re.search(name, papers["pages"]) for name in ARMS)
    assert not re.search("|".join(ARMS), papers["slips"])
    words = re.findall(r"^[a-z]{8}$", papers["slips"], re.MULTILINE)
    assert [word in papers["pages"] for word in words] == [True, True]
    assert all("ractice" in papers[half] for half in papers)


REFUSED: tuple[tuple[str, dict[str, str], str], ...] = (
    ("dispensing", {"subject": "1", "visit": "W4", "kits": "1", "happened_at": "soon"}, "cannot be read"),
    ("dispensing", {"subject": "no-1", "visit": "W4", "kits": "12345"}, "No such subject"),
    ("code_break", {"seal": "1", "reason": "curiosity", "opened_by": "Dr Ek"}, "Say why"),
    ("receipt", {"shipment": "S-1", "temperature": "no_alarm"}, "Name the kits"),
)


def test_what_cannot_be_meant_is_refused_with_what_was_typed(world: World) -> None:
    """The page keeps it; and a pack of another site is not found, neither its page nor its paper."""
    _, here = issued_pack(world)
    world.wait(days=1)
    browser = world.signed_in("investigator.0")
    assert "Print the seals" not in browser.get(here).text
    assert browser.get(f"{here}/seals").status_code == 403
    for kind, typed, words in REFUSED:
        browser.get(f"{here}/enter/{kind}")
        answer = browser.press(f"{here}/enter/{kind}", **{**_times(world), **typed})
        assert answer.status_code in (400, 404)
        assert words in answer.text
        kept = [value for value in typed.values() if value not in ("curiosity", "no_alarm")]
        assert all(f'value="{value}"' in answer.text or f">{value}<" in answer.text for value in kept)
    stranger = world.signed_in("pharmacist.1")
    assert "K-0001" not in stranger.get("/outage").text
    assert [stranger.get(f"{here}{page}").status_code for page in ("", "/paper.pdf", "/close")] == [404] * 3
