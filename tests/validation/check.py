"""One check of the pack: what it shows, by which source, and how it is run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["known answer", "second route", "property", "outside program"]
Run = Callable[[], int]
"""Compares, raises AssertionError where something differs, and tells how many comparisons it made."""

CHECKS: list["Check"] = []


class NotAvailable(Exception):
    """An outside program that this machine does not have."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check; `subject` is the method or the part of the engine that it looks at."""

    name: str
    subject: str
    kind: Kind
    source: str
    sentence: str
    run: Run


def check(subject: str, kind: Kind, source: str) -> Callable[[Run], Run]:
    """Puts a function into the pack; its docstring is what the report says of it."""

    def put(run: Run) -> Run:
        listed(Check(run.__name__, subject, kind, source, " ".join((run.__doc__ or "").split()), run))
        return run

    return put


def listed(added: Check) -> None:
    """Puts a check into the pack; ValueError where its name is taken."""
    if any(other.name == added.name for other in CHECKS):
        raise ValueError(f"two checks are named {added.name}")
    CHECKS.append(added)
