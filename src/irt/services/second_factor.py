"""Six-digit codes from a person's device: each is taken once, and the clock may be 30 seconds off."""

import hmac
from datetime import datetime

import pyotp
from pydantic import SecretStr
from sqlalchemy import RowMapping, or_, update

from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.people import Account

STEP_SECONDS = 30
ISSUER = "IRT"

_ACCOUNTS = table_of(Account)


def new_secret() -> str:
    """A new shared secret, in base 32."""
    return pyotp.random_base32()


def device_address(secret: str, username: str) -> str:
    """The otpauth address that a device reads from a square code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def matching_step(secret: str, code: str, last_step: int | None, at: datetime) -> int | None:
    """The 30-second step whose code this is, among the one before, now and the next; None where there is none.

    A step taken before, or an earlier one, never matches again.
    """
    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // STEP_SECONDS
    digits = "".join(code.split())
    found = None
    for step in (now - 1, now, now + 1):
        same = hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode())
        if same and (last_step is None or step > last_step):
            found = step
    return found


def take_code(work: Work, account: RowMapping, code: SecretStr) -> bool:
    """Uses a code up; False where it is wrong or was used before, also by another request at this moment."""
    secret = work.store.seal.open(account["second_factor_sealed"]).decode()
    step = matching_step(secret, code.get_secret_value(), account["second_factor_step"], work.at)
    if step is None:
        return False
    taken = work.connection.execute(
        update(_ACCOUNTS)
        .where(
            _ACCOUNTS.c.id == account["id"],
            or_(_ACCOUNTS.c.second_factor_step.is_(None), _ACCOUNTS.c.second_factor_step < step),
        )
        .values(second_factor_step=step)
        .returning(_ACCOUNTS.c.id)
    )
    return taken.first() is not None
