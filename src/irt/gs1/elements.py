"""Element strings: data fields as they stand in a symbol, or in brackets as they are printed beside it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from irt.gs1.dictionary import IDENTIFIER_DIGITS, Identifier, identifier_at, identifiers
from irt.gs1.refusals import NothingScanned, UnknownIdentifier, WrongValue
from irt.gs1.values import too_long

GROUP_SEPARATOR = "\x1d"
_HEADING = re.compile(r"\((\d+)\)")
_SHOWN_MAX = 24


class Element(NamedTuple):
    """One data field: its application identifier and its value."""

    identifier: Identifier
    value: str

    @property
    def code(self) -> str:
        """The digits of the application identifier."""
        return self.identifier.code


def read_raw(text: str) -> list[Element]:
    """The fields of a symbol's text, in their order; a separator after a fixed length is passed over."""
    rest = text.removeprefix(GROUP_SEPARATOR)
    if not rest:
        raise NothingScanned("The code is empty. Scan it again.")
    elements = []
    while rest:
        identifier = identifier_at(rest) or _unknown(rest)
        rest = rest[len(identifier.code) :]
        value = rest.split(GROUP_SEPARATOR, 1)[0]
        if identifier.fixed_length:
            value = value[: identifier.length_max]
        elements.append(_element(identifier, value))
        rest = rest[len(value) :].removeprefix(GROUP_SEPARATOR)
    return elements


def read_bracketed(text: str) -> list[Element]:
    """The fields of text like (01)09506000134352(21)123; a bracket within a value is written \\(."""
    elements = []
    for heading, value in _pieces(text):
        identifier = identifiers().get(heading) or _unknown(heading)
        elements.append(_element(identifier, value.strip()))
    return elements


def raw(elements: Sequence[Element]) -> str:
    """The text a symbol carries, with separators where they are needed."""
    text, pending = "", ""
    for element in elements:
        text += pending + element.code + element.value
        pending = "" if element.identifier.fixed_length else GROUP_SEPARATOR
    return text


def bracketed(elements: Sequence[Element]) -> str:
    """The text people read, as (01)09506000134352(21)123."""
    return "".join(f"({element.code}){element.value.replace('(', chr(92) + '(')}" for element in elements)


def element(code: str, value: str) -> Element:
    """A field of that identifier; UnknownIdentifier where GS1 has none."""
    return Element(identifiers().get(code) or _unknown(code), value)


def _pieces(text: str) -> list[tuple[str, str]]:
    parts = re.split(r"(?<!\\)\(", text)
    pieces = []
    for part in parts[1:]:
        found = _HEADING.match(f"({part}")
        if found is None:
            raise WrongValue(
                f"Brackets hold the number of a data field; ({part} does not. Write \\( within a value."
            )
        pieces.append((found[1], part[len(found[1]) + 1 :].replace("\\(", "(")))
    return pieces


def _element(identifier: Identifier, value: str) -> Element:
    if len(value) > identifier.length_max:
        raise too_long(identifier, value)
    return Element(identifier, value)


def _unknown(text: str) -> Identifier:
    shown = text.split(GROUP_SEPARATOR, maxsplit=1)[0]
    cut = shown if len(shown) <= _SHOWN_MAX else f"{shown[:_SHOWN_MAX]}…"
    digits = shown[: IDENTIFIER_DIGITS.stop - 1]
    start = digits if digits.isdecimal() and digits.isascii() else cut
    raise UnknownIdentifier(
        f"No GS1 data field begins with {start!r}, where {cut!r} stands. Is this a GS1 code, and is it whole?"
    )
