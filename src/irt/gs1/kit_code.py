"""A code that should be on a kit: its serial number is the kit number, its protocol number the study's."""

import re
from collections.abc import Mapping, Sequence

from irt.gs1.refusals import LostSeparator, MissingCompanion, NotAKit, WrongStudy
from irt.gs1.scan import read_scan, split_symbology

SERIAL, LOT, PROTOCOL, ITEM = "21", "10", "7240", "01"
_PLAIN = re.compile(r"\d{4,12}")
# A serial number, or a protocol number, that ran into the end of the field in front of it.
_SWALLOWED_SERIAL = re.compile(r".+21([0-9A-Za-z-]{4,})")
_SWALLOWED_PROTOCOL = re.compile(r".+7240(?=.*[^0-9]).+")
_SWALLOWED_LOT = re.compile(r"\d{4,12}10(?=\d*[A-Z])[0-9A-Z./-]+")


def plain_number(text: str) -> str | None:
    """A bare kit number, blanks ignored: what a kit without GS1 keys carries, or what somebody typed."""
    _, body = split_symbology(text)
    compact = re.sub(r"\s", "", body)
    return compact if compact.isascii() and _PLAIN.fullmatch(compact) else None


def read_kit(text: str, protocol: str | None = None, substitutes: Sequence[str] = ()) -> dict[str, str]:
    """The values of a kit's code, its kit number under 21; a Refusal where no kit of the study can be meant."""
    plain = plain_number(text)
    if plain is not None:
        return {SERIAL: plain}
    values = read_scan(text, substitutes)
    judge_kit(values, protocol)
    return values


def judge_kit(values: Mapping[str, str], protocol: str | None) -> None:
    """Refuses what is sound GS1 data but not the code of a kit of that study."""
    swallowed = swallowed_field(values, protocol)
    if swallowed:
        raise LostSeparator(swallowed)
    if SERIAL not in values:
        raise NotAKit(
            "The code has no serial number (21), which is the kit number. Scan the square code on the kit."
        )
    if ITEM not in values:
        raise MissingCompanion("The code of a kit has its item number (01) in front of the serial number.")
    judge_study(values, protocol)


def judge_study(values: Mapping[str, str], protocol: str | None) -> None:
    """Refuses a protocol number that is not the study's; none at all is accepted."""
    read = values.get(PROTOCOL)
    if protocol is not None and read is not None and read != protocol:
        raise WrongStudy(
            f"This kit is of study {read}, not of {protocol}. Put it aside and call the study's help line."
        )


def swallowed_field(values: Mapping[str, str], protocol: str | None) -> str | None:
    """What to say where a field ends in what looks like the next one: the scanner dropped a separator."""
    lot, serial = values.get(LOT, ""), values.get(SERIAL, "")
    found = _SWALLOWED_SERIAL.fullmatch(lot)
    if not serial and found:
        return _hint(f"the lot {lot!r} ends in what looks like the serial number {found[1]}")
    for name, value in (("lot", lot), ("serial number", serial)):
        ends = protocol is not None and value.endswith(f"{PROTOCOL}{protocol}")
        if PROTOCOL not in values and (ends or _SWALLOWED_PROTOCOL.fullmatch(value)):
            return _hint(f"the {name} {value!r} ends in what looks like a protocol number (7240)")
    if not lot and _SWALLOWED_LOT.fullmatch(serial):
        return _hint(f"the serial number {serial!r} ends in what looks like a lot (10)")
    return None


def _hint(what: str) -> str:
    return (
        f"Two data fields ran into one: {what}. "
        "The scanner drops the group separator: set it to send GS (ASCII 29), or a substitute that you name."
    )
