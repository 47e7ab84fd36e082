"""The application identifiers and their rules, read from the table that lies beside this file."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_TABLE = "application_identifiers.txt"
_PART = re.compile(r"(?P<open>\[)?(?P<signs>[NXYZ])(?P<upto>\.\.)?(?P<length>\d+)\]?(?P<rules>(?:,\w+)*)")
_FLAGS = re.compile(r"[*?]+")

IDENTIFIER_DIGITS = range(2, 5)
"""How long an application identifier can be."""


@dataclass(frozen=True, slots=True)
class Component:
    """A piece of a value: its set of signs, its length, and the names of the rules it must keep."""

    signs: str
    length_min: int
    length_max: int
    optional: bool
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identifier:
    """An application identifier: how its value is made, and what may stand with it."""

    code: str
    title: str
    components: tuple[Component, ...]
    fixed_length: bool
    in_query: bool
    needs: tuple[tuple[tuple[str, ...], ...], ...]
    """Each must hold: one of its groups is there whole."""
    excludes: tuple[str, ...]
    qualifiers: tuple[tuple[str, ...], ...] | None
    """For a key of a Digital Link: the orders its qualifiers may have. None for what is no key."""

    @property
    def length_max(self) -> int:
        """The most characters the value can have."""
        return sum(each.length_max for each in self.components)

    @property
    def name(self) -> str:
        """How it is called in a sentence."""
        return f"({self.code}) {self.title}".strip()


@cache
def identifiers() -> Mapping[str, Identifier]:
    """Every application identifier by its digits."""
    text = (files("irt.gs1") / _TABLE).read_text(encoding="utf-8")
    return MappingProxyType({each.code: each for each in read_table(text)})


def identifier_at(text: str) -> Identifier | None:
    """The identifier the text begins with, if any. No identifier is the beginning of another one."""
    known = identifiers()
    return next((known[text[:digits]] for digits in IDENTIFIER_DIGITS if text[:digits] in known), None)


def read_table(text: str) -> Iterator[Identifier]:
    """The identifiers of a table in the notation of the GS1 syntax dictionary; ValueError for a bad line."""
    for line in text.splitlines():
        facts, _, title = line.partition("#")
        if facts.strip():
            yield from _entry(facts.split(), title.strip())


def _entry(words: list[str], title: str) -> Iterator[Identifier]:
    codes, rest = words[0], words[1:]
    flags = rest.pop(0) if rest and _FLAGS.fullmatch(rest[0]) else ""
    parts = [word for word in rest if _PART.fullmatch(word)]
    pairings = [word for word in rest if not _PART.fullmatch(word)]
    for code in _codes(codes):
        yield Identifier(
            code=code,
            title=title,
            components=tuple(_component(part) for part in parts),
            fixed_length="*" in flags,
            in_query="?" in flags,
            needs=tuple(_groups(word) for word in pairings if word.startswith("req=")),
            excludes=tuple(code for word in pairings if word.startswith("ex=") for code in word[3:].split(",")),
            qualifiers=_qualifiers([word for word in pairings if word.startswith("dlpkey")]),
        )


def _codes(written: str) -> Iterator[str]:
    first, _, last = written.partition("-")
    for number in range(int(first), int(last or first) + 1):
        yield str(number).zfill(len(first))


def _component(word: str) -> Component:
    found = _PART.fullmatch(word)
    if found is None:
        raise ValueError(f"{word} is not a part of a value")
    length = int(found["length"])
    return Component(
        signs=found["signs"],
        length_min=1 if found["upto"] else length,
        length_max=length,
        optional=bool(found["open"]),
        rules=tuple(found["rules"].split(",")[1:]),
    )


def _groups(word: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(group.split("+")) for group in word.removeprefix("req=").split(","))


def _qualifiers(words: list[str]) -> tuple[tuple[str, ...], ...] | None:
    if not words:
        return None
    _, _, orders = words[0].partition("=")
    return tuple(tuple(order.split(",")) for order in orders.split("|")) if orders else ((),)
