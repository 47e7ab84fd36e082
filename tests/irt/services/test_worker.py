"""The worker: runs what is queued, obeys a cancel, survives a fault, plans each night once, stops between steps."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select

from irt.blinding.roles import Role
from irt.errors import NotAllowed, Refusal
from irt.services.accounts import DisableAccount, disable_account
from irt.services.bootstrap import ensure_system_account
from irt.services.deliver_outbox import Mailroom
from irt.services.job_handlers import handlers_with
from irt.services.jobs import AskCancel, ask_cancel
from irt.services.nights import night_is_due
from irt.services.run_resupply import NoReviewDay
from irt.services.running_job import Handler, RunningJob
from irt.services.start_jobs import (
    StartResupply,
    StartVerification,
    start_resupply,
    start_verification,
)
from irt.services.store import Store
from irt.services.supply_night import plan_night
from irt.services.worker import Worker
from irt.states.records import JobKind, JobStatus
from irt.study.resupply import Resupply
from irt.supply.resupply import MinMax
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry, Job
from irt.tables.shipment import ResupplyRun
from tests.builders_supply import SupplyHouse, the_lipid_study
from tests.cast import Office

JOBS = table_of(Job)


class NoPost:
    """A post that is never needed."""

    def deliver(self, letter: EmailMessage) -> None:
        """Would lose the letter."""
        raise ConnectionError(letter["Subject"])


@pytest.fixture
def house(store: Store) -> SupplyHouse:
    """A study with kits and one site to supply; the installation has its own account."""
    house = SupplyHouse.of(store)
    house.load()
    house.sites(1)
    ensure_system_account(store, now_of(house))
    return house


def now_of(house: SupplyHouse) -> datetime:
    """Noon of the house's day."""
    return datetime.combine(house.day, time(12), UTC)


def worker(house: SupplyHouse, handlers: Mapping[str, Handler] | None = None) -> Worker:
    """A worker on the house's store, at its noon."""
    mailroom = Mailroom(NoPost(), "irt@localhost")
    return Worker(house.store, handlers or handlers_with(MinMax()), mailroom, lambda: now_of(house))


def queued(house: SupplyHouse) -> int:
    """A run of the planner, started by the supply manager."""
    ask = StartResupply(study_id=house.study_id, day=house.day)
    job_id: int = house.do(Role.SUPPLY_MANAGER, start_resupply, ask).job_id
    return job_id


def job(house: SupplyHouse, job_id: int) -> Any:
    """The job's row."""
    with house.store.reading() as connection:
        return connection.execute(select(JOBS).where(JOBS.c.id == job_id)).one()


def test_a_night_is_planned_once_a_study_and_day(house: SupplyHouse) -> None:
    """However many workers look, however often; the next day it is planned again."""
    first, second = worker(house), worker(house)
    assert first.once() == 1
    assert (first.once(), second.once()) == (0, 0)
    assert len(house.rows(ResupplyRun)) == 1
    (row,) = house.rows(Job)
    assert (row["kind"], row["status"], row["result"]["shipments"]) == (JobKind.NIGHT, JobStatus.DONE, 1)
    house.later(1)
    assert second.once() == 1
    assert len(house.rows(ResupplyRun)) == 2


def test_a_timer_and_a_worker_plan_one_night(house: SupplyHouse) -> None:
    """Whichever comes first."""
    done = plan_night(house.store, MinMax(), house.study_id, house.day, now_of(house))
    worker(house).once()
    (row,) = house.rows(Job)
    assert row["result"] == {"shipments": len(done.shipments), "kits": done.kits}
    assert len(house.rows(ResupplyRun)) == 1


def test_many_workers_at_once_run_each_job_once(house: SupplyHouse) -> None:
    """A real race of threads for the same queue and the same night."""
    ran: list[int] = []
    handlers: dict[str, Handler] = {kind: lambda running: ran.append(running.job.id) or {} for kind in JobKind}
    jobs = [queued(house) for _ in range(6)]
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda each: each.once(), [worker(house, handlers) for _ in range(3)]))
    assert sorted(ran) == sorted(row["id"] for row in house.rows(Job))
    assert len(ran) == len(jobs) + 1


