"""Accounts, roles, sessions and tokens over the API."""

import pytest

from tests.web.api.system import System
from tests.web.world import World


@pytest.fixture
def administrator(world: World) -> System:
    """A system of the installation's administrator."""
    return System.of(world, "ada")


def _id_of(system: System, username: str) -> int:
    found = system.asks("/accounts", limit=200).json()["items"]
    return int(next(one["id"] for one in found if one["username"] == username))


def test_a_person_is_made_given_a_role_and_locked(administrator: System) -> None:
    """Every step is told by the person's record; no answer holds a password."""
    world = administrator.world
    made = administrator.booked_alone(
        "/accounts/create", username="nils", printed_name="Nils Berg", password="a boat on the lake"
    )
    account = {"account_id": made["account_id"]}
    refused = administrator.does_alone("/roles/grant", **account, role="inspector", reason="Inspection")
    assert (refused.status_code, refused.json()["name"]) == (409, "NotTrained")
    administrator.booked_alone("/accounts/record-training", **account)
    grant = administrator.booked("/roles/grant", **account, role="inspector", reason="Inspection")
    conflict = administrator.does("/roles/grant", **account, role="supply_manager", reason="Too")
    assert (conflict.status_code, conflict.json()["name"]) == (409, "RolesConflict")
    administrator.booked_alone("/roles/revoke", grant_id=grant["grant_id"], reason="Over")
    administrator.booked_alone("/accounts/reset-password", **account, password="another boat", reason="Lost")
    administrator.booked_alone("/accounts/lock", **account, reason="Left")
    shown = administrator.asks(f"/accounts/{made['account_id']}")
    assert shown.json()["account"]["disabled"]
    assert [role["role"] for role in shown.json()["roles"]] == ["inspector"]
    assert "boat" not in shown.text
    administrator.booked_alone("/accounts/reopen", **account, reason="Back")
    no_device = administrator.does_alone("/accounts/reset-second-factor", **account, reason="Lost")
    assert no_device.json()["name"] == "NoDevice"
    assert world.office.account("nils").grants == ()


def test_a_session_is_ended_and_a_token_stopped(administrator: System) -> None:
    """Somebody else's, at once."""
    world = administrator.world
    browser, other = world.signed_in("pharmacist.0"), System.of(world, "pharmacist.0")
    person = administrator.asks(f"/accounts/{_id_of(administrator, 'pharmacist.0')}").json()
    administrator.booked_alone("/sessions/end", session_id=person["sessions"][0]["id"])
    administrator.booked_alone("/tokens/revoke", public_id=person["tokens"][0]["public_id"])
    assert browser.get("/worklist").url.path == "/sign-in"
    assert other.asks("/studies").status_code == 401


def test_nobody_else_sees_people(world: World) -> None:
    """The list, a person and every change read as unknown."""
    system = System.of(world, "supply_manager.all")
    assert system.asks("/accounts").status_code == 404
    assert system.asks("/accounts/1").status_code == 404
    assert system.does_alone("/accounts/lock", account_id=1, reason="r").status_code == 404
