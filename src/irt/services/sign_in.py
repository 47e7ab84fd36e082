"""Signing in: user name and password, then the six-digit code where the person has one."""

from enum import StrEnum

from pydantic import SecretStr
from sqlalchemy import RowMapping, bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.sign_in_rules import half_open_is_over
from irt.errors import Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.credentials import (
    Purpose,
    account_named,
    attempt_name,
    has_second_factor,
    lock_account,
    note_attempt,
    standing_of,
)
from irt.services.passkey_proof import SIGN_IN, new_challenge, passkey_fits, question_for
from irt.services.passwords import password_matches
from irt.services.second_factor import take_code
from irt.services.sessions import hash_of, start_session
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.people import SignedInSession


class SignIn(SQLModel):
    """What is typed on the sign-in page."""

    username: str
    password: SecretStr = Field(exclude=True)
    code: SecretStr | None = Field(default=None, exclude=True)
    client: str = ""


class ConfirmCode(SQLModel):
    """The six-digit code of a session that waits for it."""

    token: SecretStr = Field(exclude=True)
    code: SecretStr = Field(exclude=True)
    client: str = ""


class AskPasskey(SQLModel):
    """The session that waits for a second factor."""

    token: SecretStr = Field(exclude=True)


class PasskeyQuestion(SQLModel):
    """What the browser asks the device, as JSON."""

    options: str


class ConfirmPasskey(SQLModel):
    """The device's answer for a session that waits for it."""

    token: SecretStr = Field(exclude=True)
    answer: SecretStr = Field(exclude=True)
    client: str = ""


class NoPasskey(Refusal):
    """There is nothing to ask a passkey."""


class SignInOutcome(StrEnum):
    """How an attempt ended."""

    SIGNED_IN = "signed_in"
    CODE_NEEDED = "code_needed"
    REFUSED = "refused"


class SignInAnswer(SQLModel):
    """How an attempt ended; `token` is told once, to the one who asked, and is in no record."""

    outcome: SignInOutcome
    sentence: str
    account_id: int | None = None
    password_temporary: bool = False
    passkey: bool = False
    device: bool = Field(default=False, description="whether six-digit codes are possible")
    token: SecretStr | None = Field(default=None, exclude=True)


def sign_in(work: Work, ask: SignIn) -> SignInAnswer:
    """Checks a name and password. A failure is an answer, not an exception, so that it is kept and counted."""
    account = account_named(work, ask.username)
    name = attempt_name(account, ask.username)
    # The password is checked in every case, so that the time taken tells nothing.
    matches = password_matches(_usable_hash(account), ask.password)
    paused = standing_of(work, name).paused_until is not None
    if account is None or paused or not matches:
        return _refuse(work, name, ask.client)
    if ask.code is None or not has_second_factor(account):
        return admit(work, account, ask.client)
    if not _code_fits(work, account, ask.code):
        return _refuse(work, name, ask.client)
    return _begin(work, account, ask.client, with_code=True)


def admit(work: Work, account: RowMapping, client: str) -> SignInAnswer:
    """Begins a session of somebody whose first factor held; half open where they have a second one."""
    if has_second_factor(account):
        return _ask_for_code(work, account, client)
    return _begin(work, account, client, with_code=False)


_SESSIONS = table_of(SignedInSession)
_HALF_OPEN = select(_SESSIONS).where(
    _SESSIONS.c.token_hash == bindparam("token_hash"),
    _SESSIONS.c.ended_at.is_(None),
    _SESSIONS.c.second_factor_at.is_(None),
)


def confirm_code(work: Work, ask: ConfirmCode) -> SignInAnswer:
    """Completes a session with its six-digit code; failures count as those of the password do."""
    session = _half_open(work, hash_of(ask.token.get_secret_value()))
    if session is None:
        _audit(work, "sign_in_failed", "half-open session", None)
        return SignInAnswer(outcome=SignInOutcome.REFUSED, sentence="This took too long. Sign in again.")
    account = lock_account(work, session["account_id"])
    name = str(account["username"])
    if _is_stopped(work, account) or not _code_fits(work, account, ask.code):
        return _refuse(work, name, ask.client)
    return _complete(work, session, account, ask.client, ask.token)


