"""A person's device that shows six-digit codes."""

from datetime import datetime

import pyotp
from pydantic import SecretStr

from irt.services.enrol_second_factor import (
    ConfirmSecondFactor,
    EnrolSecondFactor,
    confirm_second_factor,
    enrol_second_factor,
)
from tests.cast import PASSWORD, Office


def enrolled(office: Office, username: str) -> str:
    """Sets up a device and gives its secret; the clock moves on, so that the next code is a new one."""
    person = office.account(username)
    offered = office.does(person, enrol_second_factor, EnrolSecondFactor(password=SecretStr(PASSWORD)))
    secret: str = offered.secret.get_secret_value()
    office.does(person, confirm_second_factor, ConfirmSecondFactor(code=SecretStr(code_of(secret, office.now))))
    office.wait(seconds=30)
    return secret


def code_of(secret: str, at: datetime) -> str:
    """What the device shows."""
    return pyotp.TOTP(secret).at(at)
