"""Reading a list that others made: CSV with named columns, or what SAS PROC PLAN printed. Nothing is guessed."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from irt.errors import BadInput
from irt.randomization.lists.frozen_list import COLUMNS, Entry, FrozenList

Form = Literal["csv", "proc-plan"]

_WHOLE = re.compile(r"[0-9]{1,9}")
_PRINTED = re.compile(r"\s*[0-9]+(\s+[0-9]+)+\s*")


class MalformedList(BadInput):
    """A line that is none of a list; `line` is where."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"Line {line} of the list: {sentence} Nothing was taken over.")
        self.line = line


class UnknownCode(MalformedList):
    """A treatment code that the given codes do not explain."""


def read_list(
    text: str, form: Form = "csv", codes: Mapping[str, str] | None = None, stratum: str = ""
) -> FrozenList:
    """The list in a text; MalformedList with the line where it is none.

    `codes` explains treatment codes, as 1 for A. `stratum` names the only stratum of a list without that column.
    """
    found = _of_csv(text, stratum) if form == "csv" else _of_print(text, stratum)
    return FrozenList(tuple(_decoded(entry, codes) for entry in found))


def decoded_text(content: bytes) -> str:
    """The text in UTF-8, with or without a mark; MalformedList with the line where it is another encoding."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise MalformedList(line, "not UTF-8. Save the list in UTF-8, or in plain ASCII.") from None


def _of_csv(text: str, stratum: str) -> Iterator[Entry]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        heading = [name.strip().lower() for name in next(rows, [])]
        _require_columns(heading)
        counted: dict[str, int] = {}
        for row in rows:
            if len(row) != len(heading):
                raise MalformedList(rows.line_num, f"{len(row)} fields, but the heading names {len(heading)}.")
            named = dict(zip(heading, map(str.strip, row), strict=True))
            yield _entry(named, rows.line_num, stratum, counted)
    except csv.Error:
        raise MalformedList(rows.line_num, "not readable as CSV. Check its quotation marks.") from None


def _require_columns(heading: Sequence[str]) -> None:
    if "arm" not in heading or len(set(heading)) != len(heading) or set(heading) - set(COLUMNS):
        raise MalformedList(
            1, f"the heading names columns of {', '.join(COLUMNS)}, each once and arm among them, and no others."
        )


def _entry(named: Mapping[str, str], line: int, stratum: str, counted: dict[str, int]) -> Entry:
    """A line's entry; positions that the source does not write are counted in its order."""
    own = named.get("stratum", stratum)
    counted[own] = counted.get(own, 0) + 1
    position = _whole(named, "position", line) if "position" in named else counted[own]
    block = _whole(named, "block", line) if named.get("block") else None
    if not named["arm"]:
        raise MalformedList(line, "no arm.")
    return Entry(own, position, block, named["arm"], line)


def _whole(named: Mapping[str, str], column: str, line: int) -> int:
    if not _WHOLE.fullmatch(named[column]) or not int(named[column]):
        raise MalformedList(line, f"the {column} is a whole number from 1, not {named[column][:20]!a}.")
    return int(named[column])


def _of_print(text: str, stratum: str) -> Iterator[Entry]:
    """A block a line: its number, then the treatment codes in order; headings and rules are passed over."""
    position, begun = 0, False
    for line, printed in enumerate(text.splitlines(), start=1):
        if not _PRINTED.fullmatch(printed):
            if begun and any(sign.isdigit() for sign in printed):
                raise MalformedList(line, "not a block's number followed by treatment codes.")
            continue
        begun = True
        block, *given = printed.split()
        for code in given:
            position += 1
            yield Entry(stratum, position, int(block), code, line)
    if not begun:
        raise MalformedList(1, "no block is printed here. Export the listing of PROC PLAN as plain text.")


def _decoded(entry: Entry, codes: Mapping[str, str] | None) -> Entry:
    if codes is None:
        return entry
    if entry.arm not in codes:
        raise UnknownCode(entry.line, f"the code {entry.arm[:20]!a} is none of {', '.join(codes)}.")
    return entry._replace(arm=codes[entry.arm])
