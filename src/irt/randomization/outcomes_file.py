"""The outcomes of a trial as a statistician hands them in: a CSV with the columns subject and outcome."""

import csv
from collections.abc import Collection
from io import StringIO

from irt.errors import BadInput
from irt.randomization.settings import rational

SUBJECT, OUTCOME = "subject", "outcome"


class UnreadableOutcomes(BadInput):
    """The text is no CSV of subjects and their outcomes."""


def read_outcomes(text: str, subjects: Collection[str]) -> dict[str, str | None]:
    """Each subject's outcome as an exact number's text, None where empty; UnreadableOutcomes in words."""
    rows = csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline=""))
    if not {SUBJECT, OUTCOME} <= set(rows.fieldnames or ()):
        raise UnreadableOutcomes("The file needs the columns subject and outcome in its first line.")
    found: dict[str, str | None] = {}
    for line, row in enumerate(rows, start=2):
        number, told = (row[SUBJECT] or "").strip(), (row[OUTCOME] or "").strip()
        if number not in subjects:
            raise UnreadableOutcomes(f"Line {line}: {number[:40]!a} is no randomized subject of this study.")
        if number in found:
            raise UnreadableOutcomes(f"Line {line}: subject {number} stands in the file twice.")
        outcome = rational(told) if told else None
        if told and outcome is None:
            raise UnreadableOutcomes(f"Line {line}: an outcome is a number or empty, not {told[:40]!a}.")
        found[number] = None if outcome is None else str(outcome)
    if not found:
        raise UnreadableOutcomes("The file lists no subjects.")
    return found
