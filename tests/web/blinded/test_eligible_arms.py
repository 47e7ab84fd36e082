"""The boxes The subject is eligible for, where an open study asks for arms."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from irt.study.blinded import blinded_study
from tests.builders_designs import a_study
from tests.web.blinded.designed import COMPLETE, with_eligible_arms, world_of
from tests.web.ward import ask_one, at, screened
from tests.web.world import World

ANSWERS = {"factor-ldl": "LT85", "dose_level": "Q2W"}


@pytest.fixture
def ward(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """An open study that asks which arms a subject may get."""
    with world_of(with_eligible_arms(), sqlite_template, tmp_path) as made:
        yield made


def test_the_arms_ticked_are_drawn_among(ward: World) -> None:
    """Nothing is ticked before; every arm ticked is named in the confirmation."""
    subject = screened(ward)
    browser = ward.signed_in("coordinator.0")
    browser.get(at(ward, subject, "randomize"))
    assert "The subject is eligible for" in browser.text
    assert "agent-A" not in browser.form(at(ward, subject, "randomize", "check")).fields
    arms = with_eligible_arms().arms
    typed = {f"agent-{arm.code}": "yes" for arm in arms}
    browser.press(at(ward, subject, "randomize", "check"), **ANSWERS, **typed)
    assert f"Eligible for: {', '.join(arm.name for arm in arms)}." in browser.text
    browser.press(at(ward, subject, "randomize"))
    assert ask_one(ward, "SELECT count(*) FROM randomization") == 1


def test_one_arm_leaves_nothing_to_chance(ward: World) -> None:
    """Refused in words, with the boxes kept."""
    subject = screened(ward)
    browser = ward.signed_in("coordinator.0")
    browser.get(at(ward, subject, "randomize"))
    browser.press(at(ward, subject, "randomize", "check"), **ANSWERS, **{"agent-P": "yes"})
    answer = browser.press(at(ward, subject, "randomize"))
    assert answer.status_code == 409
    assert "Randomization is not possible for this subject" in answer.text
    assert browser.form(at(ward, subject, "randomize")).fields["agent-P"] == "yes"
    assert ask_one(ward, "SELECT count(*) FROM randomization") == 0


def test_a_blinded_study_never_offers_arms() -> None:
    """Even where its plan says so, what is public of it holds no arm."""
    study = a_study({**COMPLETE, "eligibility": True})
    assert [plan.eligible for plan in blinded_study(study).randomizations] == [()]
