"""Which studies' nights are due: each study plans on its review days, at its own time."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from irt.audit.entry import study_chain
from irt.blinding.actor import Actor
from irt.reads.locked import locked_chains
from irt.services.start_jobs import StartNight, start_night
from irt.services.store import Store
from irt.services.studies import definition_of
from irt.services.supply_night import night_actor
from irt.services.unit_of_work import perform
from irt.services.work import Work
from irt.states.records import VersionStatus
from irt.study.resupply import Resupply
from irt.supply.calendar import is_review_day
from irt.tables.columns import table_of
from irt.tables.study import StudyVersion

_VERSIONS = table_of(StudyVersion)
_NOBODY = Actor(0, "", ())
_IN_FORCE = (
    select(_VERSIONS.c.study_id, func.max(_VERSIONS.c.number).label("number"))
    .where(_VERSIONS.c.status == VersionStatus.APPROVED)
    .group_by(_VERSIONS.c.study_id)
    .order_by(_VERSIONS.c.study_id)
)


@dataclass(slots=True)
class Nights:
    """The nights this worker has queued; several workers queue each night once, by its key."""

    store: Store
    _queued: set[tuple[int, date]] = field(default_factory=set)

    def queue(self, now: datetime) -> int:
        """Queues a job for each night that is due today; gives how many."""
        with self.store.reading_past_wall() as connection:
            due = {(study_id, now.date()) for study_id in self._due(connection, now)} - self._queued
        for study_id, day in sorted(due):
            ask = StartNight(study_id=study_id, day=day)
            perform(self.store, night_actor(self.store), now, start_night, ask, f"night-job:{study_id}:{day}")
        self._queued |= due
        return len(due)

    def _due(self, connection: Connection, now: datetime) -> list[int]:
        work, locked = Work(self.store, connection, _NOBODY, now), locked_chains(connection)
        return [
            row.study_id
            for row in connection.execute(_IN_FORCE).all()
            if study_chain(row.study_id) not in locked
            and night_is_due(definition_of(work, row.study_id, row.number).resupply, now)
        ]


def night_is_due(resupply: Resupply, now: datetime) -> bool:
    """Whether today is a review day and its hour has come, in UTC."""
    return is_review_day(now.date(), resupply.review_days) and now.time() >= resupply.review_at