@pytest.mark.parametrize(
    ("review_days", "review_at", "now", "due"),
    [
        (1, time(2), datetime(2026, 3, 3, 1, 59, tzinfo=UTC), False),
        (1, time(2), datetime(2026, 3, 3, 2, tzinfo=UTC), True),
        (7, time(2), datetime(2026, 3, 2, 2, tzinfo=UTC), True),
        (7, time(2), datetime(2026, 3, 3, 2, tzinfo=UTC), False),
        (1, time(22, 30), datetime(2026, 3, 3, 22, tzinfo=UTC), False),
        (1, time(22, 30), datetime(2026, 3, 3, 23, tzinfo=UTC), True),
    ],
)
def test_a_night_has_its_day_and_its_hour(review_days: int, review_at: time, now: datetime, due: bool) -> None:
    """As the study says; every seven days is on Mondays."""
    assert night_is_due(Resupply(review_days=review_days, review_at=review_at), now) is due


def test_a_weekly_study_rests_on_other_days(store: Store) -> None:
    """No job is queued, and the night is refused in words; by hand it can be planned."""
    definition = the_lipid_study()
    weekly = definition.model_copy(update={"resupply": definition.resupply.model_copy(update={"review_days": 7})})
    house = SupplyHouse.of(store, weekly)
    house.load()
    house.sites(1)
    ensure_system_account(store, now_of(house))
    house.later(1)
    assert worker(house).once() == 0
    with pytest.raises(NoReviewDay):
        house.resupply(night=True)
    assert len(house.resupply().shipments) == 1


def test_a_person_s_job_runs_with_the_rights_in_force(house: SupplyHouse) -> None:
    """Rights that ended since refuse the job in words; nothing is booked."""
    job_id = queued(house)
    worker(house).once()
    assert (job(house, job_id).status, len(house.rows(ResupplyRun))) == (JobStatus.FAILED, 1)
    assert job(house, job_id).words.startswith("Your role cannot do this.")


def test_a_job_obeys_a_cancel_between_its_steps(house: SupplyHouse) -> None:
    """And ends as cancelled."""
    job_id = queued(house)
    steps: list[int] = []

    def slow(running: RunningJob) -> Mapping[str, Any]:
        for step in range(5):
            running.step(step, 5, "Working")
            steps.append(step)
            if step == 1 and running.job.id == job_id:
                house.do(Role.SUPPLY_MANAGER, ask_cancel, AskCancel(job_id=job_id))
        return {}

    worker(house, {**handlers_with(MinMax()), JobKind.RESUPPLY: slow}).once()
    assert (job(house, job_id).status, steps) == (JobStatus.CANCELLED, [0, 1])


def test_a_fault_is_told_by_a_reference(house: SupplyHouse, caplog: pytest.LogCaptureFixture) -> None:
    """The page gets nothing of it; the log has it; the next job is not held up."""

    def broken(running: RunningJob) -> Mapping[str, Any]:
        raise ZeroDivisionError("a secret of the engine")

    job_id = queued(house)
    assert worker(house, {**handlers_with(MinMax()), JobKind.RESUPPLY: broken}).once() == 2
    row = job(house, job_id)
    reference = row.words.rstrip(".").rsplit(" ", 1)[1]
    assert (row.status, len(reference), "secret" in row.words) == (JobStatus.FAILED, 6, False)
    assert reference in caplog.text


def test_a_refusal_is_told_in_its_own_words(house: SupplyHouse) -> None:
    """As on a page."""

    def refused(running: RunningJob) -> Mapping[str, Any]:
        raise Refusal("The depot is closed. Nothing was booked.")

    job_id = queued(house)
    worker(house, {**handlers_with(MinMax()), JobKind.RESUPPLY: refused}).once()
    assert job(house, job_id).words == "The depot is closed. Nothing was booked."


