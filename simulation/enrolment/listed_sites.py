"""A list of selected sites: who has opened after how long, and who still waits."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulation.enrolment.enrolment_file import EnrolmentFileUnusable
from simulation.enrolment.history import Counts, History
from simulation.enrolment.months import NotAMonth, month_of
from simulation.enrolment.start_up import LONGEST_DELAY_MONTHS

NEEDED = ("hospital", "selected")


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """Months from selection to the first subject, and months waited so far."""

    delays: Counts
    waiting: Counts


def read_listed(file: Path) -> dict[str, int]:
    """Each hospital's month of selection; EnrolmentFileUnusable where the list does not tell it."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            return _selected(csv.DictReader(text, strict=True))
    except UnicodeDecodeError as fault:
        raise EnrolmentFileUnusable("the list of sites is not written in UTF-8.") from fault


def listed_sites(selected: dict[str, int], history: History) -> Listed:
    """Where each site of the list stands at the end of the history; one selected later waits from now on."""
    now = history.first_month + history.months
    opened = dict(zip(history.sites, (history.first_month + history.opened).tolist(), strict=True))
    early = [site for site, month in selected.items() if opened.get(site, month) < month]
    if early:
        raise EnrolmentFileUnusable(f"hospital {early[0]} enrolled before the month in which the list selects it.")
    delays = [opened[site] - month for site, month in selected.items() if site in opened]
    waits = [max(now - month, 0) for site, month in selected.items() if site not in opened]
    if max(delays + waits, default=0) >= LONGEST_DELAY_MONTHS:
        raise EnrolmentFileUnusable(f"a site of the list waits for {LONGEST_DELAY_MONTHS // 12} years.")
    return Listed(np.array(delays, dtype=np.int64), np.array(waits, dtype=np.int64))


def _selected(rows: "csv.DictReader[str]") -> dict[str, int]:
    found: dict[str, int] = {}
    missing = [name for name in NEEDED if name not in (rows.fieldnames or ())]
    if missing:
        raise EnrolmentFileUnusable(f"the list of sites has no column {missing[0]}.", 1)
    try:
        for row in rows:
            site = (row["hospital"] or "").strip()
            if not site or site in found:
                raise EnrolmentFileUnusable("the hospital is missing, or listed twice.", rows.line_num)
            found[site] = month_of((row["selected"] or "").strip())
    except NotAMonth as fault:
        raise EnrolmentFileUnusable("selected is no month; months are written YYYY-MM.", rows.line_num) from fault
    except csv.Error as fault:
        raise EnrolmentFileUnusable(f"this is no line of a CSV file ({fault}).", rows.line_num) from fault
    return found
