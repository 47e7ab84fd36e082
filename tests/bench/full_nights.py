"""Ninety nights of the largest study at full size: 1,242 sites, and 27,564 subjects who are visited as planned.

Subjects are put on treatment directly, as in a study that has enrolled everybody. All else goes through the
services: the kit list, the release of lots, the opening of sites, every night, order, assignment and hand-over.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from fractions import Fraction
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select

from irt.enrolment.arrival import Arrival
from irt.enrolment.days import dispense
from irt.enrolment.nights import NIGHT, plan_nights, plan_opening, plan_release
from irt.enrolment.orders import Orders
from irt.enrolment.prepare import prepare_study, preparers_of, staff_of
from irt.enrolment.run import Run
from irt.enrolment.tally import Tally
from irt.reads.audit_trail import verify_chains
from irt.reads.ledger import ledger_discrepancies
from irt.reads.stock_books import Reconciliation, reconcile_stock
from irt.services.store import Store
from irt.states.records import Mode
from irt.study.definition import StudyDefinition
from irt.study.scale import scaled
from irt.study.schedule import PlannedVisit, planned_visits
from irt.study.sites import sites_of
from irt.tables.columns import table_of
from irt.tables.secret import TreatmentAssignment
from irt.tables.study import Site
from irt.tables.subject import Randomization, Subject, Visit
from tests.bench.figures import Figure
from tests.builders_supply import the_study
from web.wiring import PLANNER

NIGHTS = 90
FILLING_NIGHTS = 28
"""Before the first visit: empty sites are supplied, over the longest lane."""
BEGIN = date(2028, 4, 3)
"""A Monday. By then everybody is enrolled, and two of the file's campaigns of lots are in date."""
ENROLLED_DAYS = 850
SECONDS_MAX = 10.0


@dataclass(frozen=True)
class Person:
    """A subject on treatment since a day."""

    number: int
    arrival: Arrival
    randomized_on: date

    @property
    def subject(self) -> str:
        """The number on the pages."""
        return f"{self.number:07}"


@dataclass
class Nights:
    """What the nights came to; `night_seconds` are those after the filling."""

    tally: Tally
    night_seconds: list[float] = field(default_factory=list)
    seconds: float = 0.0
    stock: Reconciliation = field(default_factory=lambda: Reconciliation(0, 0))
    columns_agree: bool = False
    audit_intact: bool = False

    @property
    def adds_up(self) -> bool:
        """Whether the ledger was reconciled without a fault and the audit trail is whole."""
        return not self.stock.faults and self.columns_agree and self.audit_intact


