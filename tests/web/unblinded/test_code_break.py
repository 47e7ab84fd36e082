"""The button Reveal the treatment, and what follows it."""

import pytest
from sqlalchemy import text

from irt.blinding.roles import Role
from tests.builders_supply import the_study
from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.ward import at, randomized
from tests.web.world import World

ARMS = tuple(arm.name for arm in the_study("fourier").arms)


def _opened(world: World, person: str = "investigator.0") -> tuple[Browser, str, str]:
    subject = randomized(world)
    browser = world.signed_in(person)
    browser.get(at(world, subject, "code-break"))
    return browser, subject, at(world, subject, "code-break", "reveal")


def _breaks(world: World) -> int:
    with world.store.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM code_break")).scalar_one())


def _reveal(browser: Browser, address: str, **typed: str) -> str:
    return browser.press(address, **{"reason": "medical_emergency", "password": PASSWORD, **typed}).text


def test_it_reveals_one_treatment_on_a_page_of_its_own(world: World) -> None:
    """Reason, password, Reveal: the page is unblinded, kept by no browser, and hides itself after five minutes."""
    browser, subject, address = _opened(world)
    page = _reveal(browser, address)
    assert f"Treatment of subject {subject}" in page
    assert sum(arm in page for arm in ARMS) == 1
    assert "UNBLINDED" in page
    assert browser.answer.headers["refresh"] == "300; url=/code-breaks/1"
    assert "data-irt-print" in page
    assert "no-store" in browser.answer.headers["cache-control"]
    assert _breaks(world) == 1


def test_a_second_press_reveals_nothing_by_itself(world: World) -> None:
    """A reload leads to the record, where Show again is logged and offers no print."""
    browser, _, address = _opened(world)
    fields = {**browser.form(address).fields, "reason": "overdose", "password": PASSWORD}
    browser.send(address, fields)
    page = browser.send(address, fields).text
    assert browser.path.startswith("/code-breaks/")
    assert "irt-unblinded-tag" not in page
    assert _breaks(world) == 1
    page = browser.press(f"{browser.path}/show").text
    assert "Treatment of subject" in page
    assert "data-irt-print" not in page
    with world.store.reading() as connection:
        shown = text("SELECT count(*) FROM audit_entry WHERE act = 'broken_code_shown'")
        assert connection.execute(shown).scalar() == 1


def test_others_learn_only_that_it_happened(world: World) -> None:
    """The coordinator's pages name who, when and why, and no treatment."""
    browser, subject, address = _opened(world)
    _reveal(browser, address)
    colleague = world.signed_in("coordinator.0")
    page = colleague.get(at(world, subject)).text
    history = colleague.get("/history").text
    assert "broken" in (page + history).lower()
    assert not any(arm in page + history for arm in ARMS)


def test_the_narrative_is_given_once(world: World) -> None:
    """Too few words are refused; afterwards the form is gone."""
    browser, _, address = _opened(world)
    _reveal(browser, address)
    browser.get("/code-breaks/1")
    assert browser.press("/code-breaks/1/narrative", narrative="short").status_code == 400
    browser.press("/code-breaks/1/narrative", narrative="Severe bleeding; surgery was decided on.")
    assert "Severe bleeding" in browser.text
    assert "/code-breaks/1/narrative" not in browser.text


def test_a_second_person_reviews_it(world: World) -> None:
    """Only where the code was missing, and not by the same person."""
    browser, _, address = _opened(world)
    _reveal(browser, address)
    assert "/review" not in browser.get("/code-breaks/1").text
    site = {"study_id": world.study_id, "site_id": world.sites[0][1]}
    world.office.hire("second", (Role.INVESTIGATOR, site))
    second = world.signed_in("second")
    second.get("/code-breaks/1")
    second.press("/code-breaks/1/review", password=PASSWORD)
    assert "done 17 Mar 2026" in second.text


@pytest.mark.parametrize(
    ("typed", "status_code", "words"),
    [
        ({"reason": ""}, 400, "Choose why the treatment must be known."),
        ({"password": ""}, 400, "Enter your password."),
        ({"password": "wrong"}, 403, "These details do not match"),
    ],
)
def test_it_is_refused_in_words(world: World, typed: dict[str, str], status_code: int, words: str) -> None:
    """Nothing is shown and no break is recorded."""
    browser, _, address = _opened(world)
    page = _reveal(browser, address, **typed)
    assert (browser.answer.status_code, words in page) == (status_code, True)
    assert _breaks(world) == 0
    assert not any(arm in page for arm in ARMS)


@pytest.mark.parametrize("person", ["pharmacist.0", "coordinator.0", "investigator.1", "supply_manager.all"])
def test_nobody_else_breaks_it(world: World, person: str) -> None:
    """Other roles and other sites read no such subject."""
    subject = randomized(world)
    browser = world.signed_in(person)
    assert browser.get(at(world, subject, "code-break")).status_code == 404
    browser.get("/switch")
    token = browser.form("/sign-out").fields["_csrf_token"]
    fields = {"_csrf_token": token, "command_key": "k", "reason": "overdose", "password": PASSWORD}
    assert browser.send(at(world, subject, "code-break", "reveal"), fields).status_code in (403, 404)
    assert _breaks(world) == 0
