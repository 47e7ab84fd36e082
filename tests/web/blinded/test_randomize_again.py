"""The button Randomize again, and the pages it leads to."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.blinded.designed import with_two_stages, world_of
from tests.web.ward import ask_one, at, count, randomized, screened
from tests.web.world import World


@pytest.fixture
def ward(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """A study whose subjects are randomized a second time after four weeks."""
    with world_of(with_two_stages(), sqlite_template, tmp_path) as made:
        yield made


def test_it_comes_in_its_time(ward: World) -> None:
    """Not a day before; the page itself says from when."""
    subject = randomized(ward)
    ward.wait(days=27)
    browser = ward.signed_in("coordinator.0")
    assert "Randomize again" not in browser.get(at(ward, subject)).text
    page = browser.get(at(ward, subject, "randomize?stage=2")).text
    assert "This randomization may be made from" in page
    assert "Check</button>" not in page
    ward.wait(days=1)
    browser = ward.signed_in("coordinator.0")
    assert "randomize?stage=2" in browser.get(at(ward, subject)).text


def test_it_randomizes_again(ward: World) -> None:
    """A number of its own, the first one kept; a reload shows the same result."""
    subject = randomized(ward)
    ward.wait(days=28)
    browser = ward.signed_in("coordinator.0")
    browser.get(at(ward, subject, "randomize?stage=2"))
    assert "Dose level to start on" not in browser.text
    browser.press(at(ward, subject, "randomize", "check"), **{"factor-ldl": "GE85"})
    assert f"You are about to randomize {subject} again." in browser.text
    browser.press(at(ward, subject, "randomize"))
    found = re.search(r'irt-kit-large" translate="no">(\d{6})<', browser.text)
    assert found is not None
    assert found.group(1) == ask_one(ward, "SELECT number FROM randomization WHERE stage = 2")
    assert found.group(1) in browser.get(at(ward, subject, "randomize?stage=2")).text
    assert found.group(1) not in browser.get(at(ward, subject, "randomize")).text
    page = browser.get(at(ward, subject)).text
    assert "Randomized again" in page
    assert "randomize?stage=2" not in page
    assert count(ward, "randomization") == 2


def test_change_and_a_second_press_stay_with_it(ward: World) -> None:
    """Every form of the second randomization says that it is the second."""
    subject = randomized(ward)
    ward.wait(days=28)
    browser = ward.signed_in("coordinator.0")
    browser.get(at(ward, subject, "randomize?stage=2"))
    browser.press(at(ward, subject, "randomize", "check"), **{"factor-ldl": "GE85"})
    form = browser.form(at(ward, subject, "randomize")).fields
    browser.press(at(ward, subject, "randomize", "check"))
    assert browser.form(at(ward, subject, "randomize", "check")).fields["stage"] == "2"
    browser.send(at(ward, subject, "randomize"), form)
    browser.send(at(ward, subject, "randomize"), {**form, "command_key": "another form"})
    assert browser.answer.status_code == 200
    assert count(ward, "randomization") == 2


def test_there_is_no_other(ward: World, world: World) -> None:
    """Neither a third one, nor a second where the study has one, nor one before the first."""
    subject = screened(ward)
    browser = ward.signed_in("coordinator.0")
    assert browser.get(at(ward, subject, "randomize?stage=3")).status_code == 404
    assert "cannot be randomized now" in browser.get(at(ward, subject, "randomize?stage=2")).text
    other = world.signed_in("coordinator.0")
    assert other.get(at(world, screened(world), "randomize?stage=2")).status_code == 404


def test_a_monitor_has_no_such_button(ward: World) -> None:
    """They read the page and may not randomize."""
    subject = randomized(ward)
    ward.wait(days=28)
    monitor = ward.signed_in("monitor.0")
    assert "randomize?stage=2" not in monitor.get(at(ward, subject)).text
    assert monitor.get(at(ward, subject, "randomize?stage=2")).status_code == 403
