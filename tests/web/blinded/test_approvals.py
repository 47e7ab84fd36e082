"""The buttons Approve the version and Set it aside, of the second person."""

from datetime import date

import pytest

from irt.blinding.roles import Role
from irt.services.load_study import LoadStudy, load_study
from irt.tables.record import Signature
from irt.tables.study import StudyVersion
from tests.builders_supply import the_study
from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.world import World


@pytest.fixture
def draft(world: World) -> str:
    """The address of a draft that Conny loaded; Theo of the study team is to approve it."""
    conny = world.office.hire("conny", (Role.CONFIGURATOR, {}))
    definition = the_study("escalation").model_dump(mode="json")
    ask = LoadStudy(definition=definition, size="small", effective_from=date(2026, 3, 1))
    study_id = world.office.does(conny, load_study, ask).study_id
    world.office.hire("theo", (Role.STUDY_TEAM, {"study_id": study_id}))
    return f"/versions/{study_id}/1"


def _status(world: World, draft: str) -> str:
    study_id = int(draft.split("/")[2])
    return str(house_of(world).rows(StudyVersion, study_id=study_id)[0]["status"])


def _opened(world: World, draft: str) -> Browser:
    browser = world.signed_in("theo")
    assert draft in browser.get("/approvals").text
    browser.get(draft)
    return browser


def test_a_version_is_read_and_approved_under_a_signature(world: World, draft: str) -> None:
    """The digest and the blinded specification stand beside the panel; a wrong password approves nothing."""
    browser = _opened(world, draft)
    assert "Specification, as blinded people read it" in browser.text
    assert browser.press(draft, decision="sign", password="a guess").status_code == 403
    assert _status(world, draft) == "draft"
    browser.press(draft, decision="sign", password=PASSWORD)
    assert "A version never changes from then on" in browser.text
    assert _status(world, draft) == "approved"
    assert len(house_of(world).rows(Signature, record_kind="study version", study_id=int(draft.split("/")[2]))) == 1
    assert "Nothing waits" in browser.get("/approvals").text


def test_the_one_who_loaded_it_cannot_approve(world: World, draft: str) -> None:
    """Whatever other roles they hold: no panel, and a form sent anyway is refused."""
    browser = world.signed_in("conny")
    assert "A second person approves it" in browser.get(draft).text
    sent = browser.press(draft, decision="sign", password=PASSWORD)
    assert sent.status_code == 403
    assert _status(world, draft) == "draft"


def test_a_draft_is_set_aside_with_a_reason(world: World, draft: str) -> None:
    """Then it cannot be approved any more."""
    browser = _opened(world, draft)
    assert browser.press(draft, decision="withdraw", reason=" ").status_code == 400
    forms = browser.form(draft).fields
    browser.send(draft, {**forms, "decision": "withdraw", "reason": "Wrong windows"})
    assert _status(world, draft) not in ("draft", "approved")
    assert browser.send(draft, {**forms, "decision": "sign", "command_key": "k2", "password": PASSWORD}).is_error


def test_a_form_without_a_decision_is_refused(world: World, draft: str) -> None:
    """400."""
    browser = _opened(world, draft)
    assert browser.press(draft, password=PASSWORD).status_code == 400


@pytest.mark.parametrize("person", ["pharmacist.0", "quality.all", "inspector.all"])
def test_nobody_else_sees_approvals(world: World, draft: str, person: str) -> None:
    """403 for the list, and no such version, because the study is not theirs."""
    browser = world.signed_in(person)
    assert browser.get("/approvals").status_code == 403
    assert browser.get(draft).status_code == 404