def test_a_stopped_worker_puts_its_job_back(house: SupplyHouse) -> None:
    """The next one begins it again."""
    job_id = queued(house)
    first = worker(house)

    def told_to_stop(running: RunningJob) -> Mapping[str, Any]:
        first.stop.set()
        running.step(1, 2, "Working")
        return {}

    first.handlers = {**handlers_with(MinMax()), JobKind.RESUPPLY: told_to_stop}
    first.once()
    assert (job(house, job_id).status, first.once()) == (JobStatus.QUEUED, 0)


def test_a_worker_that_runs_stops_when_told(house: SupplyHouse) -> None:
    """It does what is due, waits, and ends."""
    working = worker(house)
    thread = threading.Thread(target=working.run)
    thread.start()
    try:
        for _ in range(200):
            if any(row["status"] == JobStatus.DONE for row in house.rows(Job)):
                break
            working.stop.wait(0.05)
    finally:
        working.stop.set()
        thread.join(10)
    assert not thread.is_alive()
    assert len(house.rows(ResupplyRun)) == 1


@pytest.fixture
def inspected(store: Store) -> Office:
    """An installation with a study and an inspector."""
    house = SupplyHouse.of(store)
    house.load()
    office = Office.founded(store)
    office.now = now_of(house)
    office.hire("ivo", (Role.INSPECTOR, {"study_id": house.study_id}))
    return office


def working_for(office: Office) -> Worker:
    """A worker at the office's time, before any night is due."""
    return Worker(office.store, handlers_with(MinMax()), Mailroom(NoPost(), "irt@localhost"), lambda: office.now)


def test_a_verification_is_written_into_the_trail(inspected: Office) -> None:
    """By whom, how far, and what was found: chains and signatures."""
    office = inspected
    started = office.does(office.account("ivo"), start_verification, StartVerification(study_id=1))
    working_for(office).once()
    entries = table_of(AuditEntry)
    with office.store.reading() as connection:
        row = connection.execute(select(JOBS).where(JOBS.c.id == started.job_id)).one()
        said = connection.execute(select(entries).where(entries.c.act == "trail_verified")).one()
    assert (row.status, row.result["intact"]) == (JobStatus.DONE, True)
    assert said.person == "Ivo Holm, inspector"
    assert (said.new["intact"], said.new["entries"]) == (True, row.result["entries"])
    assert said.new["signatures"] > 0


def test_a_closed_account_s_job_is_refused(inspected: Office) -> None:
    """Nothing is done in the name of somebody who was shut out."""
    office = inspected
    ivo = office.account("ivo")
    started = office.does(ivo, start_verification, StartVerification(study_id=1))
    office.does(office.ada, disable_account, DisableAccount(account_id=ivo.account_id, reason="left"))
    working_for(office).once()
    with office.store.reading() as connection:
        row = connection.execute(select(JOBS).where(JOBS.c.id == started.job_id)).one()
    assert (row.status, "was closed" in row.words) == (JobStatus.FAILED, True)


@pytest.mark.parametrize("service", [start_resupply, start_verification])
def test_who_may_not_do_it_may_not_start_it(house: SupplyHouse, service: Any) -> None:
    """The job is refused where the work itself would be."""
    ask = (
        StartVerification(study_id=house.study_id)
        if service is start_verification
        else StartResupply(study_id=house.study_id, day=house.day)
    )
    with pytest.raises(NotAllowed):
        house.do(Role.STATISTICIAN, service, ask)


def test_a_night_later_than_its_day_is_not_made_up_for(house: SupplyHouse) -> None:
    """A worker that slept a day plans today: yesterday's stock is not today's."""
    house.day += timedelta(days=3)
    worker(house).once()
    assert [row["asked"]["day"] for row in house.rows(Job)] == [house.day.isoformat()]
