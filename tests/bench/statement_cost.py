"""CPU of randomizing and assigning through the services, beside the same statements sent by bare SQLAlchemy Core.

The statements of one world are written down while the services run; in two further worlds, equal to the last row,
the services run again and the written statements are sent by themselves.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, event, text

from irt.commands.study_files import read_study
from irt.enrolment.nights import NIGHT
from irt.enrolment.prepare import prepare_study, preparers_of, staff_of
from irt.enrolment.staff import Staff
from irt.services.activate_site import ChangeSite, change_site
from irt.services.assign_kits import AssignKits, assign_kits
from irt.services.carry_shipments import CarryShipments, carry_shipments
from irt.services.randomize_subject import RandomizeSubject, randomize_subject
from irt.services.release_lot import ReleaseLot, release_lot
from irt.services.run_resupply import RunResupply, run_resupply_with
from irt.services.screen_subject import ScreenSubject, screen_subject
from irt.services.sign_record import Signing
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.states.records import Mode
from irt.study.definition import StudyDefinition
from irt.study.sites import sites_of
from irt.supply.resupply import MinMax
from tests.bench.figures import Figure
from tests.bench.replay_rate import tpc_b
from tests.postgresql import Server

FIRST_DAY = date(1991, 1, 2)
SUBJECTS = 150
Written = list[list[tuple[Any, Any]]]


class World:
    """The stroke study with open, stocked sites and people in screening."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.definition: StudyDefinition = read_study("ist")
        self.sites = [site.number for site in sites_of(self.definition, "small")][:12]
        at = datetime.combine(FIRST_DAY, NIGHT)
        who = preparers_of(store, at)
        self.study_id = prepare_study(store, who, self.definition, "small", Mode.TEST, at, FIRST_DAY).study_id
        self.staff: Staff = staff_of(store, who, at)
        self._supply(at)
        self.now = at + timedelta(days=40)
        self.subjects = [self._screen(number) for number in range(SUBJECTS)]

    def _supply(self, at: datetime) -> None:
        """Opens the sites with more stock than they need, so that no statement differs for lack of a kit."""
        signing = Signing(password=self.staff.password)
        for lot in {lot.blinded_lot: lot for lot in self.definition.sizes["small"].lots}.values():
            if lot.released <= FIRST_DAY:
                ask = ReleaseLot(study_id=self.study_id, lot=lot.blinded_lot, on_day=FIRST_DAY, signing=signing)
                perform(self.store, self.staff.quality, at, release_lot, ask, f"lot {lot.blinded_lot}")
        for site in self.sites:
            opening = ChangeSite(study_id=self.study_id, site=site)
            perform(self.store, self.staff.supply, at, change_site, opening, f"open {site}")
        with self.store.writing() as connection:
            connection.execute(_MORE_STOCK)
        resupply: Callable[..., Any] = run_resupply_with(MinMax())
        for day in (FIRST_DAY, FIRST_DAY + timedelta(days=30)):
            night = datetime.combine(day, NIGHT)
            plan, carry = (
                RunResupply(study_id=self.study_id, day=day),
                CarryShipments(study_id=self.study_id, day=day),
            )
            perform(self.store, self.staff.supply, night, resupply, plan, f"plan {day}")
            perform(self.store, self.staff.depot, night, carry_shipments, carry, f"carry {day}")

    def _screen(self, number: int) -> str:
        site = self.sites[number % len(self.sites)]
        ask = ScreenSubject(study_id=self.study_id, site=site, on_day=self.now.date())
        return perform(self.store, self.staff.site, self.now, screen_subject, ask, f"screen {number}").subject

    def randomize_and_assign(self, number: int) -> None:
        """Two use cases for one subject."""
        factors = [factor for factor in self.definition.factors if factor.source == "entered"]
        levels = {factor.code: factor.level_codes()[number % len(factor.levels)] for factor in factors}
        subject, day = self.subjects[number], self.now.date()
        ask = RandomizeSubject(
            study_id=self.study_id, subject=subject, levels=levels, dose_level="oral", on_day=day
        )
        perform(self.store, self.staff.site, self.now, randomize_subject, ask, f"randomize {number}")
        due = AssignKits(study_id=self.study_id, subject=subject, visit="DAY0", on_day=day)
        perform(self.store, self.staff.site, self.now, assign_kits, due, f"assign {number}")


_MORE_STOCK = text(
    "INSERT INTO secret_resupply_setting (sponsor_id, study_id, kit_type, minimum, maximum, effective_from) "
    "SELECT sponsor_id, study_id, kit_type, 15, 20, effective_from FROM secret_resupply_setting "
    "WHERE country IS NULL AND site_id IS NULL"
)


def statement_cost(name: str, a_store: Callable[[], AbstractContextManager[Store]], server: Server) -> list[Figure]:
    """CPU milliseconds of one randomization with assignment: services, bare Core, and their ratio."""
    with a_store() as store:
        written = _written(World(store))
    with a_store() as store:
        services = _cpu_ms(lambda world: [world.randomize_and_assign(n) for n in range(SUBJECTS)], World(store))
    with a_store() as store:
        bare = _cpu_ms(lambda world: _send(world.store, written), World(store))
    ratio = services / bare
    transactions = f"{tpc_b(server):.0f} pgbench TPC-B-like/s" if name == "PostgreSQL" else ""
    return [
        Figure(
            f"randomize and assign, CPU of this process, {name}",
            f"{services:.2f} ms",
            f"{bare:.2f} ms for the same {_per_subject(written)} statements by bare Core; {transactions}",
            "at most 2 times",
            ratio <= 2,
        ),
        Figure(f"ratio, {name}", f"{ratio:.2f}"),
    ]


def _per_subject(written: Written) -> int:
    return round(sum(map(len, written)) / SUBJECTS)


def _written(world: World) -> Written:
    """Every statement of every transaction while the services run."""
    written: Written = []

    def begin(_connection: Connection) -> None:
        written.append([])

    def keep(_c: Connection, statement: Any, many: Any, one: Any, _options: Any) -> None:
        written[-1].append((statement, many or one))

    event.listen(world.store.engine, "begin", begin)
    event.listen(world.store.engine, "before_execute", keep)
    for number in range(SUBJECTS):
        world.randomize_and_assign(number)
    event.remove(world.store.engine, "before_execute", keep)
    event.remove(world.store.engine, "begin", begin)
    return written


def _send(store: Store, written: Written) -> None:
    for transaction in written:
        with store.writing() as connection:
            for statement, parameters in transaction:
                answer = connection.execute(statement, parameters)
                if answer.returns_rows:
                    answer.all()


def _cpu_ms(work: Callable[[World], Any], world: World) -> float:
    started = time.process_time()
    work(world)
    return (time.process_time() - started) / SUBJECTS * 1000
