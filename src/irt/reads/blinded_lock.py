"""Whether a study can be locked: what is still open, counted; and every step of its lock so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, String, bindparam, cast, func, literal, select, union_all

from irt.blinding.views import BlindedView
from irt.states.kit import Accountability, Custody
from irt.states.outage import PackEvent
from irt.states.records import ExcursionStatus, SiteStatus
from irt.states.shipment import OPEN
from irt.states.stock_difference import UNSETTLED
from irt.states.study_lock import LOCK, LockStatus, LockStep
from irt.states.subject import SUBJECT, SubjectEvent, SubjectStatus
from irt.tables.columns import table_of
from irt.tables.deviation import DeviationClosure
from irt.tables.issue import StudyIssue, StudyIssueStep
from irt.tables.kit import Kit
from irt.tables.lock import StudyLockStep
from irt.tables.outage import OutagePack, OutagePackStep
from irt.tables.people import Account
from irt.tables.record import Approval, Signature
from irt.tables.shipment import Excursion, Shipment
from irt.tables.study import Site, Study, StudyEnd
from irt.tables.subject import CodeBreak, Deviation, Subject
from irt.tables.vendor import StockDifference

EXAMPLES = 5
DATABASE_LOCKED = "locked"
"""The kind of the declaration; the lock of the study itself is a step of its own, by two people."""


@dataclass(frozen=True)
class LockCondition(BlindedView):
    """One condition: its name, its words, how many records keep it from holding, and the first of them."""

    name: str
    words: str
    open: int
    examples: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is open."""
        return self.open == 0


@dataclass(frozen=True)
class LockLine(BlindedView):
    """One step of the lock as it was booked."""

    number: int
    step: LockStep
    reason: str
    conditions: Mapping[str, int]
    agreed: Mapping[str, str]
    content_hash: str
    person: str
    person_id: int
    at: datetime


@dataclass(frozen=True)
class EndLine(BlindedView):
    """A declared end: `locked`, of the clinical database, or `unblinded`."""

    kind: str
    person: str
    at: datetime


@dataclass(frozen=True)
class StudyLock(BlindedView):
    """Where a study stands and how it came there, the newest step last; `ends`: what was declared so far."""

    study_id: int
    status: LockStatus
    conditions: tuple[LockCondition, ...]
    steps: tuple[LockLine, ...]
    ends: tuple[EndLine, ...] = ()

    @property
    def database(self) -> EndLine | None:
        """The declaration that the clinical database is locked, if it was made."""
        return next((one for one in self.ends if one.kind == DATABASE_LOCKED), None)

    @property
    def waiting(self) -> LockLine | None:
        """The step that waits for its second person."""
        asked = self.status in (LockStatus.ASKED, LockStatus.LIFT_ASKED)
        return self.steps[-1] if asked else None


_SUBJECTS, _SITES, _KITS, _SHIPMENTS = table_of(Subject), table_of(Site), table_of(Kit), table_of(Shipment)
_DEVIATIONS, _CLOSURES, _STUDIES = table_of(Deviation), table_of(DeviationClosure), table_of(Study)
_EXCURSIONS, _DIFFERENCES, _BREAKS = table_of(Excursion), table_of(StockDifference), table_of(CodeBreak)
_PACKS, _PACK_STEPS, _APPROVALS = table_of(OutagePack), table_of(OutagePackStep), table_of(Approval)
_ISSUES, _ISSUE_STEPS = table_of(StudyIssue), table_of(StudyIssueStep)
_STEPS, _ACCOUNTS = table_of(StudyLockStep), table_of(Account)
_ENDS, _SIGNATURES = table_of(StudyEnd), table_of(Signature)
_STUDY: BindParameter[int] = bindparam("study_id")
_UNDER_WAY = sorted({status for status, event in SUBJECT if event != SubjectEvent.RESCREEN})
"""Statuses from which a subject can still go on; whoever failed screening has ended."""
_WITH_A_SUBJECT = (Accountability.OUTSTANDING, Accountability.RETURNED, Accountability.DAMAGED_BY_SUBJECT)
_UNVERIFIED = (*_WITH_A_SUBJECT, Accountability.VERIFIED_BY_SITE)


def _numbers(table: type, *where: object) -> Select[Any]:
    rows = table_of(table)
    return select(rows.c.number.label("number")).where(rows.c.study_id == _STUDY, *where)  # type: ignore[arg-type]  # any clause


