"""The randomization transfer: two files with the same subjects, one of which cannot tell."""

import csv
import io
from datetime import datetime
from zoneinfo import ZoneInfo

from irt.exports.files import ExportFile, csv_file
from irt.exports.transfer import BLINDED, COLUMNS, UNBLINDED, blinded_transfer, unblinded_transfer
from tests.irt.exports.conftest import Told


def rows(file: ExportFile) -> list[dict[str, str]]:
    """The records of a table."""
    return list(csv.DictReader(io.StringIO(file.content.decode(), newline="")))


def test_both_editions_tell_the_same_randomizations(told: Told) -> None:
    """Cumulative, by subject; strata as entered and the moment with the site's offset."""
    blinded, columns = blinded_transfer(told.data)
    unblinded, all_columns = unblinded_transfer(told.data, told.secret)
    assert (blinded.rows, unblinded.rows) == (4, 4)
    shared = [{name: row[name] for name in rows(blinded)[0]} for row in rows(unblinded)]
    assert shared == rows(blinded)
    first = rows(blinded)[0]
    assert (first["subject"], first["strata_as_entered"]) == (told.data.draws[0].subject, "ldl=LT85;region=EU")
    booked = datetime.fromisoformat(first["booked_at"])
    assert booked == told.data.draws[0].at
    assert booked.utcoffset() == booked.astimezone(ZoneInfo(first["zone"])).utcoffset()
    assert len(first["kits"].split(";")) >= 1
    assert (columns.name, all_columns.name) == (COLUMNS, COLUMNS)
    assert [row["column"] for row in rows(all_columns)] == list(rows(unblinded)[0])


def test_the_blinded_file_has_no_place_for_a_treatment(told: Told) -> None:
    """Its columns are the allow-list; no arm, method, order of draws or corrected stratum is in it."""
    (blinded, _), (unblinded, _) = blinded_transfer(told.data), unblinded_transfer(told.data, told.secret)
    assert list(rows(blinded)[0]) == [one.name for one in BLINDED]
    beyond = {one.name for one in UNBLINDED} - {one.name for one in BLINDED}
    assert {"arm", "arm_name", "assignment", "method", "stratum_as_used", "strata_corrected"} <= beyond
    assert {row["arm"] for row in rows(unblinded)} == {"A", "P"}


def test_a_wrong_stratum_is_flagged_and_told_to_the_unblinded_alone(told: Told) -> None:
    """What was entered stays; the flag stands in both files, the correction in one."""
    (blinded, _), (unblinded, _) = blinded_transfer(told.data), unblinded_transfer(told.data, told.secret)
    (flagged,) = [row for row in rows(blinded) if row["flags"]]
    (told_all,) = [row for row in rows(unblinded) if row["flags"]]
    assert (flagged["flags"], flagged["strata_as_entered"]) == ("wrong_stratum", "ldl=LT85;region=EU")
    assert (told_all["strata_corrected"], told_all["remarks"]) == ("ldl=GE85", "The lab corrected the value")
    assert told_all["assignment"] == "2"


def test_no_cell_is_a_formula() -> None:
    """A spreadsheet shows what is in a cell, and calculates nothing of it."""
    file = csv_file("x.csv", ("a",), [("=1+1",), ("@x",), (None,)])
    assert file.content == b'"a"\r\n"\'=1+1"\r\n"\'@x"\r\n""\r\n'
    assert (file.rows, len(file.sha256)) == (3, 64)