def ask_passkey(work: Work, ask: AskPasskey) -> PasskeyQuestion:
    """The question for the passkey of a session that waits; NoPasskey where the person has none."""
    hashed = hash_of(ask.token.get_secret_value())
    session = _half_open(work, hashed)
    if session is None:
        raise NoPasskey("This took too long. Sign in again.")
    account = lock_account(work, session["account_id"])
    if account["passkeys_since"] is None:
        raise NoPasskey("You have no passkey here. Enter the six-digit code.")
    challenge = new_challenge(work, account["id"], SIGN_IN, hashed)
    _audit(work, "passkey_wanted", account["username"], None)
    return PasskeyQuestion(options=question_for(work, account["id"], challenge))


def confirm_passkey(work: Work, ask: ConfirmPasskey) -> SignInAnswer:
    """Completes a session with the answer of a passkey; failures count as those of the password do."""
    hashed = hash_of(ask.token.get_secret_value())
    session = _half_open(work, hashed)
    if session is None:
        _audit(work, "sign_in_failed", "half-open session", None)
        return SignInAnswer(outcome=SignInOutcome.REFUSED, sentence="This took too long. Sign in again.")
    account = lock_account(work, session["account_id"])
    name = str(account["username"])
    fits = passkey_fits(work, account["id"], SIGN_IN, hashed, ask.answer.get_secret_value())
    if _is_stopped(work, account) or not fits:
        return _refuse(work, name, ask.client)
    return _complete(work, session, account, ask.client, ask.token)


def _half_open(work: Work, token_hash: str) -> RowMapping | None:
    """The session that waits for its second step; None where it took too long."""
    session = work.row(_HALF_OPEN, token_hash=token_hash)
    return None if session is None or half_open_is_over(session["started_at"], work.at) else session


def _is_stopped(work: Work, account: RowMapping) -> bool:
    """Whether an account is closed, or pauses after failures."""
    paused = standing_of(work, str(account["username"])).paused_until is not None
    return paused or account["disabled_at"] is not None


def _code_fits(work: Work, account: RowMapping, code: SecretStr) -> bool:
    """A code counts where a device for codes is in force: one that is only offered opens nothing."""
    return account["second_factor_confirmed_at"] is not None and take_code(work, account, code)


def _complete(work: Work, session: RowMapping, account: RowMapping, client: str, token: SecretStr) -> SignInAnswer:
    work.run(
        update(_SESSIONS)
        .where(_SESSIONS.c.id == session["id"])
        .values(second_factor_at=work.at, last_seen_at=work.at)
    )
    return _signed_in(work, account, client, token)


def _usable_hash(account: RowMapping | None) -> str | None:
    return None if account is None or account["disabled_at"] is not None else str(account["password_hash"])


def _refuse(work: Work, name: str, client: str) -> SignInAnswer:
    note_attempt(work, name, False, Purpose.SIGN_IN, client)
    stands = standing_of(work, name)
    _audit(work, "sign_in_failed", name, {"paused": stands.paused_until is not None})
    return SignInAnswer(outcome=SignInOutcome.REFUSED, sentence=stands.sentence)


def _ask_for_code(work: Work, account: RowMapping, client: str) -> SignInAnswer:
    note_attempt(work, account["username"], True, Purpose.FIRST_STEP, client)
    _audit(work, "code_asked", account["username"], None)
    token = start_session(work, account["id"], client, None)
    return SignInAnswer(
        outcome=SignInOutcome.CODE_NEEDED,
        sentence="Enter the six-digit code from your device, or use your passkey.",
        passkey=account["passkeys_since"] is not None,
        device=account["second_factor_confirmed_at"] is not None,
        account_id=account["id"],
        token=token,
    )


def _begin(work: Work, account: RowMapping, client: str, with_code: bool) -> SignInAnswer:
    token = start_session(work, account["id"], client, work.at if with_code else None)
    return _signed_in(work, account, client, token)


def _signed_in(work: Work, account: RowMapping, client: str, token: SecretStr) -> SignInAnswer:
    note_attempt(work, account["username"], True, Purpose.SIGN_IN, client)
    _audit(work, "signed_in", account["username"], None)
    return SignInAnswer(
        outcome=SignInOutcome.SIGNED_IN,
        sentence=f"Signed in as {account['printed_name']}.",
        account_id=account["id"],
        password_temporary=account["password_temporary"],
        token=token,
    )


def _audit(work: Work, act: str, username: str, new: dict[str, bool] | None) -> None:
    work.audit(AuditDraft(act=act, record_kind="account", record=username, new=new))
