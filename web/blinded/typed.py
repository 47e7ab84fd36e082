"""What people type, as values: days, weights, reasons, whole numbers; a refusal where it cannot be read."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from pydantic import SecretStr

from irt.errors import BadInput
from irt.services.sign_record import Signing
from irt.services.witness import Witnessing

REASON_LENGTH_MAX = 500


def day_in(typed: str, today: date) -> date:
    """A day as a date field sends it; today where nothing was typed."""
    if not typed:
        return today
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise BadInput(f"'{typed}' is not a day. Nothing was booked. Choose it from the calendar.") from None


def weight_in(typed: str) -> Decimal | None:
    """A weight in kg as typed, with a point or a comma; none where nothing was typed."""
    if not typed.strip():
        return None
    try:
        weight = Decimal(typed.strip().replace(",", "."))
    except InvalidOperation:
        weight = Decimal("NaN")
    if not weight.is_finite() or weight <= 0:
        raise BadInput(f"'{typed}' is not a weight. Nothing was booked. Enter kilograms, as 71.5.")
    return weight


def reason_in(typed: Mapping[str, str]) -> str:
    """The reason, which every step of this kind needs."""
    reason = typed.get("reason", "").strip()
    if not reason:
        raise BadInput("The reason is missing. Nothing was booked. Say why.")
    if len(reason) > REASON_LENGTH_MAX:
        raise BadInput(f"The reason is longer than {REASON_LENGTH_MAX} characters. Nothing was booked. Shorten it.")
    return reason


def whole_in(typed: str, what: str) -> int:
    """A whole number from 0; `what` names it where it cannot be read."""
    written = typed.strip()
    if not written.isascii() or not written.isdecimal() or len(written) > 6:
        raise BadInput(f"'{written}' is not a whole number for {what}. Nothing was booked. Enter digits only.")
    return int(written)


def hash_in(data: Mapping[str, str], name: str) -> str:
    """A SHA-256 as typed, in small letters."""
    typed = data.get(name, "").strip().lower()
    if len(typed) != 64 or set(typed) - set("0123456789abcdef"):
        raise BadInput("The SHA-256 has 64 characters, 0 to 9 and a to f. Nothing was booked. Copy it whole.")
    return typed


def signing_in(data: Mapping[str, str]) -> Signing:
    """What was typed to sign."""
    code = data.get("code", "").strip()
    passkey = data.get("passkey", "")
    return Signing(
        password=SecretStr(data.get("password", "")),
        code=SecretStr(code) if code else None,
        passkey=SecretStr(passkey) if passkey else None,
    )


def witness_in(data: Mapping[str, str]) -> Witnessing | None:
    """What a witness typed to sign beside; none where nobody did."""
    username, code = data.get("witness", "").strip(), data.get("witness_code", "").strip()
    if not username:
        return None
    password = SecretStr(data.get("witness_password", ""))
    return Witnessing(username=username, password=password, code=SecretStr(code) if code else None)
