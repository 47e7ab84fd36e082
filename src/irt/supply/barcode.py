"""What a scanner reads on a page: a plain kit number, or GS1 data whose serial number (AI 21) is the kit number."""

import re
from typing import NamedTuple

from irt.errors import Refusal
from irt.gs1.check_characters import CSET_82
from irt.gs1.kit_code import ITEM, LOT, PROTOCOL, SERIAL, plain_number, swallowed_field
from irt.gs1.refusals import LostSeparator
from irt.gs1.scan import fields_of

_KIT_NUMBER = re.compile(r"[0-9]{4,12}")
_RUN_TOGETHER = "The scanner ran two data fields into one"
_SET_UP = "Type the kit number, and have the scanner set to send the group separator (ASCII 29)."
_PUT_ASIDE = "Put it aside and call the study's help line."


class Misread(NamedTuple):
    """Why a scan cannot be taken although it is a code: words for the page."""

    title: str
    sentence: str


def kit_number_in(read: str) -> str | None:
    """The kit number in what was scanned or typed; None where there is none. Spaces are ignored."""
    plain = plain_number(read)
    if plain is not None:
        return plain
    serial = _values(read).get(SERIAL, "")
    return serial if _KIT_NUMBER.fullmatch(serial) else None


def protocol_in(read: str) -> str | None:
    """The protocol number (AI 7240) in a scan, if it carries one."""
    return None if plain_number(read) else _values(read).get(PROTOCOL)


def misread(read: str, protocol: str | None = None) -> Misread | None:
    """Why the scan cannot be a kit's: its scanner is set up wrongly, or the kit is of another study.

    `protocol` is the study's protocol number, where the scan carries one to compare.
    """
    if plain_number(read):
        return None
    try:
        values = _fields(read)
    except LostSeparator:
        return Misread(_RUN_TOGETHER, _SET_UP)
    except Refusal:
        return None
    # What carries no item number is no kit's GS1 code: a subject's number may begin like a data field.
    return _fault(values, protocol) if ITEM in values else None


def _fault(values: dict[str, str], protocol: str | None) -> Misread | None:
    carried = "".join(values.get(code, "") for code in (LOT, SERIAL, PROTOCOL))
    foreign = next((sign for sign in carried if sign not in CSET_82), None)
    if foreign:
        return Misread(f"The scanner sends {foreign} where the group separator belongs", _SET_UP)
    if swallowed_field(values, protocol):
        return Misread(_RUN_TOGETHER, _SET_UP)
    if protocol is not None and values.get(PROTOCOL, protocol) != protocol:
        return Misread(f"This kit is of study {values[PROTOCOL]}, not of {protocol}", _PUT_ASIDE)
    return None


def _values(read: str) -> dict[str, str]:
    """The values by identifier; none where the text is no code. A page needs the number, not perfect data."""
    try:
        return _fields(read)
    except Refusal:
        return {}


def _fields(read: str) -> dict[str, str]:
    return {field.code: field.value for field in fields_of(read)}
