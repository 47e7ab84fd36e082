"""The buttons Check the file and Load it as a draft, of the configurator."""

import json
from pathlib import Path

import pytest

from irt.blinding.roles import Role
from irt.tables.study import StudyVersion
from tests.web.blinded.test_versions import amended
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.world import World

CONFIGURATION = "/configuration"
STUDY_FILE = (Path(__file__).parents[3] / "fixtures" / "studies" / "escalation.yaml").read_text()


def _configurator(world: World, *, everywhere: bool) -> Browser:
    where = {} if everywhere else {"study_id": world.study_id}
    world.office.hire("conny", (Role.CONFIGURATOR, where))
    browser = world.signed_in("conny")
    assert browser.get("/").url.path == CONFIGURATION
    return browser


def test_every_problem_is_told_with_its_line(world: World) -> None:
    """What was pasted stays, and nothing is loaded."""
    browser = _configurator(world, everywhere=True)
    broken = STUDY_FILE.replace("arms:", "arms_of_the_study:", 1)
    browser.press(CONFIGURATION, text=broken, step="check")
    assert "to correct" in browser.text
    assert "arms_of_the_study" in browser.text
    browser.press(CONFIGURATION, text=broken, step="load", size="small", mode="test")
    assert "to correct" in browser.text
    assert len(house_of(world).rows(StudyVersion)) == 1


def test_a_sound_file_is_loaded_as_a_draft(world: World) -> None:
    """Checked first if wanted; the page of the draft says that another person approves it."""
    browser = _configurator(world, everywhere=True)
    browser.press(CONFIGURATION, text=STUDY_FILE, step="check")
    assert "The file is sound" in browser.text
    browser.press(CONFIGURATION, text=STUDY_FILE, step="load", size="small", mode="test")
    assert "A second person approves it" in browser.text
    drafts = house_of(world).rows(StudyVersion, status="draft")
    assert [row["number"] for row in drafts] == [1]
    assert browser.path == f"/versions/{drafts[0]['study_id']}/1"


def test_a_file_is_loaded_as_an_amendment(world: World) -> None:
    """By a configurator of that study alone; the page tells what changed."""
    browser = _configurator(world, everywhere=False)
    text = json.dumps(amended().model_dump(mode="json"))
    assert "The study is missing" in browser.press(CONFIGURATION, text=text, step="amend").text
    browser.press(CONFIGURATION, text=text, step="amend", study=str(world.study_id))
    assert browser.path == f"/versions/{world.study_id}/2"
    assert "Limit on country · NL · randomized is new" in browser.text
    browser.get(CONFIGURATION)
    again = browser.press(CONFIGURATION, text=text, step="amend", study=str(world.study_id))
    assert (again.status_code, "waits for approval" in again.text) == (409, True)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"text": "  "}, "The study file is empty"),
        ({"size": "huge"}, "The size or the mode is missing"),
        ({"from": "soon"}, "is not a day"),
    ],
)
def test_a_wrong_form_is_refused_in_words(world: World, typed: dict[str, str], words: str) -> None:
    """400."""
    browser = _configurator(world, everywhere=True)
    whole = {"text": STUDY_FILE, "step": "load", "size": "small", "mode": "test"}
    answer = browser.press(CONFIGURATION, **{**whole, **typed})
    assert answer.status_code == 400
    assert words in answer.text


def test_a_configurator_of_one_study_loads_no_new_one(world: World) -> None:
    """They check files; a load sent anyway is refused."""
    browser = _configurator(world, everywhere=False)
    assert "Load it as a draft" not in browser.text
    assert "NB-301, version 1" in browser.text
    sent = browser.press(CONFIGURATION, text=STUDY_FILE, step="load", size="small", mode="test")
    assert sent.status_code == 403
    assert len(house_of(world).rows(StudyVersion)) == 1


@pytest.mark.parametrize("person", ["pharmacist.0", "quality.all"])
def test_nobody_else_configures(world: World, person: str) -> None:
    """403."""
    assert world.signed_in(person).get(CONFIGURATION).status_code == 403
