"""A job in a worker's hands: whose it is, where it stands, and whether it should go on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from irt.blinding.actor import Actor
from irt.errors import IntegrityFault, NotAllowed
from irt.services.jobs import ClaimedJob, Progress, report_progress
from irt.services.sessions import load_actor
from irt.services.store import Store
from irt.tables.columns import table_of
from irt.tables.people import Account

BETWEEN_REPORTS = timedelta(seconds=1)


class JobCancelled(Exception):
    """Somebody asked the job to stop, and it has come to the end of a step."""


class WorkerStopping(Exception):
    """The worker was told to stop: the job goes back into the queue."""


_ACCOUNTS = table_of(Account)
_STARTER = select(_ACCOUNTS.c.printed_name, _ACCOUNTS.c.disabled_at).where(
    _ACCOUNTS.c.id == bindparam("account_id")
)


@dataclass(frozen=True, slots=True)
class RunningJob:
    """One job while it runs."""

    store: Store
    job: ClaimedJob
    clock: Callable[[], datetime]
    stopping: Callable[[], bool] = lambda: False

    @property
    def key(self) -> str:
        """The key of the job's effect: a second run of the job finds the first one's answer."""
        return f"job:{self.job.id}"

    @property
    def study_id(self) -> int:
        """The study the job is about; IntegrityFault where it is about none."""
        if self.job.study_id is None:
            raise IntegrityFault(f"job {self.job.id} names no study")
        return self.job.study_id

    def step(self, done: int, of: int | None, words: str) -> None:
        """Between two steps: keeps the lease, tells the page, and stops where somebody asked for it."""
        with self.store.writing() as connection:
            go_on = report_progress(connection, self.job, Progress(done, of, words), self.clock())
        if not go_on:
            raise JobCancelled
        if self.stopping():
            raise WorkerStopping

    def starter(self) -> Actor:
        """Who started the job, with the grants in force now; NotAllowed where the account was closed since."""
        with self.store.reading_past_wall() as connection:
            row = connection.execute(_STARTER, {"account_id": self.job.account_id}).one_or_none()
            if row is None or row.disabled_at is not None:
                raise NotAllowed("The account that started this was closed. Nothing was done. Start it again.")
            return load_actor(connection, self.job.account_id or 0, row.printed_name, self.clock())


class Reports:
    """Passes progress on, at most once a second; so soon is a cancel obeyed."""

    def __init__(self, running: RunningJob, words: str) -> None:
        self._running, self._words = running, words
        self._last: datetime | None = None

    def tell(self, done: int, of: int) -> None:
        """One step of the calculation; raises what ends the job."""
        now = self._running.clock()
        if self._last is None or now - self._last >= BETWEEN_REPORTS:
            self._last = now
            self._running.step(done, of, self._words)


Handler = Callable[[RunningJob], Mapping[str, Any]]
"""Does a job of one kind and gives its result; begins anew where an earlier worker was lost."""
