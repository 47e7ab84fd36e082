"""People as administrators see them."""

from datetime import timedelta

import pytest

from irt.blinding.roles import Permission, Role
from irt.reads.people import (
    PAGE_ROWS,
    accounts,
    grants_of,
    open_sessions,
    recent_attempts,
    tokens_of,
)
from irt.services import passwords
from irt.services.issue_token import IssueToken, issue_token
from irt.services.passwords import PasswordRule
from irt.services.revoke_grant import RevokeGrant, revoke_grant
from irt.services.store import Store
from irt.tables.people import Account
from tests.cast import Office
from tests.rows import put, put_study


@pytest.fixture
def office(store: Store, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An installation with its administrator, whose password hashes are cheap."""
    monkeypatch.setattr(passwords, "RULE", PasswordRule(time_cost=1, memory_kib=8))
    return Office.founded(store)


def test_accounts_are_listed_by_name(office: Office) -> None:
    """The installation's own among them."""
    office.hire("bo")
    with office.store.reading() as connection:
        found = accounts(connection)
    assert [(a.username, a.trained, a.second_factor) for a in found] == [
        ("ada", True, False),
        ("bo", True, False),
        ("system", False, False),
    ]


def test_a_page_holds_fifty_accounts(office: Office) -> None:
    """The next one begins after the last name."""
    for number in range(PAGE_ROWS + 5):
        put(
            office.store,
            Account,
            username=f"p{number:03}",
            printed_name="P",
            email="",
            password_hash="!",
            created_at=office.now,
        )
    with office.store.reading() as connection:
        first = accounts(connection)
        second = accounts(connection, first[-1].username)
    assert len(first) == PAGE_ROWS
    assert second[0].username > first[-1].username
    assert len(second) == 7


def test_grants_stay_in_a_persons_history(office: Office) -> None:
    """With the place, the giver and the reason; a revoked one is no longer in force."""
    ids = put_study(office.store, "A-1")
    bo = office.hire("bo", (Role.PHARMACIST, {"study_id": ids["study"], "site_id": ids["site"]}))
    with office.store.reading() as connection:
        (grant,) = grants_of(connection, bo.account_id)
    assert (grant.study, grant.site, grant.granted_by, grant.reason) == (
        "A-1 (production)",
        "101",
        "Ada Finn",
        "hired",
    )
    assert grant.in_force(office.now)
    assert not grant.in_force(office.now - timedelta(seconds=1))
    office.does(office.ada, revoke_grant, RevokeGrant(grant_id=grant.id, reason="left"))
    with office.store.reading() as connection:
        (grant,) = grants_of(connection, bo.account_id)
    assert not grant.in_force(office.now)


def test_open_sessions_leave_out_those_that_ended_by_themselves(office: Office) -> None:
    """Newest first."""
    office.tries("ada")
    office.wait(minutes=10)
    office.tries("ada")
    with office.store.reading() as connection:
        assert len(open_sessions(connection, office.ada.account_id, office.now)) == 2
        office.wait(minutes=6)
        (left,) = open_sessions(connection, office.ada.account_id, office.now)
    assert (left.client, left.second_factor) == ("a browser", False)


def test_attempts_are_listed_newest_first(office: Office) -> None:
    """Failed and successful ones."""
    office.tries("ada", "not the password")
    office.wait(seconds=1)
    office.tries("ada")
    with office.store.reading() as connection:
        found = recent_attempts(connection, office.now, timedelta(hours=1))
    assert [(a.username, a.succeeded) for a in found] == [("ada", True), ("ada", False)]


def test_tokens_are_listed_without_their_secret(office: Office) -> None:
    """Their public part, scopes and end."""
    ends = office.now + timedelta(days=3)
    made = office.does(office.ada, issue_token, IssueToken(scopes=[Permission.VIEW_AUDIT], expires_at=ends))
    with office.store.reading() as connection:
        (token,) = tokens_of(connection, office.ada.account_id)
    assert (token.public_id, token.scopes, token.expires_at) == (made.public_id, ("view_audit",), ends)
