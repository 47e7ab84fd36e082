"""The page Access: who may do what in a study, what to look at, and the signed review."""

import pytest

from irt.blinding.conflicts import matrix
from irt.blinding.roles import Role
from irt.services.grant_role import GrantRole, grant_role
from irt.services.revoke_grant import RevokeGrant, revoke_grant
from irt.tables.people import RoleGrant
from irt.tables.record import Signature
from tests.cast import PASSWORD
from tests.web.api.system import System
from tests.web.parcels import house_of
from tests.web.world import World

ACCESS, REVIEW = "/access", "/access/review"


def reviews(world: World) -> list[dict[str, object]]:
    """The signed reviews."""
    return house_of(world).rows(Signature, record_kind="access review")


def test_everybody_who_can_do_something_is_there(world: World) -> None:
    """By name with role and place; those of the whole installation too; what to look at beside."""
    page = world.signed_in("quality.all").get(ACCESS).text
    for words in ("pharmacist.0", "Site 1001", "supply_manager.all", "ada", "Everywhere"):
        assert words in page
    assert "A role for a visit has no end." in page
    world.wait(days=91)
    again = world.signed_in("quality.all").get(ACCESS).text
    assert "A review is due" in again
    assert "Nobody has ever signed in with this account, for 90 days." in again


def test_a_review_is_signed_once_and_counts_for_a_quarter(world: World) -> None:
    """The signature is under the roles as they are; a second press signs nothing more."""
    world.wait(days=91)
    browser = world.signed_in("quality.all")
    browser.get(ACCESS)
    fields = {**browser.form(REVIEW).fields, "password": PASSWORD, "outcome": "Nobody left."}
    for _ in range(2):
        assert browser.send(REVIEW, fields).status_code == 200
    (signed,) = reviews(world)
    assert (signed["record"], signed["role"]) == ("1", "quality")
    page = browser.get(ACCESS).text
    assert "Review 1" in page
    assert "A review is due" not in page
    assert "reviewed who has access" in world.signed_in("inspector.all").get("/history").text


def test_a_role_given_meanwhile_is_read_first(world: World) -> None:
    """What was on the page is not what is in force: nothing is signed."""
    browser = world.signed_in("quality.all")
    browser.get(ACCESS)
    fields = {**browser.form(REVIEW).fields, "password": PASSWORD}
    ask = GrantRole(
        account_id=world.office.account("quality.all").account_id,
        role=Role.QUALIFIED_PERSON,
        study_id=world.study_id,
        reason="covers for a colleague",
    )
    world.office.does(world.office.ada, grant_role, ask)
    answer = browser.send(REVIEW, fields)
    assert answer.status_code == 409
    assert "A role was given or taken back since this page was made. Nothing was signed." in answer.text
    assert PASSWORD not in answer.text
    assert reviews(world) == []


@pytest.mark.parametrize("which", ["", "all"])
def test_it_is_taken_away_and_that_is_written_down(world: World, which: str) -> None:
    """Roles in force, or every role ever held; no password, no mail address."""
    browser = world.signed_in("inspector.all")
    browser.get(ACCESS)
    form = browser.form("/access/export").fields
    answer = browser.send("/access/export", {**form, "which": which, "format": "csv"})
    lines = answer.text.splitlines()
    assert lines[0].lstrip("\ufeff").startswith("User name,Name,Role,Where,From (UTC)")
    assert any(line.startswith("pharmacist.0,") and "site 1001" in line for line in lines)
    told = "history of access" if which else "access"
    assert told in browser.get("/history").text


def test_an_inspector_reads_and_does_not_sign(world: World) -> None:
    """No panel to sign; a form sent all the same is refused."""
    browser = world.signed_in("inspector.all")
    assert "Sign the review" not in browser.get(ACCESS).text
    form = {**browser.form("/access/export").fields, "digest": "0" * 64, "password": PASSWORD}
    assert browser.send(REVIEW, form).status_code == 403
    assert reviews(world) == []


@pytest.mark.parametrize("person", ["pharmacist.0", "supply_planner.all"])
def test_others_do_not_see_it(world: World, person: str) -> None:
    """Neither page nor API."""
    assert world.signed_in(person).get(ACCESS).status_code in (303, 403, 404)
    assert System.of(world, person).asks(f"/studies/{world.study_id}/access").status_code in (403, 404)


def test_the_api_tells_the_same_and_signs(world: World) -> None:
    """The hash of the list is what is signed."""
    system = System.of(world, "ada")
    found = system.asks(f"/studies/{world.study_id}/access").json()
    assert any(line["username"] == "pharmacist.0" for line in found["lines"])
    past = system.asks(f"/studies/{world.study_id}/access/history").json()["items"]
    assert len(past) >= len(found["lines"])
    made = system.booked_alone(
        "/access/review",
        study_id=world.study_id,
        hash=found["hash"],
        outcome="As it should be.",
        signing={"password": PASSWORD},
    )
    assert made["number"] == 1


def test_the_history_is_a_page_of_its_own(world: World) -> None:
    """Roles that were taken back stand there with when and why they were given."""
    world.office.hire("gone", (Role.QUALITY, {"study_id": world.study_id}))
    account_id = world.office.account("gone").account_id
    (grant,) = house_of(world).rows(RoleGrant, account_id=account_id)
    world.office.does(world.office.ada, revoke_grant, RevokeGrant(grant_id=grant["id"], reason="left"))
    browser = world.signed_in("inspector.all")
    assert "gone" not in browser.get(ACCESS).text.split("<main")[1]
    page = browser.get(f"{ACCESS}/history").text
    assert "Gone Holm" in page
    assert "Taken back" in page
    assert world.signed_in("pharmacist.0").get(f"{ACCESS}/history").status_code in (303, 403, 404)


def test_the_table_of_conflicts_is_drawn_by_the_rule(world: World) -> None:
    """Each role with its side and what it excludes."""
    page = world.signed_in("quality.all").get(f"{ACCESS}/conflicts").text
    for role, excluded in matrix().items():
        assert role.replace("_", " ").capitalize() in page
        assert not excluded or ", ".join(sorted(excluded)).replace("_", " ") in page
    assert world.signed_in("pharmacist.0").get(f"{ACCESS}/conflicts").status_code in (303, 403, 404)
