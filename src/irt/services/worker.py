"""The worker: takes jobs from the queue, one at a time, and sends what waits in the outbox."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from irt.errors import Refusal
from irt.faults import new_reference
from irt.services.anchor_heads import AnchorFolder
from irt.services.deliver_outbox import Mailroom, deliver_outbox
from irt.services.jobs import (
    LEASE,
    ClaimedJob,
    LeaseLost,
    cancel_job,
    claim_job,
    fail_job,
    finish_job,
    job_waits,
    release_job,
    renew_lease,
)
from irt.services.nights import Nights
from irt.services.remind_of_duties import DutyRound
from irt.services.running_job import Handler, JobCancelled, RunningJob, WorkerStopping
from irt.services.store import Store
from irt.services.watch_exceptions import Watch

PAUSE_SECONDS = 1.0
"""Between two looks at an empty queue."""
BEAT_SECONDS = LEASE.total_seconds() / 4

_LOG = logging.getLogger("irt.worker")


@dataclass(slots=True)
class Worker:
    """One worker on a store; as many as one likes may run beside each other."""

    store: Store
    handlers: Mapping[str, Handler]
    mailroom: Mailroom
    clock: Callable[[], datetime]
    anchors: AnchorFolder | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    _nights: Nights = field(init=False)
    _watch: Watch = field(init=False)
    _duties: DutyRound = field(init=False)

    def __post_init__(self) -> None:
        self._nights = Nights(self.store)
        self._watch = Watch(self.store)
        self._duties = DutyRound(self.store)

    def run(self) -> None:
        """Works until told to stop; a fault is logged and the next look is a second later."""
        while not self.stop.is_set():
            try:
                busy = self.once()
            except Exception:
                _LOG.exception("the worker stumbled, and goes on")
                busy = 0
            if not busy:
                self.stop.wait(PAUSE_SECONDS)

    def once(self) -> int:
        """Does everything that is due now; gives how many jobs were run and messages sent."""
        self._nights.queue(self.clock())
        self._watch.look(self.clock())
        self._duties.go(self.clock())
        if self.anchors is not None:
            self.anchors.drop_daily(self.store, self.clock())
        jobs = 0
        while not self.stop.is_set() and (job := self._claimed()) is not None:
            self._run(job)
            jobs += 1
        return jobs + deliver_outbox(self.store, self.mailroom, self.clock())

    def _claimed(self) -> ClaimedJob | None:
        with self.store.reading_past_wall() as connection:
            if not job_waits(connection, self.clock()):
                return None
        with self.store.writing() as connection:
            return claim_job(connection, self.clock())

    def _run(self, job: ClaimedJob) -> None:
        try:
            with _heart_beat(self.store, job, self.clock):
                self._carry_out(job)
        except LeaseLost:
            _LOG.warning("job %s was taken over by another worker", job.id)

    def _carry_out(self, job: ClaimedJob) -> None:
        running = RunningJob(self.store, job, self.clock, self.stop.is_set)
        try:
            result = self.handlers[job.kind](running)
        except LeaseLost:
            raise
        except JobCancelled:
            self._end(lambda connection: cancel_job(connection, job, None, self.clock()))
        except WorkerStopping:
            self._end(lambda connection: release_job(connection, job))
        except Refusal as refusal:
            sentence = refusal.sentence
            self._end(lambda connection: fail_job(connection, job, sentence, self.clock()))
        except Exception as fault:
            words = _told(job, fault)
            self._end(lambda connection: fail_job(connection, job, words, self.clock()))
        else:
            self._end(lambda connection: finish_job(connection, job, result, self.clock()))

    def _end(self, write: Callable[..., None]) -> None:
        with self.store.writing() as connection:
            write(connection)


def _told(job: ClaimedJob, fault: Exception) -> str:
    """What the page says of a fault; the log has the trace under the same reference."""
    reference = new_reference()
    _LOG.error("fault %s in job %s, %s", reference, job.id, job.kind, exc_info=fault)
    return f"We could not finish this. Start it again; it cannot book twice. Reference {reference}."


@contextmanager
def _heart_beat(store: Store, job: ClaimedJob, clock: Callable[[], datetime]) -> Iterator[None]:
    """Renews the lease while one long step is under way."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(BEAT_SECONDS):
            try:
                with store.writing() as connection:
                    renew_lease(connection, job, clock())
            except Exception:
                # The step itself finds out, at its next report, whether the job is still this worker's.
                _LOG.warning("the lease of job %s was not renewed", job.id, exc_info=True)

    heart = threading.Thread(target=beat, daemon=True, name=f"heart of job {job.id}")
    heart.start()
    try:
        yield
    finally:
        done.set()
        heart.join()
