"""Accounts: one per person, never reused. Nobody ever knows the password another person signs with."""

from pydantic import SecretStr
from sqlalchemy import bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.credentials import Purpose, lock_account, note_attempt, plain_username, standing_of
from irt.services.passwords import hash_password, password_matches, refuse_weak
from irt.services.refusals import RecordedRefusal
from irt.services.sign_out import end_sessions
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.people import Account


class CreateAccount(SQLModel):
    """A new person. The password is temporary: they choose their own before they can sign anything."""

    username: str = Field(min_length=1, max_length=100)
    printed_name: str = Field(min_length=1, max_length=200)
    email: str = ""
    password: SecretStr = Field(exclude=True)
    trained: bool = Field(default=False, description="whether the person's training is on file")


class RecordTraining(SQLModel):
    """A person's training is on file from now on (P11-09)."""

    account_id: int


class ResetPassword(SQLModel):
    """A temporary password for a person who lost theirs."""

    account_id: int
    password: SecretStr = Field(exclude=True)
    reason: str = Field(min_length=1)


class ChangePassword(SQLModel):
    """A person's own new password."""

    old: SecretStr = Field(exclude=True)
    new: SecretStr = Field(exclude=True)


class DisableAccount(SQLModel):
    """A person who must not get in any more."""

    account_id: int
    reason: str = Field(min_length=1)


class AccountChanged(SQLModel):
    """The account, after the change."""

    account_id: int
    username: str


class UsernameTaken(Refusal):
    """Names are never given twice, also after an account was disabled."""


class WrongPassword(RecordedRefusal):
    """The old password was not the person's; the try is recorded and counts."""

    status_code = 403

    def __init__(self, username: str, sentence: str) -> None:
        super().__init__(sentence)
        self.username = username

    def record(self, work: Work) -> None:
        """One failed attempt."""
        note_attempt(work, self.username, False, Purpose.OWN_ACCOUNT, "")
        _audit(work, "password_refused", self.username)


_ACCOUNTS = table_of(Account)
_TAKEN = select(_ACCOUNTS.c.id).where(_ACCOUNTS.c.username == bindparam("username"))


def create_account(work: Work, ask: CreateAccount) -> AccountChanged:
    """Makes an account; it can do nothing until roles are granted."""
    work.actor.require(Permission.MANAGE_ACCOUNTS, None)
    username = new_username(work, ask.username)
    refuse_weak(ask.password, username)
    account_id = work.record(
        Account,
        username=username,
        printed_name=ask.printed_name,
        email=ask.email,
        password_hash=hash_password(ask.password),
        password_temporary=True,
        trained_at=work.at if ask.trained else None,
        created_at=work.at,
    )
    _audit(work, "account_created", username, {"printed_name": ask.printed_name, "trained": ask.trained})
    return AccountChanged(account_id=account_id, username=username)


def new_username(work: Work, typed: str) -> str:
    """The user name as it will be stored; UsernameTaken where anybody ever had it."""
    username = plain_username(typed)
    if ":" in username or not username:
        raise BadInput("A user name has letters, digits, dots and dashes. Nothing was created.")
    if work.row(_TAKEN, username=username):
        raise UsernameTaken("This user name was given before and is never given again. Choose another one.")
    return username


def record_training(work: Work, ask: RecordTraining) -> AccountChanged:
    """Notes that a person is trained; roles are granted to trained people only."""
    work.actor.require(Permission.MANAGE_ACCOUNTS, None)
    return _change(work, ask.account_id, "training_recorded", None, trained_at=work.at)


def reset_password(work: Work, ask: ResetPassword) -> AccountChanged:
    """Gives a temporary password and ends the person's sessions."""
    work.actor.require(Permission.MANAGE_ACCOUNTS, None)
    refuse_weak(ask.password, str(lock_account(work, ask.account_id)["username"]))
    end_sessions(work, ask.account_id)
    return _change(
        work,
        ask.account_id,
        "password_reset",
        ask.reason,
        password_hash=hash_password(ask.password),
        password_temporary=True,
    )


def disable_account(work: Work, ask: DisableAccount) -> AccountChanged:
    """Shuts a person out at once: no session, no new sign-in (P11-25). The account stays for the record."""
    work.actor.require(Permission.MANAGE_ACCOUNTS, None)
    end_sessions(work, ask.account_id)
    return _change(work, ask.account_id, "account_disabled", ask.reason, disabled_at=work.at)


def change_password(work: Work, ask: ChangePassword) -> AccountChanged:
    """Sets one's own password; from here on it may be used to sign."""
    account = lock_account(work, work.actor.account_id)
    username = str(account["username"])
    stands = standing_of(work, username)
    if stands.paused_until is not None or not password_matches(account["password_hash"], ask.old):
        raise WrongPassword(username, "The old password does not match. Nothing was changed. Try again.")
    refuse_weak(ask.new, username)
    if ask.new.get_secret_value() == ask.old.get_secret_value():
        raise BadInput("The new password is the old one. Nothing was changed. Choose another one.")
    return _change(
        work,
        work.actor.account_id,
        "password_changed",
        None,
        password_hash=hash_password(ask.new),
        password_temporary=False,
    )


def _change(work: Work, account_id: int, act: str, reason: str | None, **columns: object) -> AccountChanged:
    account = lock_account(work, account_id)
    work.run(update(_ACCOUNTS).where(_ACCOUNTS.c.id == account_id).values(**columns))
    _audit(work, act, account["username"], reason=reason)
    return AccountChanged(account_id=account_id, username=account["username"])


def _audit(
    work: Work, act: str, username: str, new: dict[str, object] | None = None, reason: str | None = None
) -> None:
    work.audit(AuditDraft(act=act, record_kind="account", record=username, new=new, reason=reason))