_CONDITIONS: tuple[tuple[str, str, Select[Any]], ...] = (
    ("subjects", "Every subject has ended", _numbers(Subject, _SUBJECTS.c.status.in_(_UNDER_WAY))),
    ("sites", "Every site is closed", _numbers(Site, _SITES.c.status != SiteStatus.CLOSED)),
    (
        "randomization",
        "Randomization has ended: the clinical database is declared locked",
        select(_STUDIES.c.protocol.label("number")).where(
            _STUDIES.c.id == _STUDY,
            ~select(_ENDS.c.id).where(_ENDS.c.study_id == _STUDIES.c.id, _ENDS.c.kind == DATABASE_LOCKED).exists(),
        ),
    ),
    (
        "accountability",
        "Every kit that a subject had is verified by the monitor",
        _numbers(Kit, _KITS.c.accountability.in_(_UNVERIFIED)),
    ),
    (
        "site_stock",
        "No kit lies at a site unaccounted for",
        _numbers(Kit, _KITS.c.custody == Custody.SITE, _KITS.c.accountability == Accountability.NONE),
    ),
    ("shipments", "No shipment is under way", _numbers(Shipment, _SHIPMENTS.c.status.in_(sorted(OPEN)))),
    (
        "deviations",
        "Every deviation is closed",
        _numbers(
            Deviation,
            ~select(_CLOSURES.c.id).where(_CLOSURES.c.deviation_id == _DEVIATIONS.c.id).exists(),
        ),
    ),
    (
        "issues",
        "Every issue is closed",
        _numbers(
            StudyIssue,
            ~select(_ISSUE_STEPS.c.id)
            .where(_ISSUE_STEPS.c.issue_id == _ISSUES.c.id, _ISSUE_STEPS.c.step == "closed")
            .exists(),
        ),
    ),
    (
        "excursions",
        "Every excursion is decided and closed",
        _numbers(Excursion, _EXCURSIONS.c.status != ExcursionStatus.CLOSED),
    ),
    (
        "discrepancies",
        "No depot's stock differs",
        select(_DIFFERENCES.c.record.label("number")).where(
            _DIFFERENCES.c.study_id == _STUDY, _DIFFERENCES.c.status.in_(sorted(UNSETTLED))
        ),
    ),
    (
        "seals",
        "Every pack for an outage is closed, its seals counted",
        _numbers(
            OutagePack,
            ~select(_PACK_STEPS.c.id)
            .where(_PACK_STEPS.c.pack_id == _PACKS.c.id, _PACK_STEPS.c.event == PackEvent.CLOSE)
            .exists(),
        ),
    ),
    (
        "code_breaks",
        "Every code break is told and reviewed",
        select(_SUBJECTS.c.number.label("number"))
        .join(_BREAKS, _BREAKS.c.subject_id == _SUBJECTS.c.id)
        .where(_BREAKS.c.study_id == _STUDY, _BREAKS.c.reviewed_at.is_(None)),
    ),
    (
        "approvals",
        "Nothing waits for a second person",
        select(cast(_APPROVALS.c.id, String).label("number")).where(
            _APPROVALS.c.study_id == _STUDY, _APPROVALS.c.decided_at.is_(None)
        ),
    ),
)
CONDITION_WORDS = {name: words for name, words, _ in _CONDITIONS}
_COUNTED = union_all(
    *(
        select(literal(name).label("name"), func.count().label("open"), func.min(found.c.number).label("first"))
        for name, found in ((name, question.subquery()) for name, _, question in _CONDITIONS)
    )
)
_ALL_STEPS = (
    select(_STEPS, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _STEPS.c.account_id)
    .where(_STEPS.c.study_id == _STUDY)
    .order_by(_STEPS.c.number)
)
_ALL_ENDS = (
    select(_ENDS.c.kind, _ENDS.c.at, _SIGNATURES.c.printed_name)
    .join(_SIGNATURES, _SIGNATURES.c.id == _ENDS.c.signature_id)
    .where(_ENDS.c.study_id == _STUDY)
    .order_by(_ENDS.c.id)
)


def lock_conditions(connection: Connection, study_id: int) -> tuple[LockCondition, ...]:
    """Every condition with what is open of it, in the order in which they are worked off."""
    asked = {"study_id": study_id}
    counted = {row.name: row.open for row in connection.execute(_COUNTED, asked)}
    found = []
    for name, words, question in _CONDITIONS:
        few = question.order_by("number").limit(EXAMPLES)
        examples = tuple(str(row.number) for row in connection.execute(few, asked)) if counted[name] else ()
        found.append(LockCondition(name, words, counted[name], examples))
    return tuple(found)


def lock_of(connection: Connection, study_id: int) -> StudyLock:
    """Where the study stands, and what keeps it from being locked."""
    steps = lock_steps(connection, study_id)
    rows = connection.execute(_ALL_ENDS, {"study_id": study_id})
    ends = tuple(EndLine(row.kind, row.printed_name, row.at) for row in rows)
    return StudyLock(study_id, status_after(steps), lock_conditions(connection, study_id), steps, ends)


def lock_steps(connection: Connection, study_id: int) -> tuple[LockLine, ...]:
    """Every step so far, in order."""
    return tuple(
        LockLine(
            number=row["number"],
            step=LockStep(row["step"]),
            reason=row["reason"],
            conditions=row["conditions"],
            agreed=row["agreed"],
            content_hash=row["content_hash"],
            person=row["printed_name"],
            person_id=row["account_id"],
            at=row["at"],
        )
        for row in connection.execute(_ALL_STEPS, {"study_id": study_id}).mappings()
    )


def status_after(steps: tuple[LockLine, ...]) -> LockStatus:
    """Where these steps lead."""
    status = LockStatus.OPEN
    for each in steps:
        status = LOCK[status, each.step]
    return status


ENDED = frozenset(set(SubjectStatus) - set(_UNDER_WAY))
"""Statuses of subjects who have ended."""
