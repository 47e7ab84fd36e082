"""What a scanner sends, in any of its forms, taken apart: a symbol's text, bracketed text, or an address."""

import re
from collections.abc import Sequence

from irt.gs1.associations import judge
from irt.gs1.digital_link import is_address, read_link
from irt.gs1.elements import GROUP_SEPARATOR, Element, element, read_bracketed, read_raw
from irt.gs1.refusals import NotGs1, NothingScanned

TYPED_SEPARATOR = "<GS>"
"""How the group separator may be written in text."""
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
# GS1-128, DataBar and composites, DataMatrix, QR and DotCode, each with the sign that marks GS1 data.
_GS1_SYMBOLS = frozenset({"]C1", "]e0", "]e1", "]e2", "]d2", "]d5", "]d8", "]Q3", "]Q4", "]J1", "]J4"})
_TRADE_ITEM_LENGTHS = {"]E0": 13, "]E4": 8, "]I1": 14}


def read_scan(text: str, substitutes: Sequence[str] = ()) -> dict[str, str]:
    """The values by application identifier, in their order; a Refusal where GS1 syntax or pairings are broken.

    `substitutes` are what the scanner sends for the group separator besides ASCII 29 and <GS>.
    """
    return judge(fields_of(text, substitutes))


def fields_of(text: str, substitutes: Sequence[str] = ()) -> list[Element]:
    """The fields as they stand there, their values and pairings not yet judged."""
    symbology, body = split_symbology(text)
    if not body.strip(GROUP_SEPARATOR):
        raise NothingScanned("The code is empty. Scan it again.")
    if is_address(body):
        return read_link(body)
    if symbology in _TRADE_ITEM_LENGTHS:
        return [_trade_item(symbology, body)]
    if symbology and symbology not in _GS1_SYMBOLS:
        raise NotGs1(f"A symbol of the kind {symbology} carries no GS1 data fields.")
    if body.startswith("("):
        return read_bracketed(body)
    return read_raw(_with_separators(body, substitutes))


def split_symbology(text: str) -> tuple[str, str]:
    """The kind of symbol as ]d2, or nothing, and the text behind it without line ends and blanks around it."""
    body = text.strip(" \t\r\n")
    found = _SYMBOLOGY.match(body)
    return (found[0], body[3:].lstrip(" ")) if found else ("", body)


def _with_separators(body: str, substitutes: Sequence[str]) -> str:
    for written in (TYPED_SEPARATOR, *substitutes):
        body = body.replace(written, GROUP_SEPARATOR)
    return body


def _trade_item(symbology: str, body: str) -> Element:
    if len(body) != _TRADE_ITEM_LENGTHS[symbology]:
        raise NotGs1(f"A symbol of the kind {symbology} holds {_TRADE_ITEM_LENGTHS[symbology]} digits.")
    return element("01", body.zfill(14))