def full_nights(name: str, store: Store, tell: Callable[[int, str], None]) -> list[Figure]:
    """Ninety nights at full size, and what the ledger says of them."""
    done = run_nights(store, Fraction(1), NIGHTS, tell)
    tally, longest, stock = done.tally, max(done.night_seconds), done.stock
    middle = sorted(done.night_seconds)[len(done.night_seconds) // 2]
    work = f"{tally.shipments:,} shipments, {tally.dispensings:,} dispensings, {tally.missed_dispensings:,} missed"
    ledger = f"{stock.movements:,} movements of {stock.kits:,} kits"
    verdict = "adds up" if done.adds_up else "does not add up"
    met = longest < SECONDS_MAX
    return [
        Figure(
            f"longest of {NIGHTS} nights, {name}", f"{longest:.1f} s", f"median {middle:.2f} s", "under 10 s", met
        ),
        Figure(f"{FILLING_NIGHTS + NIGHTS} nights and their days, {name}", f"{done.seconds:,.0f} s", work),
        Figure(f"ledger, {name}", verdict, ledger, "adds up", done.adds_up),
    ]


def run_nights(
    store: Store, scale: Fraction, nights: int, tell: Callable[[int, str], None] = lambda done, words: None
) -> Nights:
    """The study at this scale: its sites filled, then run for so many nights and days."""
    run = _run(store, _study(scale), BEGIN + timedelta(days=nights), tell)
    filling = BEGIN - timedelta(days=FILLING_NIGHTS)
    for lot in sorted({lot.blinded_lot for lot in run.definition.sizes["full"].lots}):
        plan_release(run, lot, filling)
    for site in run.definition.sites:
        plan_opening(run, site.number, filling)
    plan_nights(run, filling)
    people = [*_people(run)]
    _put_on_treatment(run, people)
    for person in people:
        _plan_visits(run, person)
    store.freshen_statistics()
    done = Nights(run.tally)
    _time_nights(run, done)
    begun = time.perf_counter()
    run.go()
    done.seconds = time.perf_counter() - begun
    with store.reading() as connection:
        done.stock = reconcile_stock(connection, run.study_id)
        done.columns_agree = not ledger_discrepancies(connection, run.study_id)
        done.audit_intact = all(verdict.fault is None for verdict in verify_chains(connection))
    return done


def _study(scale: Fraction) -> StudyDefinition:
    """The study at this scale, its sites by name, and the lots that are in date all the while."""
    fourier = the_study("fourier")
    size = scaled(fourier.sizes["full"], scale)
    released, expiry = BEGIN - timedelta(days=FILLING_NIGHTS), BEGIN + timedelta(days=3 * NIGHTS)
    lots = tuple(lot for lot in size.lots if lot.released < released and lot.expiry > expiry)
    sizes = {"full": size.model_copy(update={"lots": lots})}
    definition = fourier.model_copy(update={"sizes": sizes})
    return definition.model_copy(update={"sites": sites_of(definition, "full")})


def _run(store: Store, definition: StudyDefinition, until: date, tell: Callable[[int, str], None]) -> Run:
    day = BEGIN - timedelta(days=FILLING_NIGHTS + 1)
    at = datetime.combine(day, clock(), UTC)
    who = preparers_of(store, at)
    loaded = prepare_study(store, who, definition, "full", Mode.TRAINING, at, day)
    staff = staff_of(store, who, at)
    return Run(
        store=store,
        staff=staff,
        study_id=loaded.study_id,
        definition=definition,
        planner=PLANNER,
        chance=random.Random(NIGHTS),
        until=datetime.combine(until, clock(), UTC),
        zones={site.number: ZoneInfo(site.zone or "UTC") for site in definition.sites},
        order=Orders(store, loaded.study_id, staff.investigator, who.password),
        tell_night=tell,
    )


def _people(run: Run) -> Iterator[Person]:
    """Spread over sites, days of enrolment and regimens."""
    sites, many = run.definition.sites, run.definition.sizes["full"].planned_subjects
    for number in range(1, many + 1):
        day = BEGIN - timedelta(days=1 + run.chance.randrange(ENROLLED_DAYS))
        level = "QM" if number % 7 == 0 else "Q2W"
        at = datetime.combine(day, clock(9 + number % 8, number % 60), UTC)
        yield Person(number, Arrival(str(number), at, sites[number % len(sites)].number, dose_level=level), day)


def _put_on_treatment(run: Run, people: Iterable[Person]) -> None:
    sites = table_of(Site)
    with run.store.writing() as connection:
        rows = connection.execute(select(sites.c.number, sites.c.id, sites.c.sponsor_id)).all()
        ids = {row.number: row.id for row in rows}
        owner = {"sponsor_id": rows[0].sponsor_id, "study_id": run.study_id}
        _put(connection, Subject, (owner | _subject(one, ids[one.arrival.site]) for one in people))
        _put(connection, Randomization, (owner | _randomization(one, ids[one.arrival.site]) for one in people))
        _put(connection, TreatmentAssignment, (owner | _treatment(one) for one in people))
        _put(connection, Visit, (owner | row for one in people for row in _past_visits(run, one)))


def _put(connection: Connection, model: Any, rows: Iterable[dict[str, Any]]) -> None:
    connection.execute(insert(table_of(model)), [*rows])


def _subject(one: Person, site_id: int) -> dict[str, Any]:
    facts = {"id": one.number, "number": one.subject, "site_id": site_id, "status": "on_treatment"}
    days = {"screened_on": one.randomized_on, "randomized_on": one.randomized_on}
    return {**facts, **days, "dose_level": one.arrival.dose_level}


def _randomization(one: Person, site_id: int) -> dict[str, Any]:
    drawn = {"id": one.number, "subject_id": one.number, "site_id": site_id, "stage": 1, "number": f"R{one.number}"}
    rest = {"assignment_number": one.number, "version_number": 1, "levels": {}}
    return {**drawn, **rest, "at": one.arrival.at, "on_day": one.randomized_on}


def _treatment(one: Person) -> dict[str, Any]:
    drawn = {"method": "", "stratum": "", "probabilities": {}, "draws": [], "state_seen": None, "engine": ""}
    return {"randomization_id": one.number, "arm": "AP"[one.number % 2], "stock_seen": {}, **drawn}


def _visits(run: Run, one: Person) -> Iterator[PlannedVisit]:
    return planned_visits(run.definition, {"randomization": one.randomized_on}, run.until.date())


def _past_visits(run: Run, one: Person) -> Iterator[dict[str, Any]]:
    for visit in _visits(run, one):
        if visit.planned < BEGIN:
            held = {"planned_on": visit.planned, "held_on": visit.planned, "status": "done"}
            yield {"subject_id": one.number, "code": visit.code, "occurrence": visit.occurrence, **held}


def _plan_visits(run: Run, one: Person) -> None:
    for visit in _visits(run, one):
        if visit.planned >= BEGIN and visit.dispenses:
            moment = one.arrival.at + (visit.planned - one.randomized_on)
            run.at(moment, partial(_visit, run, one, visit))


def _visit(run: Run, one: Person, visit: PlannedVisit, moment: datetime) -> None:
    dispense(run, one.arrival, one.subject, visit, moment)


def _time_nights(run: Run, done: Nights) -> None:
    """Notes how long each night takes once subjects are visited: from just before it to just after."""
    begun = 0.0

    def begin(_: datetime) -> None:
        nonlocal begun
        begun = time.perf_counter()

    def end(_: datetime) -> None:
        done.night_seconds.append(time.perf_counter() - begun)

    night = datetime.combine(BEGIN, NIGHT)
    while night <= run.until:
        run.at(night - timedelta(seconds=1), begin)
        run.at(night + timedelta(seconds=1), end)
        night += timedelta(days=1)
