"""Tokens of other systems: told once, scoped, expiring, stopped at once."""

from datetime import timedelta

import pytest

from irt.blinding.roles import Permission, Role
from irt.errors import BadInput, NotAllowed
from irt.services.accounts import DisableAccount, disable_account
from irt.services.issue_token import (
    IssueToken,
    RevokeToken,
    TokenIssued,
    actor_of_token,
    issue_token,
    revoke_token,
)
from irt.services.store import Store
from tests.cast import Office, token_of


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """One database is enough here: no locks, no types that differ."""
    return sqlite_store


def issued(office: Office, username: str, *scopes: Permission, days: int = 30) -> TokenIssued:
    """A token of that person."""
    ask = IssueToken(scopes=list(scopes), expires_at=office.now + timedelta(days=days))
    answer: TokenIssued = office.does(office.account(username), issue_token, ask, key=f"token of {username}")
    return answer


def test_a_token_acts_for_its_owner_within_its_scopes(office: Office) -> None:
    """What the owner may do and the scope does not name is refused; a scope alone gives no right."""
    office.hire("bo", (Role.SUPPLY_PLANNER, {}))
    token = token_of(issued(office, "bo", Permission.VIEW_SUPPLY, Permission.RANDOMIZE))
    assert token.startswith("irt_")
    actor = actor_of_token(office.store, token, office.now)
    assert actor is not None
    actor.require(Permission.VIEW_SUPPLY, 1)
    for refused in (Permission.RUN_RESUPPLY, Permission.RANDOMIZE):
        with pytest.raises(NotAllowed):
            actor.require(refused, 1)


def test_a_token_is_told_once(office: Office) -> None:
    """The same request again gives the same record without the token."""
    first = issued(office, "ada", Permission.VIEW_AUDIT)
    second = issued(office, "ada", Permission.VIEW_AUDIT)
    assert first.public_id == second.public_id
    assert second.token is None


def test_a_token_ends_at_its_time(office: Office) -> None:
    """To the second."""
    token = token_of(issued(office, "ada", Permission.VIEW_AUDIT, days=1))
    assert actor_of_token(office.store, token, office.now + timedelta(hours=23, minutes=59)) is not None
    assert actor_of_token(office.store, token, office.now + timedelta(days=1)) is None


def test_a_token_stops_with_its_owner_or_when_revoked(office: Office) -> None:
    """By the owner or an administrator, not by others."""
    bo = office.hire("bo")
    office.hire("cleo")
    mine, other = issued(office, "bo", Permission.VIEW_AUDIT), issued(office, "cleo", Permission.VIEW_AUDIT)
    with pytest.raises(NotAllowed):
        office.does(bo, revoke_token, RevokeToken(public_id=other.public_id))
    office.does(bo, revoke_token, RevokeToken(public_id=mine.public_id))
    assert actor_of_token(office.store, token_of(mine), office.now) is None
    cleo = office.account("cleo")
    office.does(office.ada, disable_account, DisableAccount(account_id=cleo.account_id, reason="left"))
    assert actor_of_token(office.store, token_of(other), office.now) is None


@pytest.mark.parametrize("shape", ["", "irt", "irt__", "irt_{id}", "irt_{id}_", "irt_{id}_00", "xyz_{id}_{secret}"])
def test_a_wrong_token_leads_to_nobody(office: Office, shape: str) -> None:
    """Whatever the shape."""
    _, public_id, secret = token_of(issued(office, "ada", Permission.VIEW_AUDIT)).split("_")
    assert actor_of_token(office.store, shape.format(id=public_id, secret=secret), office.now) is None


@pytest.mark.parametrize("days", [0, 367])
def test_a_token_lasts_at_most_a_year(office: Office, days: int) -> None:
    """And not less than nothing."""
    with pytest.raises(BadInput):
        issued(office, "ada", Permission.VIEW_AUDIT, days=days)


def test_a_token_makes_no_token(office: Office) -> None:
    """It would outlive its own end."""
    actor = actor_of_token(office.store, token_of(issued(office, "ada", Permission.VIEW_AUDIT)), office.now)
    assert actor is not None
    with pytest.raises(BadInput):
        office.does(
            actor,
            issue_token,
            IssueToken(scopes=[Permission.VIEW_AUDIT], expires_at=office.now + timedelta(days=9)),
        )
