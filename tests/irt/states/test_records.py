"""The smaller lifecycles: every step that is possible, every one that is not."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pytest

from irt.states import records
from irt.states.records import (
    DISPENSING,
    EXCURSION,
    JOB,
    SITE,
    VISIT,
    DispensingEvent,
    DispensingStatus,
    ExcursionEvent,
    ExcursionStatus,
    JobEvent,
    JobStatus,
    SiteEvent,
    SiteStatus,
    VisitEvent,
    VisitStatus,
)
from tests.irt.states.lifecycle import drawn, ends_of, grid_of, reached_from

Table = Mapping[tuple[Any, Any], Any]

SITES = """
planned                     -- activate --> active
active                      -- hold     --> on_hold
on_hold                     -- resume   --> active
planned, active, on_hold    -- close    --> closed
"""
DISPENSINGS = """
assigned -- hand_over        --> handed_over
assigned -- hand_over_partly --> handed_over_partly
assigned -- give_up          --> not_done
"""
JOBS = """
queued          -- start  --> running
running         -- finish --> done
running         -- fail   --> failed
queued, running -- cancel --> cancelled
running, failed -- retry  --> queued
"""
VISITS = """
planned, skipped -- hold_visit --> done
planned          -- skip       --> skipped
done             -- reopen     --> planned
done, skipped    -- correct    --> planned
"""
EXCURSIONS = """
suspected                               -- report            --> reported
reported, no_data, logger_fault         -- assess            --> under_assessment
under_assessment                        -- accept            --> accepted
under_assessment                        -- accept_partly     --> partly_accepted
under_assessment                        -- reject            --> rejected
suspected, reported, under_assessment   -- find_no_data      --> no_data
suspected, reported, under_assessment   -- find_logger_fault --> logger_fault
accepted, partly_accepted, rejected     -- close             --> closed
suspected, reported, under_assessment   -- close             --> closed
no_data, logger_fault                   -- close             --> closed
"""

LIVES: list[tuple[Table, type[StrEnum], type[StrEnum], str, StrEnum, set[str]]] = [
    (SITE, SiteStatus, SiteEvent, SITES, SiteStatus.PLANNED, {"closed"}),
    (
        DISPENSING,
        DispensingStatus,
        DispensingEvent,
        DISPENSINGS,
        DispensingStatus.ASSIGNED,
        {"handed_over", "handed_over_partly", "not_done"},
    ),
    (JOB, JobStatus, JobEvent, JOBS, JobStatus.QUEUED, {"done", "cancelled"}),
    (VISIT, VisitStatus, VisitEvent, VISITS, VisitStatus.PLANNED, set()),
    (EXCURSION, ExcursionStatus, ExcursionEvent, EXCURSIONS, ExcursionStatus.SUSPECTED, {"closed"}),
]
NAMES = ["site", "dispensing", "job", "visit", "excursion"]


@pytest.mark.parametrize(("table", "statuses", "events", "drawing", "start", "ends"), LIVES, ids=NAMES)
def test_every_life_is_as_drawn(
    table: Table, statuses: type[StrEnum], events: type[StrEnum], drawing: str, start: StrEnum, ends: set[str]
) -> None:
    """Every cell, every status reached, no dead end but the drawn ones."""
    assert grid_of(table, statuses, events) == drawn(drawing, statuses, events)
    assert reached_from(start, table) == set(statuses)
    assert ends_of(table, statuses) == ends


def test_no_life_is_left_out() -> None:
    """Every table of the file has its drawing here."""
    tables = [value for name, value in vars(records).items() if isinstance(value, dict) and name.isupper()]
    assert len(tables) == len(LIVES)
