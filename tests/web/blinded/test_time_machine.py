"""The time machine: an instant and a person, and what that person could see then."""

import re
from datetime import timedelta

import pytest

from irt.blinding.roles import Role
from irt.services.grant_role import GrantRole, grant_role
from irt.services.revoke_grant import RevokeGrant, revoke_grant
from irt.services.screen_subject import ScreenSubject, screen_subject
from tests.web.api.system import System
from tests.web.world import World


def _machine(world: World, person: str, at: str = "") -> str:
    return f"/studies/{world.study_id}/time-machine?person={person}&at={at}"


def _instant(world: World) -> str:
    return f"{world.now:%Y-%m-%dT%H:%M}"


def _screen(world: World, index: int) -> str:
    site, _ = world.sites[index]
    ask = ScreenSubject(study_id=world.study_id, site=site, on_day=world.now.date())
    return str(world.office.does(world.office.account(f"coordinator.{index}"), screen_subject, ask).subject)


def test_states_stand_as_they_stood(world: World) -> None:
    """A subject screened later is not there yet, nor one of another site; kits lie where they lay."""
    mine, other = _screen(world, 0), _screen(world, 1)
    world.wait(hours=1)
    then = _instant(world)
    world.wait(hours=1)
    later = _screen(world, 0)
    browser = world.signed_in("inspector.all")
    page = browser.get(_machine(world, "coordinator.0", then)).text
    assert mine in page
    assert "Screening" in page
    assert later not in page
    assert other not in page
    assert "Kits at sites" in page
    assert "No: no role of this person showed a treatment" in page
    assert re.search(r"Release in force</dt><dd[^>]*>0\.1\.0\+[0-9a-f]{16}", page)
    assert later in browser.get(_machine(world, "coordinator.0")).text
    assert "time machine" in browser.get("/history").text


def test_roles_are_those_of_the_instant(world: World) -> None:
    """Held since withdrawn: still there for an instant before; before it was given: not yet."""
    before = _instant(world)
    world.wait(hours=1)
    person = world.office.account("monitor.0")
    ask = GrantRole(
        account_id=person.account_id, role=Role.SAFETY, study_id=world.study_id, reason="covers the night"
    )
    given = world.office.does(world.office.ada, grant_role, ask)
    world.wait(hours=1)
    during = _instant(world)
    world.wait(hours=1)
    world.office.does(world.office.ada, revoke_grant, RevokeGrant(grant_id=given.grant_id, reason="night over"))
    browser = world.signed_in("quality.all")
    seen = {at: browser.get(_machine(world, "monitor.0", at)).text for at in (before, during, "")}
    told = "Treatment was visible to this person: as safety they could read"
    assert [told in page for page in seen.values()] == [False, True, False]


def test_an_instant_that_is_none(world: World) -> None:
    """Not an instant, one to come, and nobody of that name: each told in a sentence."""
    browser = world.signed_in("inspector.all")
    assert "is not an instant" in browser.get(_machine(world, "coordinator.0", "soon")).text
    ahead = f"{world.now + timedelta(days=1):%Y-%m-%dT%H:%M}"
    assert "still to come" in browser.get(_machine(world, "coordinator.0", ahead)).text
    assert browser.get(_machine(world, "nobody")).status_code == 404


@pytest.mark.parametrize("person", ["pharmacist.0", "monitor.0", "supply_planner.all"])
def test_it_is_for_inspectors_and_quality(world: World, person: str) -> None:
    """Who reads the history of one site, or no roles, has no time machine; nor has their token."""
    assert world.signed_in(person).get(_machine(world, "coordinator.0")).status_code == 403
    address = f"/studies/{world.study_id}/time-machine"
    assert System.of(world, person).asks(address, person="coordinator.0").status_code in (403, 404)


def test_the_api_tells_the_same(world: World) -> None:
    """With roles, rights, kinds of records and entries."""
    subject = _screen(world, 0)
    found = System.of(world, "quality.all").asks(
        f"/studies/{world.study_id}/time-machine", person="coordinator.0", at=world.now.isoformat()
    )
    told = found.json()
    assert [role["role"] for role in told["roles"]] == ["Coordinator"]
    (subjects,) = [kind for kind in told["kinds"] if kind["kind"] == "Subjects"]
    assert subject in [record["number"] for record in subjects["records"]]
    assert told["entries_total"] >= len(told["entries"]) > 0
