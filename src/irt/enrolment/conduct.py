"""What a trial has beside its subjects: a plan of enrolment, issues, whatever its pages about conduct tell.

Everything is made through the services, with the reasons that real people would give.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

from irt.enrolment.prepare import Preparers
from irt.enrolment.run import Run
from irt.services.issues import NoteIssue, OpenIssue, note_issue, open_issue
from irt.services.plan_enrolment import PlanEnrolment, plan_enrolment
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.states.issue import IssueKind, IssueRank
from irt.study.milestones import Milestone

PLANNED_PERCENT = 125
"""So many subjects are planned for a hundred that are in, so that the study is under way."""
DAYS_TO_GO = 120
HOPED_DAYS = 9
"""Plans hope: the first site opens and the first subject comes so many days later than planned."""


def plan_of_enrolment(
    store: Store,
    who: Preparers,
    study_id: int,
    at: datetime,
    subjects: int,
    opened: Mapping[str, date],
    until: datetime,
) -> None:
    """The plan as it was set before the first site opened."""
    days = _planned_days(sorted(opened.values()), until.date())
    ask = PlanEnrolment(
        study_id=study_id,
        subjects=planned_subjects(subjects),
        sites=len(opened),
        days=days,
        reason="Agreed with the sponsor at the kick-off meeting",
    )
    perform(store, who.approver, at, plan_enrolment, ask, f"run:{study_id}:enrolment-plan")


def planned_subjects(subjects: int) -> int:
    """How many are planned where so many are in."""
    return ceil(subjects * PLANNED_PERCENT / 100)


def _planned_days(opened: Sequence[date], until: date) -> dict[Milestone, date]:
    hope = timedelta(days=HOPED_DAYS)
    first, last = opened[0] - hope, until + timedelta(days=DAYS_TO_GO)
    begin = first + timedelta(days=14)
    quarter = (last - begin) / 4
    return {
        Milestone.FIRST_SITE: first,
        Milestone.ALL_SITES: max(opened[-1] - 2 * hope, first),
        Milestone.FIRST_SUBJECT: begin,
        Milestone.QUARTER: begin + quarter,
        Milestone.HALF: begin + 2 * quarter,
        Milestone.THREE_QUARTERS: begin + 3 * quarter,
        Milestone.LAST_SUBJECT: last,
    }


def plan_issues(run: Run, sites: Sequence[str]) -> None:
    """Four issues in the last weeks of a run: one late, one about data, one that waits, one that is closed."""
    told = (
        (40, 30, IssueKind.SUPPLY, IssueRank.MINOR, None, "The carrier’s form for dry ice has changed"),
        (
            20,
            6,
            IssueKind.SITE,
            IssueRank.MAJOR,
            sites[0],
            "The freezer’s door does not close; repair is ordered",
        ),
        (8, -6, IssueKind.DATA, IssueRank.MINOR, sites[-1], "Two visits stand in data capture on other days"),
        (5, -9, IssueKind.PEOPLE, IssueRank.MINOR, sites[-1], "The new coordinator waits for training"),
    )
    for number, (days_ago, late_days, kind, rank, site, sentence) in enumerate(told):
        ask = OpenIssue(
            study_id=run.study_id,
            kind=kind,
            rank=rank,
            site=site,
            sentence=sentence,
            due_on=run.until.date() - timedelta(days=late_days),
        )
        _later(run, days_ago, open_issue, ask, f"issue:{number}")
    closed = NoteIssue(study_id=run.study_id, number="I-0001", words="The new form is in use", close=True)
    _later(run, 33, note_issue, closed, "issue-closed")


def _later(run: Run, days_ago: int, service: Any, ask: Any, key: str) -> None:
    """One act of the supply team, so many days before the end of the run."""
    moment = run.until - timedelta(days=days_ago)
    run.at(moment, lambda at: run.press(run.staff.supply, at, service, ask, key), waits=False)
