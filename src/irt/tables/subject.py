"""Subjects and what happened to them. Nothing here tells a treatment."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlmodel import Field

from irt.states.records import VisitEvent, VisitStatus
from irt.states.subject import SubjectStatus
from irt.tables.columns import Owned, document, instant, one_of


class Subject(Owned, table=True):
    """A person in the study, known by number only. `status` is the cached last line of its events."""

    __table_args__ = (UniqueConstraint("study_id", "number"),)
    site_id: int = Field(foreign_key="site.id", index=True)
    number: str
    status: SubjectStatus = one_of(SubjectStatus, "status")
    dose_level: str | None = None
    screened_on: date
    run_in_on: date | None = None
    randomized_on: date | None = None
    code_broken_at: datetime | None = instant(default=None)


class Screening(Owned, table=True):
    """One attempt at screening; a re-screening points to the earlier one."""

    __table_args__ = (UniqueConstraint("study_id", "number"),)
    subject_id: int = Field(foreign_key="subject.id", index=True)
    number: str
    started_on: date
    earlier_id: int | None = Field(default=None, foreign_key="screening.id")
    version_number: int


class SubjectEvent(Owned, table=True):
    """One thing that happened to a subject. Append-only."""

    __tablename__ = "subject_event"
    subject_id: int = Field(foreign_key="subject.id", index=True)
    kind: str
    on_day: date
    at: datetime = instant()
    version_number: int
    reason: str | None = None
    details: dict[str, Any] = document(default_factory=dict)


class Randomization(Owned, table=True):
    """The randomization as a blinded person may know it. Append-only, one a subject and stage."""

    __table_args__ = (
        UniqueConstraint("subject_id", "stage"),
        UniqueConstraint("study_id", "number"),
        UniqueConstraint("study_id", "assignment_number"),
    )
    subject_id: int = Field(foreign_key="subject.id")
    site_id: int = Field(foreign_key="site.id", index=True)
    stage: int = 1
    number: str = Field(description="opaque; carries neither arm nor stratum nor order")
    assignment_number: int = Field(description="1, 2, 3 ... in the study; never shown to blinded people")
    version_number: int
    replaces_id: int | None = Field(
        default=None, foreign_key="randomization.id", unique=True, description="whose place the subject takes"
    )
    levels: dict[str, str] = document(description="strata as entered")
    at: datetime = instant()
    on_day: date


class Annotation(Owned, table=True):
    """A remark on a randomization, as 'in error' or the corrected stratum; nothing is edited."""

    randomization_id: int = Field(foreign_key="randomization.id", index=True)
    kind: str
    text: str
    corrected_levels: dict[str, str] | None = document(default=None)
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class Visit(Owned, table=True):
    """A visit that was held, skipped or is being held; planned ones follow from the schedule.

    `status` is the cached last line of its steps; a row that is planned again reads like none.
    """

    __tablename__ = "subject_visit"
    __table_args__ = (UniqueConstraint("subject_id", "code", "occurrence"),)
    subject_id: int = Field(foreign_key="subject.id")
    code: str
    occurrence: int = Field(default=0, description="counts repeated and unscheduled visits, from 0")
    status: VisitStatus = one_of(VisitStatus, "status")
    planned_on: date | None = None
    held_on: date | None = None
    weight_kg: Decimal | None = Field(default=None, sa_type=String)
    reason: str | None = None


class VisitStep(Owned, table=True):
    """A visit recorded, skipped, reopened or corrected: under which version, when, by whom, why. Append-only.

    A visit at which kits are assigned has its dispensing instead.
    """

    __tablename__ = "visit_step"
    visit_id: int = Field(foreign_key="subject_visit.id", index=True)
    version_number: int
    event: VisitEvent = one_of(VisitEvent, "event")
    on_day: date | None = None
    reason: str | None = None
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class Weighing(Owned, table=True):
    """A body weight as one person typed it for a visit's dose; `confirms_id` where it repeats another's.

    Append-only. The latest one that confirms nothing is the one in force.
    """

    subject_id: int = Field(foreign_key="subject.id", index=True)
    visit_code: str
    occurrence: int = 0
    weight_kg: Decimal = Field(sa_type=String)
    on_day: date
    confirms_id: int | None = Field(default=None, foreign_key="weighing.id", unique=True)
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")


class DispensingOrder(Owned, table=True):
    """The investigator's signed order for a visit's kits."""

    __tablename__ = "dispensing_order"
    subject_id: int = Field(foreign_key="subject.id", index=True)
    visit_code: str
    occurrence: int = 0
    dose_level: str | None = None
    weight_kg: Decimal | None = Field(default=None, sa_type=String)
    signature_id: int = Field(foreign_key="signature.id")
    version_number: int
    at: datetime = instant()


class CodeBreak(Owned, table=True):
    """An emergency code break of one subject: who, when, why; never what (the secret chain has it)."""

    __tablename__ = "code_break"
    subject_id: int = Field(foreign_key="subject.id", index=True)
    account_id: int = Field(foreign_key="account.id")
    reason_category: str
    narrative: str | None = None
    second_factor: bool
    at: datetime = instant()
    reviewed_at: datetime | None = instant(default=None)
    reviewed_by_id: int | None = Field(default=None, foreign_key="account.id")


class Deviation(Owned, table=True):
    """A departure from the protocol, as a misallocation. Append-only."""

    __table_args__ = (UniqueConstraint("study_id", "number"),)
    number: str
    subject_id: int | None = Field(default=None, foreign_key="subject.id", index=True)
    site_id: int | None = Field(default=None, foreign_key="site.id")
    kind: str
    sentence: str
    details: dict[str, Any] = document(default_factory=dict)
    at: datetime = instant()
    account_id: int = Field(foreign_key="account.id")
