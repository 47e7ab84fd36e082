"""Files of subjects on disk: CSV in order of arrival, a column for each factor and perhaps a response."""

import csv
from pathlib import Path
from typing import NamedTuple

from irt.errors import BadInput, Refusal
from irt.randomization.design import Design
from irt.randomization.methods.method import Levels

RESPONSE = "response"
RESPONSES = {"": None, "0": 0, "1": 1}


class BadSubjects(BadInput):
    """A file of subjects that does not tell what is asked of it."""


class Line(NamedTuple):
    """One subject as it stands in the file, and the words for where that is."""

    place: str
    row: dict[str, str]


def read_lines(file: Path) -> list[Line]:
    """Every subject of a file; BadSubjects where it is no CSV in UTF-8."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines, strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise BadSubjects(f"{file}: not readable as CSV in UTF-8.") from None
    except OSError as fault:
        raise BadSubjects(f"{file}: {fault.strerror or fault}.") from None
    return [Line(f"{file}, line {number}", row) for number, row in enumerate(rows, start=2)]


def levels_and_response(design: Design, line: Line) -> tuple[Levels, int | None]:
    """The subject's level of each factor, and its response where one is told; BadSubjects names the line."""
    response = line.row.get(RESPONSE) or ""
    if response not in RESPONSES:
        raise BadSubjects(f"{line.place}: a response is 1, 0 or empty, not {response[:40]}.")
    try:
        levels = design.levels([line.row.get(factor.name) for factor in design.factors])
    except Refusal as refusal:
        raise BadSubjects(f"{line.place}: {refusal.sentence}") from None
    return levels, RESPONSES[response]
