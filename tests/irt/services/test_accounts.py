"""Accounts: one per person, and nobody knows the password another person signs with."""

import pytest
from pydantic import SecretStr

from irt.errors import BadInput, NotAllowed
from irt.services.accounts import (
    ChangePassword,
    CreateAccount,
    DisableAccount,
    ResetPassword,
    UsernameTaken,
    WrongPassword,
    change_password,
    create_account,
    disable_account,
    reset_password,
)
from irt.services.bootstrap import AlreadyBootstrapped, Bootstrap, bootstrap
from irt.services.passwords import WeakPassword
from irt.services.sessions import actor_of_session
from irt.services.sign_in import SignInOutcome
from irt.services.store import Store
from tests.cast import PASSWORD, TEMPORARY, Office, token_of


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """One database is enough here: no locks, no types that differ."""
    return sqlite_store


def asked(username: str, password: str = TEMPORARY) -> CreateAccount:
    """A wish for an account."""
    return CreateAccount(username=username, printed_name="Somebody", password=SecretStr(password), trained=True)


def test_an_installation_begins_once(office: Office) -> None:
    """A second first administrator is refused; the same request again gives the first answer."""
    again = Bootstrap(username="ada", printed_name="Ada Finn", password=SecretStr("whatever is typed"))
    assert bootstrap(office.store, office.now, again).account_id == office.ada.account_id
    with pytest.raises(AlreadyBootstrapped):
        bootstrap(
            office.store,
            office.now,
            Bootstrap(username="eve", printed_name="Eve", password=SecretStr(TEMPORARY)),
        )


def test_a_name_is_never_given_twice(office: Office) -> None:
    """Not in other letters, not after the account was closed."""
    person = office.does(office.ada, create_account, asked("Bo.Holm"))
    assert person.username == "bo.holm"
    office.does(office.ada, disable_account, DisableAccount(account_id=person.account_id, reason="left"))
    with pytest.raises(UsernameTaken):
        office.does(office.ada, create_account, asked("BO.HOLM"))


def test_only_an_administrator_makes_accounts(office: Office) -> None:
    """A person without the role is told so."""
    bo = office.hire("bo")
    with pytest.raises(NotAllowed):
        office.does(bo, create_account, asked("cleo"))


@pytest.mark.parametrize("password", ["short", "eleven char", "my name is Cleo indeed"])
def test_a_weak_password_is_refused(office: Office, password: str) -> None:
    """Shorter than twelve characters, or telling the user name."""
    with pytest.raises(WeakPassword):
        office.does(office.ada, create_account, asked("cleo", password))


@pytest.mark.parametrize("username", [" ", "unknown:1"])
def test_a_username_is_plain(office: Office, username: str) -> None:
    """A name may not look like the record of an unknown one."""
    with pytest.raises(BadInput):
        office.does(office.ada, create_account, asked(username))


def test_a_reset_ends_sessions_and_gives_a_temporary_password(office: Office) -> None:
    """The person is asked to choose an own one at the next sign-in."""
    bo = office.hire("bo")
    token = token_of(office.tries("bo"))
    ask = ResetPassword(account_id=bo.account_id, password=SecretStr("a brand new thing"), reason="lost")
    office.does(office.ada, reset_password, ask)
    assert actor_of_session(office.store, token, office.now) is None
    assert office.tries("bo").outcome == SignInOutcome.REFUSED
    answer = office.tries("bo", "a brand new thing")
    assert answer.password_temporary


def test_a_password_is_changed_by_whoever_knows_the_old_one(office: Office) -> None:
    """A wrong old one is refused, kept and counted."""
    bo = office.hire("bo")
    ask = ChangePassword(old=SecretStr("not this one"), new=SecretStr("a brand new thing"))
    for _ in range(5):
        with pytest.raises(WrongPassword):
            office.does(bo, change_password, ask)
    assert "paused" in office.tries("bo").sentence
    office.wait(minutes=15)
    ask = ChangePassword(old=SecretStr(PASSWORD), new=SecretStr("a brand new thing"))
    office.does(bo, change_password, ask)
    assert not office.tries("bo", "a brand new thing").password_temporary


def test_the_new_password_differs_from_the_old(office: Office) -> None:
    """Otherwise a temporary password could become an own one."""
    person = office.does(office.ada, create_account, asked("cleo"))
    cleo = office.account("cleo")
    assert cleo.account_id == person.account_id
    with pytest.raises(BadInput, match="is the old one"):
        office.does(cleo, change_password, ChangePassword(old=SecretStr(TEMPORARY), new=SecretStr(TEMPORARY)))
