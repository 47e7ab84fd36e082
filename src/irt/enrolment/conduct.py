"""What a trial has beside its subjects: a plan, approvals, practised code breaks, issues, visits of a monitor.

Everything is made through the services, before the first site opens or on days of the run.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select

from irt.blinding.actor import Actor
from irt.blinding.code_break import ReasonCategory
from irt.blinding.delegation import Task
from irt.blinding.roles import Role
from irt.enrolment.cast import PASSWORD, played
from irt.enrolment.prepare import Preparers, hired
from irt.enrolment.run import Run
from irt.services.delegate_tasks import DelegateTasks, delegate_tasks
from irt.services.issues import NoteIssue, OpenIssue, note_issue, open_issue
from irt.services.plan_enrolment import PlanEnrolment, plan_enrolment
from irt.services.practise_code_break import PractiseCodeBreak, practise_code_break
from irt.services.record_monitoring import RecordMonitoring, record_monitoring
from irt.services.sign_record import Signing
from irt.services.site_approvals import (
    ConfirmSiteApproval,
    RecordSiteApproval,
    confirm_site_approval,
    record_site_approval,
)
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.states.issue import IssueKind, IssueRank
from irt.study.activation import TWO_PERSONS, ActivationRules, ApprovalOf
from irt.study.milestones import Milestone
from irt.tables.columns import table_of
from irt.tables.study import Site

RULES = ActivationRules(
    site=(ApprovalOf.ETHICS, ApprovalOf.TRAINING, ApprovalOf.PHARMACY), country=(ApprovalOf.AUTHORITY,)
)
"""What the demonstration's sites need before they open."""
PLANNED_PERCENT = 125
"""So many subjects are planned for a hundred that are in, so that the study is under way."""
DAYS_TO_GO = 120
HOPED_DAYS = 9
"""Plans hope: the first site opens so many days later than planned."""
_SITES = table_of(Site)


def planned_subjects(subjects: int) -> int:
    """How many are planned where so many are in."""
    return ceil(subjects * PLANNED_PERCENT / 100)


def begin_conduct(run: Run, who: Preparers, at: datetime, subjects: int, opened: Mapping[str, date]) -> None:
    """The plan and the approvals, as they stood before the first site opened; the rest on its days."""
    _plan(run, who, at, subjects, opened)
    _approve(run, who, at, sorted(opened))
    for site, day in opened.items():
        moment = datetime.combine(day, datetime.min.time(), at.tzinfo)
        signing = Signing(password=who.password)
        ask = PractiseCodeBreak(
            study_id=run.study_id, site=site, reason=ReasonCategory.MEDICAL_EMERGENCY, signing=signing
        )
        _on(run, moment, run.staff.investigator, practise_code_break, ask, f"practice:{site}")
    _issues(run, sorted(opened))
    _visits(run, who, at, sorted(opened, key=lambda site: opened[site]))


def delegate_tasks_of(store: Store, now: datetime, study_id: int, site: str) -> None:
    """The investigator of a demonstration's site delegates to her people; one line ends soon."""
    ines, today = played(store, "ines"), now.date()
    told = (
        ("cora", [Task.SCREEN, Task.RANDOMIZE, Task.DISPENSE], None),
        ("paula", [Task.DISPENSE, Task.RECEIVE, Task.COUNT], today + timedelta(days=21)),
    )
    for username, tasks, ends_on in told:
        ask = DelegateTasks(
            study_id=study_id,
            site_id=_site_ids(store, study_id)[site],
            account_id=played(store, username).account_id,
            tasks=tasks,
            starts_on=today - timedelta(days=200),
            ends_on=ends_on,
            signing=Signing(password=SecretStr(PASSWORD)),
        )
        perform(store, ines, now, delegate_tasks, ask, f"demo:delegation:{study_id}:{username}")


def _plan(run: Run, who: Preparers, at: datetime, subjects: int, opened: Mapping[str, date]) -> None:
    ask = PlanEnrolment(
        study_id=run.study_id,
        subjects=planned_subjects(subjects),
        sites=len(opened),
        days=_planned_days(sorted(opened.values()), run.until.date()),
        reason="Agreed with the sponsor at the kick-off meeting",
    )
    run.press(who.approver, at, plan_enrolment, ask, "enrolment-plan")


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


