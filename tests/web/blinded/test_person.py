"""The buttons about one person: roles, training, password, lock, device, sessions, tokens."""

from datetime import timedelta

import pytest

from irt.blinding.roles import Permission, Role
from irt.services.issue_token import IssueToken, issue_token
from irt.services.recover_account import OwnDevice, ResetSecondFactor, reset_second_factor
from irt.tables.people import Account, ApiToken, RoleGrant, SignedInSession
from tests.web.browser import Browser, forms_of
from tests.web.parcels import house_of
from tests.web.world import World


def _page(world: World, username: str, reader: str = "ada") -> tuple[Browser, str]:
    browser = world.signed_in(reader)
    address = f"/people/{world.office.account(username).account_id}"
    browser.get(address)
    return browser, address


def _row(world: World, username: str) -> dict[str, object]:
    return house_of(world).rows(Account, username=username)[0]


def _grants(world: World, username: str) -> list[str]:
    account_id = world.office.account(username).account_id
    return [row["role"] for row in house_of(world).rows(RoleGrant, account_id=account_id)]


def test_a_role_is_given_at_a_site(world: World) -> None:
    """It holds with the person's next click, and the page names its place."""
    browser, address = _page(world, "coordinator.0")
    study, site = str(world.study_id), world.sites[1][0]
    browser.press(f"{address}/grant", role="monitor", study=study, site=site, reason="Delegation log, line 4")
    assert "The role is given" in browser.text
    assert f"site {site}" in browser.text
    assert _grants(world, "coordinator.0") == ["coordinator", "monitor"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"role": "supply_manager"}, "excludes"),
        ({"role": "monitor"}, "Choose the site"),
        ({"role": "nobody"}, "The role is missing"),
        ({"role": "monitor", "site": "9999"}, "is not a site of"),
        ({"role": "monitor", "study": "", "site": "1001"}, "Choose the study"),
        ({"role": "monitor", "study": "999"}, "no such study"),
        ({"role": "monitor", "reason": " "}, "reason is missing"),
        ({"role": "inspector", "ends_on": "2020-01-01"}, "end before it starts"),
        ({"role": "inspector", "ends_on": "soon"}, "is not a day"),
    ],
)
def test_a_role_is_refused_in_words(world: World, typed: dict[str, str], words: str) -> None:
    """The conflict of blinded and unblinded roles among them; what was typed stays."""
    browser, address = _page(world, "coordinator.0")
    answer = browser.press(f"{address}/grant", **{"study": str(world.study_id), "reason": "Wanted", **typed})
    assert answer.status_code in (400, 404, 409)
    assert words in answer.text
    assert _grants(world, "coordinator.0") == ["coordinator"]


def test_nobody_gives_roles_to_themselves(world: World) -> None:
    """There is no form, and a form sent anyway is refused."""
    browser, address = _page(world, "ada")
    assert f"{address}/grant" not in [form.action for form in forms_of(browser.text)]
    fields = {**browser.form("/sign-out").fields, "command_key": "k", "role": "quality", "reason": "r"}
    assert browser.send(f"{address}/grant", fields).status_code == 403


def test_a_role_is_taken_back_with_a_reason(world: World) -> None:
    """At once; the person is refused with the next click."""
    theirs = world.signed_in("monitor.0")
    browser, address = _page(world, "monitor.0")
    assert browser.press(f"{address}/revoke", reason="  ").status_code == 400
    browser.press(f"{address}/revoke", reason="Left the company")
    assert "Taken back" in browser.text
    assert theirs.get("/stock").status_code == 403


def test_an_account_is_locked_and_opened_again(world: World) -> None:
    """Locking ends the sessions; opening gives back the roles that were not taken back."""
    theirs = world.signed_in("pharmacist.0")
    browser, address = _page(world, "pharmacist.0")
    browser.press(f"{address}/lock", reason="On leave")
    assert "The account is locked" in browser.text
    assert theirs.get("/worklist").url.path == "/sign-in"
    browser.press(f"{address}/reopen", reason="Back")
    assert _row(world, "pharmacist.0")["disabled_at"] is None
    assert world.signed_in("pharmacist.0").get("/worklist").status_code == 200


