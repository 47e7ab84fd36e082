"""Screening a subject, again where the protocol allows, and screen failure."""

from datetime import date, timedelta

from sqlalchemy import bindparam, func, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.caps import count_in
from irt.services.require_approvals import require_approvals
from irt.services.studies import definition_of
from irt.services.subjects import (
    SITE_COLUMNS,
    LockedSubject,
    SiteFacts,
    TooEarly,
    audit_subject,
    lock_subject,
    move_subject,
    refusals_concern,
    site_facts,
)
from irt.services.work import Work
from irt.states.subject import SubjectEvent, SubjectStatus
from irt.study.rules import Screening as ScreeningRule
from irt.tables.columns import table_of
from irt.tables.study import Site, Study
from irt.tables.subject import Screening, Subject


class ScreenSubject(SQLModel):
    """A new person at a site enters screening."""

    study_id: int
    site: str = Field(description="site number")
    on_day: date


class RescreenSubject(SQLModel):
    """A screen failure is screened again."""

    study_id: int
    subject: str
    on_day: date


class FailScreening(SQLModel):
    """A subject does not meet the criteria, at screening or in the run-in."""

    study_id: int
    subject: str
    on_day: date
    reason: str = Field(min_length=1)


class ScreeningReceipt(SQLModel):
    """A subject's numbers and status."""

    study_id: int
    subject: str
    screening_number: str | None = None
    status: SubjectStatus


class RescreeningRefused(Refusal):
    """The protocol does not allow another screening now."""


_SITES, _STUDIES, _SCREENINGS = table_of(Site), table_of(Study), table_of(Screening)
_SITE = (
    select(_SITES.c.sponsor_id, _STUDIES.c.protocol, *SITE_COLUMNS)
    .join(_STUDIES, _STUDIES.c.id == _SITES.c.study_id)
    .where(_SITES.c.study_id == bindparam("study_id"), _SITES.c.number == bindparam("number"))
)
_NUMBER = (
    update(_SITES)
    .where(_SITES.c.id == bindparam("of_id"))
    .values(
        subjects_numbered=_SITES.c.subjects_numbered + bindparam("subjects"),
        screenings_numbered=_SITES.c.screenings_numbered + 1,
    )
    .returning(_SITES.c.subjects_numbered, _SITES.c.screenings_numbered)
)
_LAST = select(
    func.max(_SCREENINGS.c.id).label("id"),
    func.count().label("times"),
    func.max(_SCREENINGS.c.started_on).label("on_day"),
).where(_SCREENINGS.c.subject_id == bindparam("subject_id"))


def screen_subject(work: Work, ask: ScreenSubject) -> ScreeningReceipt:
    """Gives the next subject and screening number of the site."""
    row = work.one("site", _SITE, study_id=ask.study_id, number=ask.site)
    site = site_facts(row)
    work.actor.require(Permission.SCREEN, ask.study_id, site.id)
    with refusals_concern(site.about("screening", ask.study_id)):
        return _screen(work, ask, site, {"sponsor_id": row["sponsor_id"], "study_id": ask.study_id})


def _screen(work: Work, ask: ScreenSubject, site: SiteFacts, owner: dict[str, int]) -> ScreeningReceipt:
    site.require_active()
    site.require_come(ask.on_day, work.at)
    require_approvals(work, ask.study_id, site.version_number, site.number, site.country, ask.on_day)
    definition = definition_of(work, ask.study_id, site.version_number)
    count_in(work, definition, owner, "screened", site, {})
    numbers = work.one("site", _NUMBER, of_id=site.id, subjects=1)
    number = f"{site.number}-{numbers['subjects_numbered']:04d}"
    screening = f"{site.number}-S{numbers['screenings_numbered']:03d}"
    subject_id = work.record(
        Subject,
        **owner,
        site_id=site.id,
        number=number,
        status=SubjectStatus.SCREENING,
        screened_on=ask.on_day,
    )
    work.append(
        Screening,
        **owner,
        subject_id=subject_id,
        number=screening,
        started_on=ask.on_day,
        version_number=site.version_number,
    )
    work.audit(
        AuditDraft(
            act="subject_screened",
            record_kind="subject",
            record=number,
            study_id=ask.study_id,
            site_id=site.id,
            zone=site.zone,
            new={"status": SubjectStatus.SCREENING, "screening": screening, "on_day": ask.on_day.isoformat()},
        )
    )
    return ScreeningReceipt(
        study_id=ask.study_id, subject=number, screening_number=screening, status=SubjectStatus.SCREENING
    )


