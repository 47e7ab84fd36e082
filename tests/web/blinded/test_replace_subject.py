"""The field This subject replaces, on the page of a randomization."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from irt.services.change_treatment import ChangeStatus, change_status
from irt.services.randomize_subject import RandomizeSubject, randomize_subject
from tests.web.blinded.designed import with_replacements, world_of
from tests.web.browser import Browser
from tests.web.ward import ask_one, at, count, screened
from tests.web.world import World

LDL = {"factor-ldl": "LT85", "dose_level": "Q2W"}


@pytest.fixture
def ward(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """A study that has replacement subjects."""
    with world_of(with_replacements(), sqlite_template, tmp_path) as made:
        yield made


def gone(ward: World, *, still_treated: bool = False) -> str:
    """A subject who was randomized and has withdrawn."""
    subject, today = screened(ward), ward.now.date()
    doctor = ward.office.account("investigator.0")
    facts: dict[str, Any] = {"study_id": ward.study_id, "subject": subject, "on_day": today}
    ask = RandomizeSubject(**facts, levels={"ldl": "LT85"}, dose_level="Q2W")
    ward.office.does(doctor, randomize_subject, ask)
    if not still_treated:
        ask_end = ChangeStatus(**facts, step="withdraw", reason="Moved away")
        ward.office.does(doctor, change_status, ask_end)
    return subject


def checks(ward: World, subject: str, **typed: str) -> Browser:
    """What Check answers."""
    browser = ward.signed_in("coordinator.0")
    browser.get(at(ward, subject, "randomize"))
    browser.press(at(ward, subject, "randomize", "check"), **LDL, **typed)
    return browser


def test_a_place_is_taken_with_its_reason(ward: World) -> None:
    """Said once more before the draw, and linked for ever."""
    first, second = gone(ward), screened(ward)
    browser = checks(ward, second, replaces=first, replacement_reason="Never treated.")
    assert f"This subject replaces {first}, because: Never treated." in browser.text
    assert browser.press(at(ward, second, "randomize")).status_code == 200
    assert browser.path == at(ward, second, "randomize")
    assert ask_one(ward, "SELECT count(*) FROM randomization WHERE replaces_id IS NOT NULL") == 1


def test_nobody_need_be_replaced(ward: World) -> None:
    """Both fields may stay empty."""
    subject = screened(ward)
    browser = checks(ward, subject)
    assert "replaces" not in browser.form(at(ward, subject, "randomize")).fields
    browser.press(at(ward, subject, "randomize"))
    assert count(ward, "randomization") == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"replaces": "1001-0001"}, "Say why the subject is replaced"),
        ({"replacement_reason": "Never treated"}, "Name the subject that is replaced"),
    ],
)
def test_number_and_reason_belong_together(ward: World, typed: dict[str, str], words: str) -> None:
    """What was typed stays in the form."""
    browser = checks(ward, screened(ward), **typed)
    assert browser.answer.status_code == 400
    assert words in browser.text
    assert next(iter(typed.values())) in browser.text


def test_a_place_that_is_not_free(ward: World) -> None:
    """The refusal stands on the confirmation, from where Change leads back to the fields."""
    treated, second = gone(ward, still_treated=True), screened(ward)
    browser = checks(ward, second, replaces=treated, replacement_reason="Never treated")
    answer = browser.press(at(ward, second, "randomize"))
    assert answer.status_code == 409
    assert f"Subject {treated} is still on treatment. Nothing was drawn." in answer.text
    answer = browser.press(at(ward, second, "randomize", "check"))
    assert f'value="{treated}"' in answer.text
    assert count(ward, "randomization") == 1


def test_other_studies_do_not_ask(world: World) -> None:
    """No field where the study has no replacement subjects; what is posted anyway is not taken."""
    subject = screened(world)
    browser = world.signed_in("coordinator.0")
    assert "This subject replaces" not in browser.get(at(world, subject, "randomize")).text
    typed = {**LDL, "replaces": "1001-0001", "replacement_reason": "Never treated"}
    answer = browser.press(at(world, subject, "randomize", "check"), **typed)
    assert answer.status_code == 200
    assert "1001-0001, because" not in answer.text
