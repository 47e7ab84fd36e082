"""What a kit's label says, in print and in its code. There is no place in it for what is inside the kit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from irt.errors import BadInput
from irt.gs1.associations import judge
from irt.gs1.check_characters import check_digit
from irt.gs1.elements import Element, bracketed, element

SERIAL_DIGITS = 17
"""Of a parcel's number (SSCC) without its check digit: extension digit, company prefix, serial number."""


class UnusableParcelNumber(BadInput):
    """The shipment's number does not fit a parcel number of GS1."""


@dataclass(frozen=True, slots=True)
class KitLabel:
    """A kit as its label names it. Lot and expiry are the blinded ones; settings say where they are shown."""

    number: str
    protocol: str
    gtin: str | None = None
    lot: str | None = None
    expiry: date | None = None
    protocol_in_code: bool = True
    lot_in_code: bool = False
    expiry_in_code: bool = False
    lot_printed: bool = True
    expiry_printed: bool = False


def code_of(label: KitLabel) -> str:
    """The text of the code: data fields in brackets, or the plain kit number where there is no item number."""
    fields = fields_of(label)
    return bracketed(fields) if fields else label.number


def fields_of(label: KitLabel) -> Sequence[Element]:
    """The data fields of the code, sound by every rule of GS1; none without an item number."""
    if label.gtin is None:
        return ()
    fields = [element("01", label.gtin)]
    if label.expiry_in_code and label.expiry:
        fields.append(element("17", f"{label.expiry:%y%m%d}"))
    if label.lot_in_code and label.lot:
        fields.append(element("10", label.lot))
    fields.append(element("21", label.number))
    if label.protocol_in_code:
        fields.append(element("7240", label.protocol))
    judge(fields)
    return tuple(fields)


def lines_of(label: KitLabel) -> tuple[str, ...]:
    """The words beside the code, the kit number first."""
    lines = [f"Kit {label.number}", f"Protocol {label.protocol}"]
    if label.lot_printed and label.lot:
        lines.append(f"Lot {label.lot}")
    if label.expiry_printed and label.expiry:
        lines.append(f"Use by {label.expiry:%Y-%m-%d}")
    return tuple(lines)


def parcel_number(company_prefix: str, shipment: str) -> str:
    """The SSCC of a shipment: extension digit 0, the prefix, the digits of its number, the check digit."""
    digits = "".join(sign for sign in shipment if sign.isascii() and sign.isdigit())
    room = SERIAL_DIGITS - 1 - len(company_prefix)
    if not digits or len(digits) > room:
        raise UnusableParcelNumber(
            f"Shipment {shipment} has no number of 1 to {room} digits for a parcel number. Nothing was printed."
        )
    body = f"0{company_prefix}{digits.zfill(room)}"
    return body + check_digit(body)


def parcel_code(sscc: str) -> str:
    """The text of a parcel's code."""
    fields = [element("00", sscc)]
    judge(fields)
    return bracketed(fields)
