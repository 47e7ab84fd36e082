"""A file of subjects, one a line: the month of randomization, the hospital, its country."""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from irt.errors import BadInput
from simulation.enrolment.history import Enrolled
from simulation.enrolment.months import NotAMonth, month_of

NEEDED = ("month", "hospital")
LONGEST_MONTHS = 600
MOST_SUBJECTS = 2_000_000


class EnrolmentFileUnusable(BadInput):
    """The file does not tell who was enrolled where and when."""

    def __init__(self, why: str, line: int | None = None) -> None:
        place = "" if line is None else f"Line {line}: "
        super().__init__(f"{place}{why} Nothing was calculated. Correct the file and try again.")


def read_enrolment(file: Path) -> list[Enrolled]:
    """Every subject of the file; columns beside month, hospital and country are not looked at."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            subjects = list(islice(_subjects(csv.DictReader(text, strict=True)), MOST_SUBJECTS + 1))
    except UnicodeDecodeError as fault:
        raise EnrolmentFileUnusable("the file is not written in UTF-8.") from fault
    _require_some(subjects)
    return subjects


def _subjects(rows: "csv.DictReader[str]") -> Iterator[Enrolled]:
    countries: dict[str, str] = {}
    try:
        _require_columns(rows.fieldnames or ())
        for row in rows:
            subject = _subject(row, rows.line_num)
            if countries.setdefault(subject.site, subject.country) != subject.country:
                told = f"hospital {subject.site} is in {subject.country}, but in {countries[subject.site]} above."
                raise EnrolmentFileUnusable(told, rows.line_num)
            yield subject
    except csv.Error as fault:
        raise EnrolmentFileUnusable(f"this is no line of a CSV file ({fault}).", rows.line_num) from fault


def _subject(row: dict[str, str], line: int) -> Enrolled:
    if None in row or None in row.values():
        raise EnrolmentFileUnusable("there are more or fewer fields than columns.", line)
    site, month = row["hospital"].strip(), row["month"].strip()
    if not site:
        raise EnrolmentFileUnusable("the hospital is missing.", line)
    try:
        return Enrolled(month_of(month), site, row.get("country", "").strip())
    except NotAMonth as fault:
        raise EnrolmentFileUnusable(f"'{month}' is no month; months are written YYYY-MM.", line) from fault


def _require_columns(found: Sequence[str]) -> None:
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise EnrolmentFileUnusable(f"the column {' and the column '.join(missing)} is missing.", 1)
    doubled = sorted({name for name in found if name in {*NEEDED, "country"} and list(found).count(name) > 1})
    if doubled:
        raise EnrolmentFileUnusable(f"the column {doubled[0]} is there twice.", 1)


def _require_some(subjects: list[Enrolled]) -> None:
    if not subjects:
        raise EnrolmentFileUnusable("the file names no subject.")
    if len(subjects) > MOST_SUBJECTS:
        raise EnrolmentFileUnusable(f"the file has more than {MOST_SUBJECTS:,} subjects.")
    months = [subject.month for subject in subjects]
    if max(months) - min(months) >= LONGEST_MONTHS:
        raise EnrolmentFileUnusable(f"the months lie more than {LONGEST_MONTHS // 12} years apart.")