def test_a_temporary_password_is_set(world: World) -> None:
    """It is never given back, and the person cannot sign with it."""
    browser, address = _page(world, "pharmacist.0")
    weak = browser.press(f"{address}/password", password="short", reason="Forgotten")
    assert weak.status_code == 400
    browser.press(f"{address}/password", password="a boat on the lake", reason="Forgotten")
    assert "The temporary password is set" in browser.text
    assert "a boat on the lake" not in browser.text
    assert _row(world, "pharmacist.0")["password_temporary"]


def test_training_is_recorded(world: World) -> None:
    """Then roles may be given."""
    browser = world.signed_in("ada")
    browser.get("/people/new")
    browser.press("/people/new", username="new", printed_name="New", password="a boat on the lake")
    address = browser.path
    browser.press(f"{address}/trained")
    assert _row(world, "new")["trained_at"] is not None


def test_a_lost_device_is_taken_away(world: World) -> None:
    """Not one's own; and only where there is one."""
    person = world.office.account("investigator.0")
    with world.store.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE account SET second_factor_sealed = 'x', second_factor_confirmed_at = created_at WHERE id = ?",
            (person.account_id,),
        )
    browser, address = _page(world, "investigator.0")
    browser.press(f"{address}/device", reason="Lost on the train")
    assert "The device is taken away" in browser.text
    assert _row(world, "investigator.0")["second_factor_sealed"] is None
    fields = {**browser.form("/sign-out").fields, "command_key": "again", "reason": "twice"}
    assert browser.send(f"{address}/device", fields).status_code == 409
    own = ResetSecondFactor(account_id=world.office.ada.account_id, reason="r")
    with pytest.raises(OwnDevice):
        world.office.does(world.office.ada, reset_second_factor, own)


def test_a_session_is_ended_and_a_token_stopped(world: World) -> None:
    """Somebody else's, at once."""
    theirs = world.signed_in("pharmacist.0")
    ask = IssueToken(scopes=[Permission.VIEW_STOCK], expires_at=world.now + timedelta(days=9))
    world.office.does(world.office.account("pharmacist.0"), issue_token, ask)
    browser, address = _page(world, "pharmacist.0")
    browser.press(f"{address}/session")
    assert "The session has ended" in browser.text
    assert theirs.get("/worklist").url.path == "/sign-in"
    browser.press(f"{address}/token")
    assert "The token is stopped" in browser.text
    house, account_id = house_of(world), world.office.account("pharmacist.0").account_id
    assert all(row["ended_at"] for row in house.rows(SignedInSession, account_id=account_id))
    assert all(row["revoked_at"] for row in house.rows(ApiToken))


def test_a_study_administrator_gives_roles_of_that_study_only(world: World) -> None:
    """No sessions, no passwords, no roles everywhere."""
    world.office.hire("local", (Role.ADMINISTRATOR, {"study_id": world.study_id}))
    browser, address = _page(world, "coordinator.0", "local")
    assert "Temporary password" not in browser.text
    browser.press(f"{address}/grant", role="inspector", study=str(world.study_id), reason="Inspection")
    assert "The role is given" in browser.text
    key = {"command_key": "k", **browser.form("/sign-out").fields}
    assert browser.send(f"{address}/grant", {**key, "role": "inspector", "reason": "r"}).status_code == 403
    assert browser.send(f"{address}/lock", {**key, "command_key": "l", "reason": "r"}).status_code == 403
    assert browser.get("/people/new").status_code == 403


def test_an_unknown_person_or_button_reads_as_such(world: World) -> None:
    """404 and 400, never a fault."""
    browser, address = _page(world, "coordinator.0")
    fields = {**browser.form("/sign-out").fields, "command_key": "k"}
    assert browser.send(f"{address}/dance", fields).status_code == 400
    assert browser.get("/people/99999").status_code == 404
