"""A file of responses: CSV with the columns subject and response, one subject a line."""

import csv
import io
from typing import Literal

from sqlmodel import Field, SQLModel

from irt.errors import BadInput

COLUMNS = ["subject", "response"]
VALUES: dict[str, Literal[0, 1] | None] = {"0": 0, "1": 1, "": None}
LINES_MAX = 100_000


class SubjectResponse(SQLModel):
    """What is known of one subject: 1, 0, or nothing where an earlier value was taken back."""

    subject: str = Field(min_length=1, max_length=64)
    value: Literal[0, 1] | None


class UnreadableResponses(BadInput):
    """A file that is not what it should be; the sentence names the line."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"Line {line}: {what}. Nothing was recorded. Correct the file and try again.")


def responses_in(text: str) -> list[SubjectResponse]:
    """The responses of a file, in its order; UnreadableResponses with the first line that is wrong."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    if not rows or rows[0] != COLUMNS:
        raise UnreadableResponses(1, f"the columns are {' and '.join(COLUMNS)}, in this order")
    if len(rows) > LINES_MAX:
        raise UnreadableResponses(LINES_MAX, "the file is too long")
    return [_response(line, row) for line, row in enumerate(rows[1:], start=2) if row]


def _response(line: int, row: list[str]) -> SubjectResponse:
    if len(row) != len(COLUMNS):
        raise UnreadableResponses(line, f"it has {len(row)} columns, not {len(COLUMNS)}")
    subject, value = row[0].strip(), row[1].strip()
    if not subject or len(subject) > 64:
        raise UnreadableResponses(line, "the subject is missing")
    if value not in VALUES:
        raise UnreadableResponses(line, "a response is 1, 0 or empty")
    return SubjectResponse(subject=subject, value=VALUES[value])
