"""Checking who someone is: accounts as they are looked up, and the record of every attempt."""

import hashlib
from enum import StrEnum

from sqlalchemy import RowMapping, bindparam, select

from irt.blinding.sign_in_rules import PAUSE, Standing, standing
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.people import Account, SignInAttempt

_ACCOUNTS, _ATTEMPTS = table_of(Account), table_of(SignInAttempt)

_BY_NAME = select(_ACCOUNTS).where(_ACCOUNTS.c.username == bindparam("username")).with_for_update(key_share=True)
_BY_ID = select(_ACCOUNTS).where(_ACCOUNTS.c.id == bindparam("account_id"))
_LOCKED = _BY_ID.with_for_update(key_share=True)


class Purpose(StrEnum):
    """What the details were given for."""

    SIGN_IN = "sign_in"
    FIRST_STEP = "first_step"
    SIGNATURE = "signature"
    OWN_ACCOUNT = "own_account"


_COUNTED = (
    select(_ATTEMPTS.c.at, _ATTEMPTS.c.succeeded)
    # A right password alone must not forget wrong codes: guessing those would never be paused.
    .where(
        _ATTEMPTS.c.username == bindparam("username"),
        _ATTEMPTS.c.at > bindparam("since"),
        _ATTEMPTS.c.purpose != Purpose.FIRST_STEP,
    )
    .order_by(_ATTEMPTS.c.at, _ATTEMPTS.c.id)
)


def plain_username(typed: str) -> str:
    """The user name as it is stored: no case, no blanks around it."""
    return typed.strip().casefold()


def account_named(work: Work, username: str) -> RowMapping | None:
    """Locks the account of that name, if there is one, so that guesses at it wait for each other."""
    return work.row(_BY_NAME, username=plain_username(username))


def account_by_id(work: Work, account_id: int) -> RowMapping:
    """The account of that id."""
    return work.one("account", _BY_ID, account_id=account_id)


def lock_account(work: Work, account_id: int) -> RowMapping:
    """Locks an account whose rights or secrets change."""
    return work.one("account", _LOCKED, account_id=account_id)


def has_second_factor(account: RowMapping) -> bool:
    """Whether signing in asks this person for more than the password: a six-digit code, or a passkey."""
    return account["second_factor_confirmed_at"] is not None or account["passkeys_since"] is not None


def attempt_name(account: RowMapping | None, typed: str) -> str:
    """The name an attempt is recorded under.

    An unknown name may be a password typed into the wrong field, so only the start of its hash is kept.
    """
    if account is not None:
        return str(account["username"])
    return "unknown:" + hashlib.sha256(plain_username(typed).encode()).hexdigest()[:16]


def standing_of(work: Work, username: str) -> Standing:
    """Tries left and pause of a recorded user name at this moment."""
    rows = work.rows(_COUNTED, username=username, since=work.at - 2 * PAUSE)
    return standing(((row["at"], row["succeeded"]) for row in rows), work.at)


def note_attempt(work: Work, username: str, succeeded: bool, purpose: Purpose, client: str) -> None:
    """Records one attempt (P11-26)."""
    work.append(
        SignInAttempt, username=username, succeeded=succeeded, purpose=purpose, at=work.at, client=client[:200]
    )
