"""Stored words made fit for a message: one line that prints, not too long."""

import unicodedata

from irt.messages.fields import TEXT_MAX


def line_of_words(stored: str | None) -> str | None:
    """The words on one line, without signs that do not print; None where nothing is left."""
    kept = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in stored or "")
    return " ".join(kept.split())[:TEXT_MAX].strip() or None


def lines_of_words(stored: tuple[str, ...]) -> tuple[str, ...]:
    """Each line made fit; empty ones are left out."""
    return tuple(line for each in stored if (line := line_of_words(each)))
