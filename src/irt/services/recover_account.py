"""A locked account opened again, and a lost device taken away: both by an administrator, never for oneself."""

from sqlalchemy import update
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import NotAllowed, Refusal
from irt.services.accounts import AccountChanged
from irt.services.audit_draft import AuditDraft
from irt.services.credentials import lock_account
from irt.services.passkeys import forget_passkeys
from irt.services.sign_out import end_sessions
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.people import Account


class ReopenAccount(SQLModel):
    """A person who may get in again, with the roles that were not taken back meanwhile."""

    account_id: int
    reason: str = Field(min_length=1)


class ResetSecondFactor(SQLModel):
    """A person whose device for six-digit codes is lost or broken."""

    account_id: int
    reason: str = Field(min_length=1)


class NotLocked(Refusal):
    """The account is open."""


class NoDevice(Refusal):
    """There is no device to take away."""


class OwnDevice(NotAllowed):
    """One's own device is changed with its code, on the own account's page."""


_ACCOUNTS = table_of(Account)


def reopen_account(work: Work, ask: ReopenAccount) -> AccountChanged:
    """Lets a person in again whose account was locked."""
    work.actor.require(Permission.MANAGE_ACCOUNTS, None)
    account = lock_account(work, ask.account_id)
    if account["disabled_at"] is None:
        raise NotLocked("This account is not locked. Nothing was changed.")
    work.run(update(_ACCOUNTS).where(_ACCOUNTS.c.id == ask.account_id).values(disabled_at=None))
    return _changed(work, ask.account_id, "account_reopened", account["username"], ask.reason)


def reset_second_factor(work: Work, ask: ResetSecondFactor) -> AccountChanged:
    """Takes the device away and ends the person's sessions; they set up another one after signing in."""
    work.actor.require(Permission.MANAGE_ACCOUNTS, None)
    if ask.account_id == work.actor.account_id:
        raise OwnDevice("Nobody takes away their own device. Nothing was changed. Ask another administrator.")
    account = lock_account(work, ask.account_id)
    had_passkeys = forget_passkeys(work, ask.account_id)
    if account["second_factor_sealed"] is None and not had_passkeys:
        raise NoDevice("This person has no device. Nothing was changed.")
    gone = {"second_factor_sealed": None, "second_factor_confirmed_at": None, "second_factor_step": None}
    work.run(update(_ACCOUNTS).where(_ACCOUNTS.c.id == ask.account_id).values(gone))
    end_sessions(work, ask.account_id)
    return _changed(work, ask.account_id, "second_factor_reset", account["username"], ask.reason)


def _changed(work: Work, account_id: int, act: str, username: str, reason: str) -> AccountChanged:
    work.audit(AuditDraft(act=act, record_kind="account", record=username, reason=reason))
    return AccountChanged(account_id=account_id, username=username)