def _approve(run: Run, who: Preparers, at: datetime, sites: Sequence[str]) -> None:
    """Each approval recorded; those of authorities confirmed by somebody else."""
    second, ends = hired(run.store, who, at, "Regulatory affairs", Role.STUDY_TEAM), run.until.date()
    for number, (kind, place, code) in enumerate(_approvals(run, sites), start=1):
        paper = hashlib.sha256(f"{kind} {code}".encode()).hexdigest()
        first = kind == ApprovalOf.ETHICS and code == run.showcase
        ask = RecordSiteApproval(
            study_id=run.study_id,
            kind=kind,
            country=code if place == "country" else None,
            site=code if place == "site" else None,
            granted_on=at.date() - timedelta(days=12),
            valid_until=ends + timedelta(days=19 if first else 400) if kind in TWO_PERSONS else None,
            reference=f"{kind.replace('_', ' ').capitalize()} {code}-{number:03}",
            document_hash=paper,
        )
        run.press(who.approver, at, record_site_approval, ask, f"approval:{number}")
        if kind in TWO_PERSONS:
            signing = Signing(password=who.password)
            agreed = ConfirmSiteApproval(study_id=run.study_id, number=number, document_hash=paper, signing=signing)
            run.press(second, at, confirm_site_approval, agreed, f"approval-confirmed:{number}")


def _approvals(run: Run, sites: Sequence[str]) -> Iterator[tuple[ApprovalOf, str, str]]:
    """Kind, whether of a country or a site, and which."""
    country = {site.number: site.country for site in run.definition.sites}
    for code in sorted({country[site] for site in sites}):
        yield from ((kind, "country", code) for kind in RULES.country)
    for site in sites:
        yield from ((kind, "site", site) for kind in RULES.site)


def _issues(run: Run, sites: Sequence[str]) -> None:
    """Four issues in the last weeks of a run: one is closed, one late, one about data, one waits."""
    told = (
        (40, 30, IssueKind.SUPPLY, IssueRank.MINOR, None, "The carrier’s form for dry ice has changed"),
        (20, 6, IssueKind.SITE, IssueRank.MAJOR, run.showcase, "The freezer’s door does not close"),
        (8, -6, IssueKind.DATA, IssueRank.MINOR, sites[-1], "Two visits stand in data capture on other days"),
        (5, -9, IssueKind.PEOPLE, IssueRank.MINOR, sites[-1], "The new coordinator waits for training"),
    )
    supply, until = run.staff.supply, run.until
    for number, (days_ago, late_days, kind, rank, site, sentence) in enumerate(told):
        due_on = until.date() - timedelta(days=late_days)
        ask = OpenIssue(study_id=run.study_id, kind=kind, rank=rank, site=site, sentence=sentence, due_on=due_on)
        _on(run, until - timedelta(days=days_ago), supply, open_issue, ask, f"issue:{number}")
    closed = NoteIssue(study_id=run.study_id, number="I-0001", words="The new form is in use", close=True)
    _on(run, until - timedelta(days=33), supply, note_issue, closed, "issue-closed")


def _visits(run: Run, who: Preparers, at: datetime, sites: Sequence[str]) -> None:
    """A monitor signs visits to the sites that have been open longest, and to the showcase."""
    monitor, ids = hired(run.store, who, at, "Monitor", Role.MONITOR), _site_ids(run.store, run.study_id)
    for number, site in enumerate(dict.fromkeys((run.showcase or sites[0], *sites[:3]))):
        moment = run.until - timedelta(days=30 + 12 * number)
        ask = RecordMonitoring(
            study_id=run.study_id,
            site_id=ids[site],
            on_day=moment.astimezone(run.zones[site]).date(),
            verified="Consent forms, delegation log, kits and temperatures of the last weeks; nothing to report",
            signing=Signing(password=who.password),
        )
        _on(run, moment, monitor, record_monitoring, ask, f"monitoring:{site}")


def _on(run: Run, moment: datetime, actor: Actor, service: Any, ask: Any, key: str) -> None:
    """One act at its moment of the run."""
    run.at(moment, lambda at: run.press(actor, at, service, ask, key), waits=False)


def _site_ids(store: Store, study_id: int) -> dict[str, int]:
    with store.reading() as connection:
        rows = connection.execute(select(_SITES.c.number, _SITES.c.id).where(_SITES.c.study_id == study_id))
        return {row.number: row.id for row in rows}
