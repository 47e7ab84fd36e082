"""A packager's kit list as CSV: a row a kit with its number in sequence order, or a row a lot with its count."""

import csv
from datetime import date
from io import StringIO

from pydantic import ValidationError

from irt.errors import BadInput
from irt.services.kit_list import ListedLot
from irt.services.kit_list_mode import KitListOfAnotherMode
from irt.states.records import Mode

NEEDED = ("lot", "blinded_lot", "kit_type", "expiry", "depot")
OPTIONAL = ("label_group", "block_kits", "number", "kits", "mode")
ROWS_MAX = 200_000


def lots_in_csv(text: str) -> list[ListedLot]:
    """The lots of a file, kits in the order of the rows; BadInput naming the first line that cannot be meant."""
    reader = csv.DictReader(StringIO(text), skipinitialspace=True)
    columns = [name.strip().lower() for name in reader.fieldnames or ()]
    reader.fieldnames = columns
    _require_columns(columns)
    found: dict[str, dict[str, object]] = {}
    numbers: dict[str, list[tuple[str, int]]] = {}
    for line, row in enumerate(reader, start=2):
        if line > ROWS_MAX:
            raise BadInput(f"The file has more than {ROWS_MAX} rows. Nothing was asked for. Take it in parts.")
        facts = _facts(line, {name: (row.get(name) or "").strip() for name in (*NEEDED, *OPTIONAL)})
        lot = str(facts["lot"])
        if "number" in columns:
            _same(line, found.setdefault(lot, facts), facts)
            numbers.setdefault(lot, []).append((_number(line, row), line - 1))
        elif lot in found:
            raise BadInput(f"Line {line}: lot {lot} is listed twice. Nothing was asked for. Correct the file.")
        else:
            found[lot] = {**facts, "kits": _kits(line, row)}
    if not found:
        raise BadInput("The file lists no kit. Nothing was asked for. Check the file.")
    return [_lot(facts, numbers.get(lot, [])) for lot, facts in found.items()]


def mode_in_csv(text: str, said: Mode | None) -> Mode | None:
    """What the list is for: as its column `mode` says, else as said; KitListOfAnotherMode where the two differ."""
    reader = csv.DictReader(StringIO(text), skipinitialspace=True)
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
    marks = {(row.get("mode") or "").strip().lower() for row in reader} - {""}
    if marks - set(Mode) or len(marks) > 1:
        raise BadInput(f"The column mode says {', '.join(sorted(marks))}. Nothing was asked for. Name one mode.")
    marked = Mode(marks.pop()) if marks else None
    if marked is not None and said not in (None, marked):
        raise KitListOfAnotherMode(
            f"The file says that it is for {marked}, not for {said}. Nothing was asked for. Check the file."
        )
    return marked or said


def _require_columns(columns: list[str]) -> None:
    missing = [name for name in NEEDED if name not in columns]
    if "number" not in columns and "kits" not in columns:
        missing.append("number")
    if missing:
        raise BadInput(
            f"The first line does not name the column {missing[0]}. Nothing was asked for. "
            f"The columns are {', '.join(NEEDED)}, and number for each kit or kits for each lot."
        )
    if strange := [name for name in columns if name not in (*NEEDED, *OPTIONAL)]:
        raise BadInput(f"Nobody knows the column {strange[0]}. Nothing was asked for. Leave it out.")


def _facts(line: int, row: dict[str, str]) -> dict[str, object]:
    if empty := [name for name in NEEDED if not row[name]]:
        raise BadInput(f"Line {line}: {empty[0]} is empty. Nothing was asked for. Correct the file.")
    try:
        expiry = date.fromisoformat(row["expiry"])
    except ValueError:
        raise BadInput(
            f"Line {line}: {row['expiry']} is not a date. Nothing was asked for. Write it as 2028-06-30."
        ) from None
    return {
        **{name: row[name] for name in NEEDED},
        "expiry": expiry,
        "label_group": row["label_group"] or None,
        "block_kits": row["block_kits"] or None,
    }


def _same(line: int, first: dict[str, object], here: dict[str, object]) -> None:
    for name, value in here.items():
        if first[name] != value:
            raise BadInput(
                f"Line {line}: {name} differs from an earlier kit of lot {here['lot']}. Nothing was asked for. "
                "Correct the file."
            )


def _number(line: int, row: dict[str, str]) -> str:
    number = (row.get("number") or "").strip()
    if not number.isascii() or not number.isalnum():
        raise BadInput(f"Line {line}: '{number}' is no kit number. Nothing was asked for. Letters and digits only.")
    return number


def _kits(line: int, row: dict[str, str]) -> int:
    written = (row.get("kits") or "").strip()
    if not written.isascii() or not written.isdecimal() or len(written) > 7 or int(written) < 1:
        raise BadInput(f"Line {line}: '{written}' is no number of kits. Nothing was asked for. Correct the file.")
    return int(written)


def _lot(facts: dict[str, object], numbered: list[tuple[str, int]]) -> ListedLot:
    numbers, places = [number for number, _ in numbered], [place for _, place in numbered]
    try:
        return ListedLot.model_validate({"kits": len(numbers), **facts, "numbers": numbers, "places": places})
    except ValidationError as fault:
        where = fault.errors()[0]["loc"][0]
        raise BadInput(f"Lot {facts['lot']}: {where} cannot be read. Nothing was asked for.") from None
