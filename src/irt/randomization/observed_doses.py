"""What was observed at the doses of an escalation: a CSV with the columns dose, subjects and toxicities."""

import csv
from collections.abc import Sequence
from io import StringIO

from irt.errors import BadInput
from irt.randomization.methods.escalation import Dose

COLUMNS = ("dose", "subjects", "toxicities")
SUBJECTS_MAX = 1_000


class UnreadableDoses(BadInput):
    """The text is no CSV of doses with their subjects and toxicities."""


def read_observed(text: str, doses: Sequence[str]) -> tuple[Dose, ...]:
    """Each dose in the design's order, one that is not named with nobody; UnreadableDoses in words."""
    rows = csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline=""))
    if not set(COLUMNS) <= set(rows.fieldnames or ()):
        raise UnreadableDoses("The doses need the columns dose, subjects and toxicities in the first line.")
    found: dict[str, Dose] = {}
    for line, row in enumerate(rows, start=2):
        name = (row["dose"] or "").strip()
        if name not in doses:
            raise UnreadableDoses(f"Line {line}: {name[:40]!a} is no dose of the design: {', '.join(doses)}.")
        if name in found:
            raise UnreadableDoses(f"Line {line}: dose {name} is told twice.")
        found[name] = _dose(line, row)
    return tuple(found.get(name, Dose()) for name in doses)


def _dose(line: int, row: dict[str, str]) -> Dose:
    subjects, toxicities = (_whole(line, column, row[column] or "") for column in COLUMNS[1:])
    if toxicities > subjects:
        raise UnreadableDoses(f"Line {line}: {toxicities} toxicities among {subjects} subjects cannot be.")
    return Dose(subjects, toxicities)


def _whole(line: int, column: str, told: str) -> int:
    written = told.strip()
    if not (written.isascii() and written.isdigit() and len(written) < 6 and int(written) <= SUBJECTS_MAX):
        raise UnreadableDoses(
            f"Line {line}: {column} is a number from 0 to {SUBJECTS_MAX:,}, not {written[:40]!a}."
        )
    return int(written)
