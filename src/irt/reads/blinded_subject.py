"""One subject: the facts every page about it stands on, and the subject's own page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_actions import Action, Standing, actions_for
from irt.reads.blinded_sentences import HistoryLine, dose_words, level_words, told
from irt.reads.blinded_sites import (
    WORK_SITE_COLUMNS,
    WorkSite,
    allowed,
    not_found,
    study_at,
    work_site,
)
from irt.reads.blinded_tasks import rights_at
from irt.reads.blinded_visits import VisitOnCalendar, VisitState, anchors, recorded_visits, visits_on_calendar
from irt.states.kit import Accountability, Custody
from irt.states.records import KitCheck
from irt.states.subject import ON_STUDY_TREATMENT, SubjectStatus
from irt.study.blinded import BlindedStudy
from irt.tables.columns import table_of
from irt.tables.kit import DispensedKit, Dispensing, Kit
from irt.tables.record import AuditEntry
from irt.tables.study import Site, Study
from irt.tables.subject import DispensingOrder, Randomization, Screening, Subject

AHEAD_DAYS = 200
HISTORY_ROWS = 25


@dataclass(frozen=True, slots=True)
class SubjectHere:
    """A subject that the person may see, with its site and study."""

    id: int
    number: str
    status: SubjectStatus
    dose_level: str | None
    screened_on: date
    run_in_on: date | None
    randomized_on: date | None
    code_broken_at: datetime | None
    site: WorkSite
    study: BlindedStudy

    @property
    def address(self) -> str:
        """Where the subject's page is."""
        return f"/studies/{self.site.study_id}/subjects/{self.number}"

    @property
    def run_in_ends(self) -> date | None:
        """The day from which the subject may be randomized, once the run-in has started."""
        return None if self.run_in_on is None else self.study.screening.run_in_ends(self.run_in_on)

    @property
    def dose(self) -> str:
        """The dose level by name; empty where the study has none."""
        return dose_words(self.study, self.dose_level)


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit with the kits given at it."""

    visit: VisitOnCalendar
    kits: tuple[str, ...]
    handed_over: int
    returned: int
    outstanding: int


@dataclass(frozen=True)
class SubjectView(BlindedView):
    """The subject's page."""

    study_id: int
    site_id: int
    study: str
    protocol: str
    version: int
    site: str
    site_name: str
    zone: str
    address: str
    number: str
    status: SubjectStatus
    today: date
    screening_number: str
    screened_on: date
    run_in_on: date | None
    run_in_ends: date | None
    randomization_number: str
    randomized_at: datetime | None
    levels: tuple[tuple[str, str], ...]
    randomized_again: tuple[tuple[str, datetime], ...]
    dose: str
    code_broken_at: datetime | None
    visits: tuple[VisitLine, ...]
    actions: tuple[Action, ...]
    history: tuple[HistoryLine, ...]
    history_kind: str
    history_all: int


_SUBJECTS, _SITES, _STUDIES = table_of(Subject), table_of(Site), table_of(Study)
_SUBJECT = (
    select(
        _SUBJECTS.c.id,
        _SUBJECTS.c.number,
        _SUBJECTS.c.status,
        _SUBJECTS.c.dose_level,
        _SUBJECTS.c.screened_on,
        _SUBJECTS.c.run_in_on,
        _SUBJECTS.c.randomized_on,
        _SUBJECTS.c.code_broken_at,
        *WORK_SITE_COLUMNS,
    )
    .join(_SITES, _SITES.c.id == _SUBJECTS.c.site_id)
    .join(_STUDIES, _STUDIES.c.id == _SUBJECTS.c.study_id)
    .where(_SUBJECTS.c.study_id == bindparam("study_id"), _SUBJECTS.c.number == bindparam("number"))
)


def subject_here(
    connection: Connection,
    actor: Actor,
    study_id: int,
    number: str,
    permission: Permission = Permission.VIEW_SUBJECTS,
) -> SubjectHere:
    """The subject; NotFound where this person may not see it, NotAllowed where they may not do this."""
    row = connection.execute(_SUBJECT, {"study_id": study_id, "number": number}).mappings().first()
    if row is None:
        raise not_found("subject")
    site = work_site(row)
    if not allowed(actor, Permission.VIEW_SUBJECTS, site):
        raise not_found("subject")
    actor.require(permission, study_id, site.site_id)
    return SubjectHere(
        id=row["id"],
        number=row["number"],
        status=SubjectStatus(row["status"]),
        dose_level=row["dose_level"],
        screened_on=row["screened_on"],
        run_in_on=row["run_in_on"],
        randomized_on=row["randomized_on"],
        code_broken_at=row["code_broken_at"],
        site=site,
        study=study_at(connection, study_id, site.version),
    )


