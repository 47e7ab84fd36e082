"""Signing in by a provider of single sign-on: it opens an account that exists, and never makes one."""

from sqlalchemy import RowMapping, bindparam, func, select
from sqlmodel import SQLModel

from irt.blinding.invitations import plain_email
from irt.services.audit_draft import AuditDraft
from irt.services.credentials import Purpose, attempt_name, lock_account, note_attempt
from irt.services.sign_in import SignInAnswer, SignInOutcome, admit
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.identity import AccountIdentity
from irt.tables.people import Account

REFUSED = "Your sign-in there opens no account here. Sign in with your user name, or ask an administrator."
"""One sentence for whoever is unknown, has no verified address, or is locked."""


class SignInByProvider(SQLModel):
    """What the provider said, its signature examined; `email` is empty unless the provider verified it."""

    issuer: str
    subject: str
    email: str = ""
    client: str = ""


_KNOWN, _ACCOUNTS = table_of(AccountIdentity), table_of(Account)
_LINKED = select(_KNOWN.c.account_id).where(
    _KNOWN.c.issuer == bindparam("issuer"), _KNOWN.c.subject == bindparam("subject")
)
_BY_EMAIL = (
    select(_ACCOUNTS.c.id)
    .where(func.lower(_ACCOUNTS.c.email) == bindparam("email"))
    .order_by(_ACCOUNTS.c.id)
    .limit(2)
)


def sign_in_by_provider(work: Work, ask: SignInByProvider) -> SignInAnswer:
    """Begins a session, half open where the person has a second factor here: the provider replaces the password."""
    account = _account(work, ask)
    if account is None or account["disabled_at"] is not None:
        name = attempt_name(account, f"{ask.issuer} {ask.subject}")
        note_attempt(work, name, False, Purpose.SIGN_IN, ask.client)
        work.audit(AuditDraft(act="sign_in_failed", record_kind="account", record=name, new={"paused": False}))
        return SignInAnswer(outcome=SignInOutcome.REFUSED, sentence=REFUSED)
    new = {"issuer": ask.issuer}
    work.audit(AuditDraft(act="known_to_provider", record_kind="account", record=account["username"], new=new))
    return admit(work, account, ask.client)


def _account(work: Work, ask: SignInByProvider) -> RowMapping | None:
    """The account linked before; else the only one with the verified address, which is linked for ever."""
    linked = work.row(_LINKED, issuer=ask.issuer, subject=ask.subject)
    if linked is not None:
        return lock_account(work, linked["account_id"])
    found = work.rows(_BY_EMAIL, email=plain_email(ask.email)) if ask.email else ()
    if len(found) != 1:
        return None
    account = lock_account(work, found[0]["id"])
    if account["disabled_at"] is None:
        work.append(
            AccountIdentity,
            issuer=ask.issuer,
            subject=ask.subject,
            account_id=account["id"],
            linked_at=work.at,
        )
    return account
