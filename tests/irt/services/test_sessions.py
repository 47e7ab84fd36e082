"""Sessions: found by token, ended by time, by leaving, or at once by an administrator."""

import pytest
from sqlalchemy import event

from irt.blinding.roles import Role
from irt.errors import NotAllowed
from irt.services.revoke_grant import RevokeGrant, revoke_grant
from irt.services.sessions import actor_of_session
from irt.services.sign_out import SignOut, sign_out
from irt.services.store import Store
from tests.cast import Office, token_of


def test_it_ends_after_fifteen_idle_minutes(office: Office) -> None:
    """A request in between starts the fifteen minutes again."""
    token = token_of(office.tries("ada"))
    for _ in range(3):
        office.wait(minutes=14)
        assert actor_of_session(office.store, token, office.now) is not None
    office.wait(minutes=15)
    assert actor_of_session(office.store, token, office.now) is None


def test_it_ends_after_twelve_hours_however_busy(office: Office) -> None:
    """Work does not make a session last for ever."""
    token = token_of(office.tries("ada"))
    for _ in range(71):
        office.wait(minutes=10)
        assert actor_of_session(office.store, token, office.now) is not None
    office.wait(minutes=10)
    assert actor_of_session(office.store, token, office.now) is None


def test_it_takes_two_selects_and_writes_once_a_minute(office: Office) -> None:
    """Every request pays for this, so it stays small."""
    token = token_of(office.tries("ada"))
    assert statements(office.store, lambda: actor_of_session(office.store, token, office.now)) == ["SELECT"] * 2
    office.wait(minutes=1)
    heard = statements(office.store, lambda: actor_of_session(office.store, token, office.now))
    assert heard == ["SELECT", "SELECT", "UPDATE"]
    assert statements(office.store, lambda: actor_of_session(office.store, token, office.now)) == ["SELECT"] * 2


def statements(store: Store, act: object) -> list[str]:
    """The first word of every statement sent, transactions aside."""
    heard: list[str] = []

    def listen(_c: object, _k: object, statement: str, *_rest: object) -> None:
        heard.append(statement.split(maxsplit=1)[0])

    event.listen(store.engine, "before_cursor_execute", listen)
    try:
        act()  # type: ignore[operator]  # the tests pass a lambda
    finally:
        event.remove(store.engine, "before_cursor_execute", listen)
    return [word for word in heard if word != "BEGIN"]


@pytest.mark.parametrize("token", ["", "wrong", "irt_1_2"])
def test_an_unknown_token_leads_to_nobody(office: Office, token: str) -> None:
    """Whatever is sent in the cookie."""
    assert actor_of_session(office.store, token, office.now) is None


def test_leaving_ends_ones_own_session(office: Office) -> None:
    """The token is worth nothing afterwards."""
    token = token_of(office.tries("ada"))
    actor = actor_of_session(office.store, token, office.now)
    assert actor is not None
    office.does(actor, sign_out, SignOut())
    assert actor_of_session(office.store, token, office.now) is None


def test_only_an_administrator_ends_another_persons_session(office: Office) -> None:
    """Immediate revocation (P11-25)."""
    office.hire("bo")
    office.hire("cleo")
    token = token_of(office.tries("bo"))
    bo = actor_of_session(office.store, token, office.now)
    assert bo is not None
    with pytest.raises(NotAllowed):
        office.does(office.account("cleo"), sign_out, SignOut(session_id=bo.session_id))
    office.does(office.ada, sign_out, SignOut(session_id=bo.session_id))
    assert actor_of_session(office.store, token, office.now) is None


def test_a_revoked_role_is_gone_at_the_next_request(office: Office) -> None:
    """Grants are read at each request, not kept in the session."""
    office.hire("bo", (Role.CONFIGURATOR, {}))
    token = token_of(office.tries("bo"))
    bo = actor_of_session(office.store, token, office.now)
    assert bo is not None
    assert [grant.role for grant in bo.grants] == [Role.CONFIGURATOR]
    with office.store.reading() as connection:
        grant_id = connection.exec_driver_sql("SELECT max(id) FROM role_grant").scalar_one()
    office.does(office.ada, revoke_grant, RevokeGrant(grant_id=grant_id, reason="moved"))
    bo = actor_of_session(office.store, token, office.now)
    assert bo is not None
    assert bo.grants == ()
