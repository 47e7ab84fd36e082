"""Setting up the device that shows six-digit codes: a secret is offered, then proved by a first code."""

from pydantic import SecretStr
from sqlalchemy import RowMapping, update
from sqlmodel import Field, SQLModel

from irt.errors import Refusal
from irt.services.accounts import WrongPassword
from irt.services.audit_draft import AuditDraft
from irt.services.credentials import lock_account, standing_of
from irt.services.passwords import password_matches
from irt.services.second_factor import device_address, new_secret, take_code
from irt.services.sign_out import end_sessions
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.people import Account


class EnrolSecondFactor(SQLModel):
    """A wish for a (new) device; whoever has one in force gives its code too."""

    password: SecretStr = Field(exclude=True)
    code: SecretStr | None = Field(default=None, exclude=True)


class SecondFactorOffered(SQLModel):
    """The secret for the device, told once, and in no record but sealed."""

    secret: SecretStr | None = Field(default=None, exclude=True)
    address: SecretStr | None = Field(default=None, exclude=True, description="for the square code")


class ConfirmSecondFactor(SQLModel):
    """The first code the device shows."""

    code: SecretStr = Field(exclude=True)


class SecondFactorConfirmed(SQLModel):
    """Codes are asked for from now on."""

    account_id: int


class WrongCode(Refusal):
    """The code does not belong to the secret."""

    status_code = 403


_ACCOUNTS = table_of(Account)


def enrol_second_factor(work: Work, ask: EnrolSecondFactor) -> SecondFactorOffered:
    """Offers a new secret; it is in force once its first code is confirmed."""
    account = lock_account(work, work.actor.account_id)
    username = str(account["username"])
    if not _knows_what_is_in_force(work, account, ask):
        raise WrongPassword(username, "These details do not match. Nothing was changed. Try again.")
    secret = new_secret()
    _set(work, second_factor_sealed=work.store.seal.close(secret.encode()), second_factor_confirmed_at=None)
    _audit(work, "second_factor_offered", username)
    return SecondFactorOffered(secret=SecretStr(secret), address=SecretStr(device_address(secret, username)))


def confirm_second_factor(work: Work, ask: ConfirmSecondFactor) -> SecondFactorConfirmed:
    """Puts the offered secret in force; sessions begun without it end."""
    account = lock_account(work, work.actor.account_id)
    if account["second_factor_sealed"] is None or not take_code(work, account, ask.code):
        raise WrongCode("This code does not match. Nothing was changed. Check the device's clock and try again.")
    _set(work, second_factor_confirmed_at=work.at)
    end_sessions(work, account["id"])
    _audit(work, "second_factor_confirmed", account["username"])
    return SecondFactorConfirmed(account_id=account["id"])


def _knows_what_is_in_force(work: Work, account: RowMapping, ask: EnrolSecondFactor) -> bool:
    if standing_of(work, account["username"]).paused_until is not None:
        return False
    if not password_matches(account["password_hash"], ask.password):
        return False
    if account["second_factor_confirmed_at"] is None:
        return True
    return ask.code is not None and take_code(work, account, ask.code)


def _set(work: Work, **columns: object) -> None:
    work.run(update(_ACCOUNTS).where(_ACCOUNTS.c.id == work.actor.account_id).values(**columns))


def _audit(work: Work, act: str, username: str) -> None:
    work.audit(AuditDraft(act=act, record_kind="account", record=username))
