"""Signing out: a session ends at once, by its owner, by leaving, or by an administrator."""

from sqlalchemy import bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.people import Account, SignedInSession

_SESSIONS, _ACCOUNTS = table_of(SignedInSession), table_of(Account)
_SESSION = (
    select(_SESSIONS.c.id, _SESSIONS.c.account_id, _ACCOUNTS.c.username)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _SESSIONS.c.account_id)
    .where(_SESSIONS.c.id == bindparam("session_id"))
)
_ACCOUNT = select(_ACCOUNTS.c.username).where(_ACCOUNTS.c.id == bindparam("account_id"))


class SignOut(SQLModel):
    """The session to end: one's own (none named: the one asking), or, for an administrator, anybody's."""

    session_id: int | None = None


class SignOutEverywhere(SQLModel):
    """Every session of the person asking, on whatever device."""


class SignOutOthers(SQLModel):
    """Every session of the person asking but the present one."""


class EndSessions(SQLModel):
    """Every session of another person, at once, and why."""

    account_id: int
    reason: str = Field(min_length=1, max_length=500)


class SignedOut(SQLModel):
    """The session that is over."""

    session_id: int


def sign_out(work: Work, ask: SignOut) -> SignedOut:
    """Ends a session; ending one that is over already changes nothing."""
    session_id = ask.session_id or work.actor.session_id or 0
    session = work.one("session", _SESSION, session_id=session_id)
    if session["account_id"] != work.actor.account_id:
        work.actor.require(Permission.MANAGE_ACCOUNTS, None)
    work.run(
        update(_SESSIONS)
        .where(_SESSIONS.c.id == session_id, _SESSIONS.c.ended_at.is_(None))
        .values(ended_at=work.at)
    )
    work.audit(
        AuditDraft(act="signed_out", record_kind="account", record=session["username"], new={"session": session_id})
    )
    return SignedOut(session_id=session_id)


def sign_out_everywhere(work: Work, ask: SignOutEverywhere) -> SignedOut:
    """Ends all sessions of the person asking, the present one with them."""
    account = work.one("account", _ACCOUNT, account_id=work.actor.account_id)
    end_sessions(work, work.actor.account_id)
    work.audit(AuditDraft(act="signed_out_everywhere", record_kind="account", record=account["username"]))
    return SignedOut(session_id=work.actor.session_id or 0)


def sign_out_others(work: Work, ask: SignOutOthers) -> SignedOut:
    """Ends all sessions of the person asking but the one they ask in."""
    account = work.one("account", _ACCOUNT, account_id=work.actor.account_id)
    end_sessions(work, work.actor.account_id, but=work.actor.session_id)
    work.audit(AuditDraft(act="signed_out_others", record_kind="account", record=account["username"]))
    return SignedOut(session_id=work.actor.session_id or 0)


def end_sessions_of(work: Work, ask: EndSessions) -> SignedOut:
    """Ends all sessions of somebody else, by an administrator; the person may sign in again."""
    work.actor.require(Permission.MANAGE_ACCOUNTS, None)
    account = work.one("account", _ACCOUNT, account_id=ask.account_id)
    end_sessions(work, ask.account_id)
    work.audit(
        AuditDraft(
            act="signed_out_everywhere", record_kind="account", record=account["username"], reason=ask.reason
        )
    )
    return SignedOut(session_id=0)


def end_sessions(work: Work, account_id: int, but: int | None = None) -> None:
    """Ends every session of a person `but` one, as when their password or device changes hands."""
    work.run(
        update(_SESSIONS)
        .where(_SESSIONS.c.account_id == account_id, _SESSIONS.c.ended_at.is_(None), _SESSIONS.c.id != (but or 0))
        .values(ended_at=work.at)
    )
