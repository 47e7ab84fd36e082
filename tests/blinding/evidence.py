"""What is known of one world at its end: all that blinded people could get, and, apart, what the test knows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from httpx import Response
from sqlalchemy import inspect, text

from irt.services.store import Store

SECRET = "secret_"
ARCHIVE = b"PK\x03\x04"
"""How a ZIP archive begins, and a workbook too."""
UNSHOWN = {
    ("command", "asked_hash"): "no page tells it; it covers the definition and the kit list, which say the words",
    ("approval", "record_hash"): "salted in secret, and no page tells it; it covers the kit list",
}
"""Columns of public tables that differ between worlds whose treatments have other words, each with its reason."""
_TOOK = re.compile(r"\d+ ms$")


@dataclass(frozen=True)
class Answer:
    """An answer as it left: status, head and body."""

    status: int
    head: tuple[tuple[str, str], ...]
    body: bytes

    @classmethod
    def of(cls, response: Response) -> "Answer":
        """What a client received."""
        return cls(response.status_code, tuple(response.headers.multi_items()), response.content)

    @property
    def told(self) -> str:
        """The body as words; of an archive or a workbook the name and the words of every file in it."""
        return "\n".join(_words_of(self.body))

    @property
    def text(self) -> str:
        """All of it, to be searched."""
        return "\n".join([str(self.status), *map(": ".join, self.head), self.told])


@dataclass
class Evidence:
    """Everything of one world: answers by who asked what, rows of public tables, log lines."""

    answers: dict[str, Answer] = field(default_factory=dict)
    tables: dict[str, list[str]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    undivided: set[str] = field(default_factory=set)
    routes: list[str] = field(default_factory=list)
    arms: dict[str, str] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    assigned: dict[str, int] = field(default_factory=dict)
    mistaken: str = ""
    given: dict[str, list[str]] = field(default_factory=dict)
    batches: dict[str, tuple[int, str]] = field(default_factory=dict)

    def keep(self, label: str, response: Response) -> Response:
        """Remembers an answer under a label of its own."""
        if label in self.answers:
            label = f"{label} again {sum(each.startswith(label) for each in self.answers)}"
        self.answers[label] = Answer.of(response)
        return response

    def keep_log(self, lines: list[str]) -> None:
        """Remembers log lines without how long each answer took."""
        self.log = [_TOOK.sub("… ms", line) for line in lines]

    def keep_tables(self, store: Store) -> None:
        """Remembers every row of every public table, in the order in which it was stored."""
        with store.reading() as connection:
            names = inspect(connection).get_table_names()
            for name in sorted(names):
                if not name.startswith(SECRET):
                    rows = connection.execute(text(f"SELECT * FROM {name} ORDER BY rowid")).mappings()
                    self.tables[name] = [_told(name, dict(row)) for row in rows]

    def differences(self, other: "Evidence") -> list[str]:
        """What blinded people could tell the two worlds apart by; empty where there is nothing."""
        return [
            *_unlike("answer", self.answers, other.answers),
            *_unlike("table", self.tables, other.tables),
            *_unlike("log", dict(enumerate(self.log)), dict(enumerate(other.log))),
        ]


def _words_of(body: bytes) -> Iterator[str]:
    """Packed bytes say nothing: an archive is opened, and what is an archive in it too."""
    if not body.startswith(ARCHIVE):
        yield body.decode(errors="replace")
        return
    with ZipFile(BytesIO(body)) as pack:
        for name in pack.namelist():
            yield name
            yield from _words_of(pack.read(name))


def _told(table: str, row: dict[str, Any]) -> str:
    return str({name: value for name, value in row.items() if (table, name) not in UNSHOWN})


def _unlike(kind: str, ours: dict[Any, Any], theirs: dict[Any, Any]) -> list[str]:
    if list(ours) != list(theirs):
        only = set(ours) ^ set(theirs)
        return [f"{kind}: {sorted(map(str, only))[:20] or 'another order'}"]
    return [
        f"{kind} {name}: {_first_unlike(ours[name], theirs[name])}" for name in ours if ours[name] != theirs[name]
    ]


def _first_unlike(ours: Any, theirs: Any) -> str:
    one, two = (each.text if isinstance(each, Answer) else "\n".join(each) for each in (ours, theirs))
    at = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    start = max(0, at - 150)
    return f"{one[start : at + 150]!r} is {two[start : at + 150]!r}"
