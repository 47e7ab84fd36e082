"""Subjects as services lock them, with the facts of their site."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, bindparam, select, update

from irt.blinding.roles import Permission
from irt.errors import About, BadInput, NotFound, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.states.records import SiteStatus
from irt.states.subject import SUBJECT, SubjectEvent, SubjectStatus
from irt.states.table import next_status
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.study import Site, Study
from irt.tables.subject import Subject
from irt.tables.subject import SubjectEvent as SubjectEventRow


class SiteNotActive(Refusal):
    """The site may not enrol or dispense now."""

    def __init__(self, status: str) -> None:
        super().__init__(
            "This site is not active in this study, so nothing was booked. Ask the study team when it will be.",
            trace=f"site is {status}",
        )


class NotInTheFuture(Refusal):
    """A day that has not come yet at the site."""

    status_code = 400

    def __init__(self, day: date) -> None:
        super().__init__(f"{day.isoformat()} has not come yet at this site. Enter the day it happened.")


class TooEarly(BadInput):
    """A day on which the subject was not yet where the step begins."""

    def __init__(self, first: date) -> None:
        super().__init__(
            f"The day cannot be before {first.isoformat()}. Nothing was booked. Enter the day it happened."
        )


@contextmanager
def refusals_concern(about: About) -> Iterator[None]:
    """Whatever is refused within concerns this record, and so is written into the audit trail."""
    try:
        yield
    except Refusal as refusal:
        raise refusal.concerning(refusal.about or about, refusal.candidates) from None


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """A site as rules need it."""

    id: int
    number: str
    country: str
    region: str
    zone: str
    label_group: str
    status: SiteStatus
    version_number: int
    protocol: str
    depot_id: int

    def today(self, at: datetime) -> date:
        """The calendar day at the site."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def require_active(self) -> None:
        """SiteNotActive unless the site is open for subjects."""
        if self.status != SiteStatus.ACTIVE:
            raise SiteNotActive(self.status)

    def require_come(self, day: date, at: datetime) -> None:
        """NotInTheFuture where the day lies ahead at the site."""
        if day > self.today(at):
            raise NotInTheFuture(day)

    def about(self, act: str, study_id: int) -> About:
        """This site as the record of a refusal."""
        return About(study_id, self.id, self.zone, act, "site", self.number)


@dataclass(frozen=True, slots=True)
class LockedSubject:
    """A subject whose row this transaction has locked."""

    id: int
    sponsor_id: int
    study_id: int
    number: str
    status: SubjectStatus
    dose_level: str | None
    screened_on: date
    run_in_on: date | None
    randomized_on: date | None
    site: SiteFacts
    definition: StudyDefinition

    @property
    def owner(self) -> dict[str, int]:
        """The keys every row of the study carries."""
        return {"sponsor_id": self.sponsor_id, "study_id": self.study_id}

    def require_day(self, day: date, at: datetime) -> None:
        """Refuses a day that lies ahead at the site, or before the subject's screening or randomization."""
        self.site.require_come(day, at)
        if day < (first := self.randomized_on or self.screened_on):
            raise TooEarly(first)

    def about(self, act: str) -> About:
        """This subject as the record of a refusal."""
        return About(self.study_id, self.site.id, self.site.zone, act, "subject", self.number)


_SUBJECTS, _SITES, _STUDIES = table_of(Subject), table_of(Site), table_of(Study)

SITE_COLUMNS = (
    _SITES.c.id.label("site_id"),
    _SITES.c.number.label("site_number"),
    _SITES.c.country,
    _SITES.c.region,
    _SITES.c.zone,
    _SITES.c.label_group,
    _SITES.c.status.label("site_status"),
    _SITES.c.version_number,
    _SITES.c.depot_id,
)


def site_facts(row: RowMapping) -> SiteFacts:
    """SITE_COLUMNS and the protocol as a value."""
    return SiteFacts(
        row["site_id"],
        row["site_number"],
        row["country"],
        row["region"],
        row["zone"],
        row["label_group"],
        SiteStatus(row["site_status"]),
        row["version_number"],
        row["protocol"],
        row["depot_id"],
    )


SUBJECT_COLUMNS = (
    _SUBJECTS.c.id,
    _SUBJECTS.c.sponsor_id,
    _SUBJECTS.c.number,
    _SUBJECTS.c.status,
    _SUBJECTS.c.dose_level,
    _SUBJECTS.c.screened_on,
    _SUBJECTS.c.run_in_on,
    _SUBJECTS.c.randomized_on,
    _STUDIES.c.protocol,
    *SITE_COLUMNS,
)
_LOCK = (
    select(*SUBJECT_COLUMNS)
    .join(_SITES, _SITES.c.id == _SUBJECTS.c.site_id)
    .join(_STUDIES, _STUDIES.c.id == _SUBJECTS.c.study_id)
    .where(_SUBJECTS.c.study_id == bindparam("study_id"), _SUBJECTS.c.number == bindparam("number"))
    .with_for_update(key_share=True, of=_SUBJECTS)
)


def lock_subject(work: Work, study_id: int, number: str, permission: Permission) -> LockedSubject:
    """Locks a subject that this person may act on; a subject of another site reads as not found."""
    row = work.one("subject", _LOCK, study_id=study_id, number=number)
    return subject_of(work, row, study_id, permission)


def subject_of(work: Work, row: RowMapping, study_id: int, permission: Permission) -> LockedSubject:
    """A locked row of SUBJECT_COLUMNS as a value, if this person may act on it."""
    if not any(work.actor.grant_for(p, study_id, row["site_id"]) for p in (permission, Permission.VIEW_SUBJECTS)):
        raise NotFound("No such subject. Check the number, or ask the study coordinator.")
    work.actor.require(permission, study_id, row["site_id"])
    return LockedSubject(
        id=row["id"],
        sponsor_id=row["sponsor_id"],
        study_id=study_id,
        number=row["number"],
        status=SubjectStatus(row["status"]),
        dose_level=row["dose_level"],
        screened_on=row["screened_on"],
        run_in_on=row["run_in_on"],
        randomized_on=row["randomized_on"],
        site=site_facts(row),
        definition=definition_of(work, study_id, row["version_number"]),
    )


_SET = update(_SUBJECTS).where(_SUBJECTS.c.id == bindparam("of_id"))
"""Sets whatever columns the parameters name."""


def move_subject(
    work: Work,
    subject: LockedSubject,
    event: SubjectEvent,
    on_day: date,
    *,
    reason: str | None = None,
    **columns: object,
) -> SubjectStatus:
    """Changes a subject's status by an event: the table decides, the event is appended, the column follows."""
    status = next_status(SUBJECT, subject.status, event)
    if columns or status != subject.status:
        work.run(_SET, {"of_id": subject.id, "status": status, **columns})
    work.append(
        SubjectEventRow,
        **subject.owner,
        subject_id=subject.id,
        kind=event,
        on_day=on_day,
        at=work.at,
        version_number=subject.site.version_number,
        reason=reason,
        details={},
    )
    return status


def audit_subject(
    work: Work,
    subject: LockedSubject,
    act: str,
    *,
    old: dict[str, object] | None = None,
    new: dict[str, object] | None = None,
    reason: str | None = None,
    secret: dict[str, object] | None = None,
) -> None:
    """One audit line about a subject."""
    work.audit(
        AuditDraft(
            act=act,
            record_kind="subject",
            record=subject.number,
            study_id=subject.study_id,
            site_id=subject.site.id,
            zone=subject.site.zone,
            old=old,
            new=new,
            reason=reason,
            secret=secret,
        )
    )
