"""The hash chain: each entry's hash covers its content and the hash before it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

GENESIS = "0" * 64
"""The hash before the first entry of a chain."""


def canonical(content: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no spaces: the one text that is hashed."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical text")


def link(content: Mapping[str, Any], previous_hash: str) -> str:
    """SHA-256 over the previous hash and the canonical content."""
    return hashlib.sha256(f"{previous_hash}\n{canonical(content)}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Fault:
    """The first entry at which a chain no longer holds."""

    sequence: int
    sentence: str


def first_fault(entries: Iterable[tuple[int, str, str, Mapping[str, Any]]], start: str = GENESIS) -> Fault | None:
    """Walks (sequence, previous_hash, hash, content) in order; None where every link holds."""
    expected, previous = 1, start
    for sequence, previous_hash, stored, content in entries:
        if sequence != expected:
            return Fault(expected, f"entry {expected} is missing; entry {sequence} follows {expected - 1}")
        if previous_hash != previous:
            return Fault(sequence, "it does not point to the entry before it")
        if link(content, previous_hash) != stored:
            return Fault(sequence, "its content does not match its hash")
        expected, previous = expected + 1, stored
    return None