def calendar_of(
    connection: Connection, subject: SubjectHere, now: datetime, ahead_days: int = AHEAD_DAYS
) -> tuple[VisitOnCalendar, ...]:
    """The subject's visits, planned and recorded."""
    recorded = recorded_visits(connection, [subject.id]).get(subject.id, {})
    dates = anchors(subject.screened_on, subject.randomized_on)
    return visits_on_calendar(subject.study, dates, recorded, subject.site.today(now), ahead_days)


def subject_page(
    connection: Connection, actor: Actor, study_id: int, number: str, now: datetime, *, history: str = ""
) -> SubjectView:
    """Everything a blinded person may know of one subject."""
    subject = subject_here(connection, actor, study_id, number)
    visits = _lines(connection, subject, calendar_of(connection, subject, now))
    draws = connection.execute(_DRAWN, {"subject_id": subject.id}).mappings().all()
    drawn = draws[0] if draws else None
    entries = _history(connection, subject)
    told_ones = [told(entry, subject.study) for entry in entries]
    shown = [line for line in told_ones if history in ("", line.kind)]
    return SubjectView(
        study_id=study_id,
        site_id=subject.site.site_id,
        study=subject.site.study,
        protocol=subject.site.protocol,
        version=subject.site.version,
        site=subject.site.site,
        site_name=subject.site.name,
        zone=subject.site.zone,
        address=subject.address,
        number=subject.number,
        status=subject.status,
        today=subject.site.today(now),
        screening_number=_screening(connection, subject),
        screened_on=subject.screened_on,
        run_in_on=subject.run_in_on,
        run_in_ends=subject.run_in_ends,
        randomization_number=drawn["number"] if drawn else "",
        randomized_at=drawn["at"] if drawn else None,
        levels=level_words(subject.study, drawn["levels"]) if drawn else (),
        randomized_again=tuple((later["number"], later["at"]) for later in draws[1:]),
        dose=subject.dose,
        code_broken_at=subject.code_broken_at,
        visits=visits,
        actions=_actions(connection, actor, subject, visits, _later_stage(subject, draws, now), now),
        history=tuple(shown[:HISTORY_ROWS]),
        history_kind=history,
        history_all=len(shown),
    )


_DRAWS, _SCREENINGS, _ENTRIES = table_of(Randomization), table_of(Screening), table_of(AuditEntry)
_DRAWN = (
    select(_DRAWS.c.number, _DRAWS.c.at, _DRAWS.c.on_day, _DRAWS.c.levels)
    .where(_DRAWS.c.subject_id == bindparam("subject_id"))
    .order_by(_DRAWS.c.stage)
)
_LAST_SCREENING = (
    select(_SCREENINGS.c.number)
    .where(_SCREENINGS.c.subject_id == bindparam("subject_id"))
    .order_by(_SCREENINGS.c.id.desc())
    .limit(1)
)
_TOLD = (
    select(
        _ENTRIES.c.at,
        _ENTRIES.c.person,
        _ENTRIES.c.act,
        _ENTRIES.c.old,
        _ENTRIES.c.new,
        _ENTRIES.c.reason,
    )
    .where(
        _ENTRIES.c.chain == bindparam("chain"),
        _ENTRIES.c.record_kind == "subject",
        _ENTRIES.c.record == bindparam("number"),
    )
    .order_by(_ENTRIES.c.sequence.desc())
)


def _screening(connection: Connection, subject: SubjectHere) -> str:
    return str(connection.execute(_LAST_SCREENING, {"subject_id": subject.id}).scalar() or "")


def _history(connection: Connection, subject: SubjectHere) -> Sequence[RowMapping]:
    asked = {"chain": f"study:{subject.site.study_id}", "number": subject.number}
    return connection.execute(_TOLD, asked).mappings().all()


_KITS, _LINES, _DISPENSINGS = table_of(Kit), table_of(DispensedKit), table_of(Dispensing)
_GIVEN = (
    select(
        _DISPENSINGS.c.visit_id,
        _KITS.c.number,
        _KITS.c.custody,
        _KITS.c.accountability,
        _LINES.c.status,
    )
    .join(_LINES, _LINES.c.dispensing_id == _DISPENSINGS.c.id)
    .join(_KITS, _KITS.c.id == _LINES.c.kit_id)
    .where(
        _DISPENSINGS.c.subject_id == bindparam("subject_id"),
        _LINES.c.status.not_in((KitCheck.REPLACED, KitCheck.NOT_GIVEN)),
    )
    .order_by(_KITS.c.number)
)


