"""The buttons Change the site and Set the level."""

import pytest

from irt.blinding.roles import Role
from irt.tables.secret import ResupplySetting
from irt.tables.study import OperationalChange, Site
from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.world import World

LEVELS = "/supply/levels"


def _manager(world: World, address: str) -> Browser:
    browser = world.signed_in("supply_manager.all")
    browser.get(address)
    return browser


def _site(world: World, number: str) -> str:
    return str(house_of(world).rows(Site, number=number)[0]["status"])


def test_a_planned_site_is_activated_held_and_resumed(world: World) -> None:
    """Only what is possible is offered; each step needs its reason."""
    address = f"/supply/sites/{world.study_id}/1003"
    browser = _manager(world, address)
    assert browser.press(address, event="activate").status_code == 400
    browser.press(address, event="activate", reason="All approvals are here")
    assert _site(world, "1003") == "active"
    browser.press(address, event="hold", reason="Freezer failed")
    assert _site(world, "1003") == "on_hold"
    assert browser.press(address, event="activate", reason="again").status_code == 409
    browser.press(address, event="resume", reason="Freezer repaired")
    assert _site(world, "1003") == "active"


def test_a_level_is_set_from_a_day_on_by_two_people(world: World) -> None:
    """Proposed by one, approved by another: a new row beside the old one, and both are on the page."""
    browser = _manager(world, LEVELS)
    typed = {
        "kit_type": "PEN-A",
        "scope": "site",
        "site": "1001",
        "minimum": "7",
        "maximum": "21",
        "effective_from": "2026-04-01",
        "reason": "More subjects expected",
    }
    fields = {**browser.form(LEVELS).fields, **typed}
    browser.send(LEVELS, fields)
    browser.send(LEVELS, fields)
    assert "The new level is proposed" in browser.text
    assert house_of(world).rows(ResupplySetting, minimum=7) == []
    (proposal,) = house_of(world).rows(OperationalChange)
    address = f"{LEVELS}/{world.study_id}/changes/{proposal['id']}"
    browser.get(address)
    assert "You proposed this change" in browser.text
    with pytest.raises(LookupError):
        browser.form(address)
    world.office.hire("sam", (Role.SUPPLY_MANAGER, {"study_id": world.study_id}))
    second = world.signed_in("sam")
    second.get(address)
    assert second.press(address, meaning="reject", password=PASSWORD).status_code == 400
    second.press(address, meaning="approve", password=PASSWORD)
    assert "To come" in second.text
    (row,) = house_of(world).rows(ResupplySetting, minimum=7)
    assert (row["change_id"], str(row["effective_from"])) == (proposal["id"], "2026-04-01")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"minimum": "many"}, "Numbers are whole"),
        ({"maximum": "0"}, "The maximum is at least 1"),
        ({"maximum": "3"}, "The maximum lies below the minimum"),
        ({"effective_from": ""}, "from which day"),
        ({"kit_type": "PEN-Z"}, "is not a kit type of this study"),
        ({"reason": " "}, "reason"),
    ],
)
def test_a_wrong_level_is_refused_in_words(world: World, changed: dict[str, str], words: str) -> None:
    """What was typed stays on the page."""
    browser = _manager(world, LEVELS)
    typed = {
        "kit_type": "PEN-A",
        "scope": "study",
        "minimum": "7",
        "maximum": "21",
        "effective_from": "2026-04-01",
        "reason": "why not",
    }
    answer = browser.press(LEVELS, **{**typed, **changed})
    assert answer.status_code == 400
    assert words in answer.text


@pytest.mark.parametrize("person", ["pharmacist.0", "supply_planner.all"])
def test_others_change_nothing(world: World, person: str) -> None:
    """403 for the site and for the levels."""
    browser = world.signed_in(person)
    token = browser.form("/sign-out").fields["_csrf_token"]
    fields = {"_csrf_token": token, "command_key": "k", "study": str(world.study_id), "event": "hold"}
    assert browser.send(f"/supply/sites/{world.study_id}/1001", fields).status_code == 403
    assert browser.send(LEVELS, fields).status_code == 403
    assert _site(world, "1001") == "active"