def fail_screening(work: Work, ask: FailScreening) -> ScreeningReceipt:
    """Ends a screening, or the run-in after it, with its reason; no kit can be assigned after."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.SCREEN)
    in_run_in = subject.status == SubjectStatus.RUN_IN
    event = SubjectEvent.FAIL_RUN_IN if in_run_in else SubjectEvent.FAIL_SCREENING
    with refusals_concern(subject.about("screening_failure")):
        subject.require_day(ask.on_day, work.at)
        _require_not_before(subject.run_in_on, ask.on_day)
        status = move_subject(work, subject, event, ask.on_day, reason=ask.reason)
    audit_subject(
        work,
        subject,
        "run_in_failed" if in_run_in else "screening_failed",
        old={"status": subject.status},
        new={"status": status, "on_day": ask.on_day.isoformat()},
        reason=ask.reason,
    )
    return ScreeningReceipt(study_id=ask.study_id, subject=subject.number, status=status)


def _require_not_before(first: date | None, on_day: date) -> None:
    if first is not None and on_day < first:
        raise TooEarly(first)


def rescreen_subject(work: Work, ask: RescreenSubject) -> ScreeningReceipt:
    """Screens a person again under a new screening number that points to the earlier one."""
    subject = lock_subject(work, ask.study_id, ask.subject, Permission.SCREEN)
    with refusals_concern(subject.about("rescreening")):
        return _rescreen(work, ask, subject)


def _rescreen(work: Work, ask: RescreenSubject, subject: LockedSubject) -> ScreeningReceipt:
    subject.site.require_active()
    subject.require_day(ask.on_day, work.at)
    last = work.one("screening", _LAST, subject_id=subject.id)
    _require_allowed(subject.definition.screening, last["times"], subject.screened_on, ask.on_day)
    numbers = work.one("site", _NUMBER, of_id=subject.site.id, subjects=0)
    screening = f"{subject.site.number}-S{numbers['screenings_numbered']:03d}"
    work.append(
        Screening,
        **subject.owner,
        subject_id=subject.id,
        number=screening,
        started_on=ask.on_day,
        earlier_id=last["id"],
        version_number=subject.site.version_number,
    )
    status = move_subject(work, subject, SubjectEvent.RESCREEN, ask.on_day, screened_on=ask.on_day, run_in_on=None)
    audit_subject(
        work,
        subject,
        "subject_rescreened",
        old={"status": subject.status},
        new={"status": status, "screening": screening, "on_day": ask.on_day.isoformat()},
    )
    return ScreeningReceipt(
        study_id=ask.study_id, subject=subject.number, screening_number=screening, status=status
    )


def _require_allowed(rule: ScreeningRule, times: int, last_on: date, on_day: date) -> None:
    if times > rule.rescreenings_max:
        raise RescreeningRefused(
            f"This study allows {rule.rescreenings_max} re-screenings, and this subject has had them. "
            "Nothing was booked."
        )
    earliest = last_on + timedelta(days=rule.rescreening_wait_days)
    if on_day < earliest:
        raise RescreeningRefused(
            f"This study asks to wait {rule.rescreening_wait_days} days: screen again from "
            f"{earliest.isoformat()}. Nothing was booked."
        )