def _lines(
    connection: Connection, subject: SubjectHere, visits: Sequence[VisitOnCalendar]
) -> tuple[VisitLine, ...]:
    kits: dict[int, list[RowMapping]] = {}
    for row in connection.execute(_GIVEN, {"subject_id": subject.id}).mappings():
        kits.setdefault(row["visit_id"], []).append(row)
    return tuple(_line(visit, kits.get(visit.visit_id or 0, [])) for visit in visits)


def _line(visit: VisitOnCalendar, kits: Sequence[RowMapping]) -> VisitLine:
    given = [kit for kit in kits if kit["accountability"] != Accountability.NONE]
    out = [kit for kit in given if kit["accountability"] == Accountability.OUTSTANDING]
    numbers = tuple(kit["number"] for kit in kits)
    return VisitLine(visit, numbers, len(given), len(given) - len(out), len(out))


_ORDERS = table_of(DispensingOrder)
_ORDERED = select(_ORDERS.c.visit_code, _ORDERS.c.occurrence).where(
    _ORDERS.c.subject_id == bindparam("subject_id"),
    ~select(_DISPENSINGS.c.id).where(_DISPENSINGS.c.order_id == _ORDERS.c.id).exists(),
)
_OUTSTANDING = select(func.count()).where(
    _KITS.c.custody == Custody.SUBJECT,
    _KITS.c.place_id == bindparam("subject_id"),
    _KITS.c.accountability == Accountability.OUTSTANDING,
)


def outstanding_kits(connection: Connection, subject: SubjectHere) -> int:
    """How many kits the subject has."""
    return int(connection.execute(_OUTSTANDING, {"subject_id": subject.id}).scalar_one())


def signed_orders(connection: Connection, subject: SubjectHere) -> frozenset[tuple[str, int]]:
    """Visits whose order is signed and not used up yet."""
    rows = connection.execute(_ORDERED, {"subject_id": subject.id})
    return frozenset((row.visit_code, row.occurrence) for row in rows)


def _actions(
    connection: Connection,
    actor: Actor,
    subject: SubjectHere,
    visits: Sequence[VisitLine],
    later_stage: int | None,
    now: datetime,
) -> tuple[Action, ...]:
    calendar = [line.visit for line in visits]
    open_one = next((visit for visit in calendar if visit.state == VisitState.ASSIGNED), None)
    due = [visit for visit in calendar if visit.state == VisitState.DUE and _owed(visit, subject)]
    missed = [visit for visit in calendar if visit.state == VisitState.MISSED and _owed(visit, subject)]
    standing = Standing(
        address=subject.address,
        status=subject.status,
        study=subject.study,
        dose_level=subject.dose_level,
        open_visit=open_one,
        due_visit=next(iter([*due, *missed[-1:]]), None),
        visit_to_record=next((v for v in calendar if v.state == VisitState.DUE and not v.dispenses), None),
        later_stage=later_stage,
        run_in_over=run_in_over(subject, subject.site.today(now)),
        marked=any(is_correctable(subject.study, visit) for visit in calendar),
        signed=signed_orders(connection, subject),
        outstanding=outstanding_kits(connection, subject),
        rights=rights_at(actor, subject.site),
    )
    return actions_for(standing)


def _later_stage(subject: SubjectHere, draws: Sequence[RowMapping], now: datetime) -> int | None:
    """The so-maniest randomization that may be made today; None where it is the first, or none."""
    later = [plan for plan in subject.study.randomizations if plan.number == len(draws) + 1]
    if not draws or not later or subject.status not in ON_STUDY_TREATMENT:
        return None
    first: date = draws[-1]["on_day"] + timedelta(days=later[0].after_days)
    return later[0].number if first <= subject.site.today(now) else None


def run_in_over(subject: SubjectHere, today: date) -> bool:
    """Whether nothing of a run-in stands before the randomization."""
    if not subject.study.screening.run_in_days:
        return True
    return subject.run_in_ends is not None and subject.run_in_ends <= today


def is_correctable(study: BlindedStudy, visit: VisitOnCalendar) -> bool:
    """Whether the visit of the schedule was marked, and no kits make it a fact."""
    if not any(each.code == visit.code for each in study.visits):
        return False
    if visit.state == VisitState.SKIPPED:
        return True
    return visit.state == VisitState.DONE and visit.visit_id is not None and visit.dispensing_id is None


def _owed(visit: VisitOnCalendar, subject: SubjectHere) -> bool:
    """Visits before randomization are not owed any more once it took place."""
    return visit.dispenses and (subject.randomized_on is None or visit.day >= subject.randomized_on)
