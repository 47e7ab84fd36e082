"""ADSL: planned and actual treatment, dates as numbers, strata as used and as verified."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyreadstat

from irt.exports.adam import adam_files, adsl
from irt.exports.arms import Arms
from tests.irt.exports.conftest import MADE_AT, Told


def rows(told: Told) -> dict[str, dict[str, Any]]:
    """ADSL by subject."""
    made = adsl(told.data, told.secret)
    names = [column.name for column in made.design.columns]
    return {row[2]: dict(zip(names, row, strict=True)) for row in made.rows}  # type: ignore[misc]


def test_treatment_is_told_as_planned_and_as_handed_over(told: Told) -> None:
    """Of those who were not treated the actual one is empty; of those who were not drawn, both."""
    drawn = {draw.subject: told.secret.drawn[draw.number] for draw in told.data.draws}
    given = {one.subject for one in told.data.given}
    for subject, row in rows(told).items():
        planned = drawn[subject].arm_name if subject in drawn else None
        assert row["TRT01P"] == planned
        assert row["TRT01A"] == (planned if subject in given else None)
        assert row["RANDFL"] == ("Y" if subject in drawn else "N")
        assert bool(row["TRTSDT"]) == (subject in given)


def test_strata_are_told_as_used_and_as_verified(told: Told) -> None:
    """The correction stands beside what was used, for the one subject that has one."""
    (corrected,) = [row for row in rows(told).values() if row["STRATAV"]]
    assert (corrected["STRATAR"], corrected["STRATAV"]) == ("ldl=LT85;region=EU", "ldl=GE85;region=EU")
    assert (corrected["STRAT1D"], corrected["STRAT1R"], corrected["STRAT1V"]) == ("ldl", "LT85", "GE85")


def test_dates_are_days_in_both_formats(told: Told, tmp_path: Path) -> None:
    """A transport file counts from 1960; a reader of others shows the same day."""
    _, as_json, transport = adam_files(told.data, told.secret, MADE_AT)
    read = json.loads(as_json.content)
    names = [column["name"] for column in read["columns"]]
    told_days = [row[names.index("RANDDT")] for row in read["rows"]]
    file = tmp_path / "adsl.xpt"
    file.write_bytes(transport.content)
    frame, _ = pyreadstat.read_xport(str(file))
    days = [day.isoformat() if isinstance(day, date) else None for day in frame["RANDDT"].tolist()]
    assert days == told_days
    assert sum(day is not None for day in days) == 4


def test_kits_of_another_arm_are_an_unplanned_treatment(told: Told) -> None:
    """Kits that are all meant for one other arm make it the actual one; kits of both make none."""
    number = next(number for number, drawn in told.secret.drawn.items() if drawn.arm == "A")
    kits = told.data.given[:2]
    for types, actual in ((("PEN-A", "PEN-A"), "A"), (("PEN-P", "PEN-P"), "P"), (("PEN-A", "PEN-P"), None)):
        contents = {
            kit.kit: replace(told.secret.contents[kit.kit], kit_type=kit_type)
            for kit, kit_type in zip(kits, types, strict=True)
        }
        found = Arms(told.data, replace(told.secret, contents=contents)).actual([number], kits)
        assert (found and found[0]) == actual
