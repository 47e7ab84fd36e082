"""Supply's inbox calls: its owners when something opens or is overdue, the study team when it is escalated.

Each matter is told once at each stage. The letters hold what the inbox shows: by blinding group for everybody.
A study that names their kinds among its notices has their words approved first.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, bindparam, func, select
from sqlmodel import SQLModel

from irt.audit.entry import study_chain
from irt.blinding.actor import Actor
from irt.blinding.audience import Audience
from irt.blinding.roles import Permission
from irt.reads.blinded_exceptions import ExceptionLine, open_exceptions
from irt.reads.locked import locked_chains
from irt.services.audit_draft import AuditDraft
from irt.services.outbox import write_outbox
from irt.services.store import Store
from irt.services.supply_night import night_actor
from irt.services.supply_study import lock_study
from irt.services.unit_of_work import perform
from irt.services.work import Work
from irt.states.records import VersionStatus
from irt.supply.exceptions import ExceptionKind
from irt.tables.columns import table_of
from irt.tables.study import StudyVersion
from irt.tables.supply import ExceptionNotice

EVERY = timedelta(minutes=10)
"""So often a worker looks."""


class Stage(StrEnum):
    """How far a matter has come."""

    OPEN = "open"
    OVERDUE = "overdue"
    ESCALATED = "escalated"


class TellExceptions(SQLModel):
    """Whatever is in the inbox of a study and was not told yet."""

    study_id: int


class ExceptionsTold(SQLModel):
    """How many matters were told, by stage."""

    told: dict[str, int]


def tell_exceptions(work: Work, ask: TellExceptions) -> ExceptionsTold:
    """Writes one letter for each stage and owner into the outbox, and notes what was told."""
    work.actor.require(Permission.RUN_RESUPPLY, ask.study_id)
    study = lock_study(work, ask.study_id)
    due = untold(work.connection, study.id, work.at)
    asked = {notice.kind for notice in study.definition.notices}
    by_reader: dict[tuple[str, int], list[ExceptionLine]] = defaultdict(list)
    for stage, line in due:
        by_reader[_letter_of(stage, line, asked), 0 if stage == Stage.ESCALATED else line.owner_id].append(line)
        facts = {"kind": line.kind, "record": line.record, "deadline": line.deadline}
        work.append(ExceptionNotice, **study.owner, **facts, stage=stage, at=work.at)
    for (letter, owner_id), lines in sorted(by_reader.items()):
        body = {"lines": [_words(line) for line in lines], "to_account": owner_id or None}
        for audience in (Audience.BLINDED, Audience.UNBLINDED):
            write_outbox(work, letter, audience, body, study.id)
    told = {str(stage): sum(one == stage for one, _ in due) for stage in Stage}
    work.audit(
        AuditDraft(
            act="exceptions_told",
            record_kind="study",
            record=str(study.id),
            study_id=study.id,
            new=told,
        )
    )
    return ExceptionsTold(told=told)


_NOTICES = table_of(ExceptionNotice)
_TOLD = select(_NOTICES.c.kind, _NOTICES.c.record, _NOTICES.c.stage, _NOTICES.c.at).where(
    _NOTICES.c.study_id == bindparam("study_id"), _NOTICES.c.at >= bindparam("since")
)
REMEMBERED = timedelta(days=28)
"""What comes up again later than this is a new matter."""


def untold(connection: Connection, study_id: int, now: datetime) -> list[tuple[Stage, ExceptionLine]]:
    """Matters of the inbox with the stage that they have reached, where nobody was told of it yet."""
    rows = connection.execute(_TOLD, {"study_id": study_id, "since": now - REMEMBERED})
    told = {(row.kind, row.record, row.stage) for row in rows}
    found = []
    for line in open_exceptions(connection, study_id, now):
        stage = Stage.ESCALATED if line.escalated else Stage.OVERDUE if line.overdue else Stage.OPEN
        if (line.kind, line.record, stage) not in told:
            found.append((stage, line))
    return found


def _letter_of(stage: Stage, line: ExceptionLine, asked: Collection[str]) -> str:
    """The kind of letter: a vendor's silence has one of its own in studies that ask for it."""
    silent = stage == Stage.OPEN and line.kind == ExceptionKind.VENDOR_SILENT
    return str(line.kind) if silent and line.kind in asked else f"exceptions_{stage}"


def _words(line: ExceptionLine) -> str:
    kind = str(line.kind).replace("_", " ").capitalize()
    return f"{kind}: {line.record}, {line.where}, {line.words}. Deadline {line.deadline:%d %b %Y %H:%M} UTC."


_VERSIONS = table_of(StudyVersion)
_IN_FORCE = (
    select(_VERSIONS.c.study_id)
    .where(_VERSIONS.c.status == VersionStatus.APPROVED)
    .group_by(_VERSIONS.c.study_id)
    .having(func.count() > 0)
    .order_by(_VERSIONS.c.study_id)
)


@dataclass(slots=True)
class Watch:
    """One worker's look at the inboxes, every ten minutes; two workers at once tell nothing twice."""

    store: Store
    _looked_at: datetime | None = field(default=None)

    def look(self, now: datetime) -> int:
        """Tells what is new in every study; gives how many studies had something."""
        if self._looked_at is not None and now < self._looked_at + EVERY:
            return 0
        self._looked_at = now
        with self.store.reading_past_wall() as connection:
            studies = connection.execute(_IN_FORCE).scalars().all()
            locked = locked_chains(connection)
            watched = [study_id for study_id in studies if study_chain(study_id) not in locked]
            due = [study_id for study_id in watched if untold(connection, study_id, now)]
        for study_id in due:
            self._tell(night_actor(self.store), study_id, now)
        return len(due)

    def _tell(self, actor: Actor, study_id: int, now: datetime) -> None:
        key = f"exceptions:{study_id}:{now:%Y%m%d%H%M}"
        perform(self.store, actor, now, tell_exceptions, TellExceptions(study_id=study_id), key)
