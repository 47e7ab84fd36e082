"""A run: nights of supply and days of subjects, in order of time, each step one use case of the services."""

import heapq
import itertools
import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from irt.enrolment.arrival import Arrival
from irt.enrolment.staff import Staff
from irt.enrolment.tally import Tally
from irt.errors import IntegrityFault
from irt.randomization.scheme import NoEligibleAgent, NoOpenCohort
from irt.services.activate_site import ChangeSite, change_site
from irt.services.all_arms_check import RandomizationNotPossible
from irt.services.assign_kits import AssignKits, assign_kits
from irt.services.caps import EnrolmentClosed
from irt.services.carry_shipments import CarryShipments, carry_shipments
from irt.services.change_treatment import ChangeStatus, SkipVisit, change_status, skip_visit
from irt.services.dispensings import DispensingReceipt
from irt.services.hand_over_kits import HandOver, hand_over_kits
from irt.services.randomize_subject import RandomizeSubject, ScreeningExpired, randomize_subject
from irt.services.release_lot import ReleaseLot, release_lot
from irt.services.run_resupply import RunResupply, run_resupply_with
from irt.services.screen_subject import FailScreening, ScreenSubject, fail_screening, screen_subject
from irt.services.sign_record import Signing
from irt.services.start_run_in import StartRunIn, start_run_in
from irt.services.store import Store
from irt.services.take_back_kits import ReturnedKit, TakeBackKits, take_back_kits
from irt.services.unit_of_work import perform
from irt.services.weigh_subject import ConfirmWeight, EnterWeight, confirm_weight, enter_weight
from irt.states.records import KitFate
from irt.study.definition import StudyDefinition
from irt.study.dispensing_schedule import second_check_visits
from irt.study.network import Lot
from irt.study.schedule import PlannedVisit, planned_visits
from irt.supply.calendar import is_review_day
from irt.supply.kit_selection import NoUsableKit
from irt.supply.planner import ResupplyPlanner

NIGHT = time(2, 0, tzinfo=UTC)
TRIES_AT_RANDOMIZING = 40
NOT_YET = (RandomizationNotPossible, NoOpenCohort, NoEligibleAgent, EnrolmentClosed, ScreeningExpired)
"""Refusals that another day may lift, and the one that ends the waiting."""
HAND_OVER_TAKES = timedelta(minutes=4)
OPENED_BY_OTHERS = timedelta(days=2)
"""Others may be a day behind, so that a site is surely open only so long after."""


@dataclass(frozen=True, slots=True)
class VisitToOrder:
    """What an investigator signs in a run."""

    subject: str
    visit: str
    occurrence: int
    dose_level: str | None
    weight_kg: Decimal | None


class Order(Protocol):
    """Signs the investigator's order for a visit, where the study asks for one."""

    def __call__(self, due: VisitToOrder, at: datetime) -> None: ...


class ToTheDoor(Protocol):
    """Sends assigned kits to a subject's home and sees them arrive, where the study has kits go there."""

    def send(self, run: "Run", assigned: DispensingReceipt, moment: datetime, key: str) -> None: ...


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A visit that is due at the end of a run and was left for somebody to try."""

    arrival: Arrival
    subject: str
    visit: PlannedVisit


class Hands(Protocol):
    """People who work beside the run: what touches stock in its order, what ends a hand-over after that."""

    def take(self, errand: "Errand") -> Future[Tally]: ...


@dataclass(slots=True)
class Run:
    """One study being run: what is still to happen, in order of time, and what has been counted.

    Other `hands` supply sites and give out first kits while the next subjects are screened and randomized, as
    pharmacists and depots do. Whatever touches stock stays in order of time and nobody is more than a day ahead, so
    that the outcome is that of one hand.
    """

    store: Store
    staff: Staff
    study_id: int
    definition: StudyDefinition
    planner: ResupplyPlanner
    chance: random.Random
    until: datetime
    zones: dict[str, ZoneInfo]
    returns: bool = False
    showcase: str | None = None
    order: Order | None = None
    door: ToTheDoor | None = None
    hands: Hands | None = None
    tell: Callable[[int, str], None] = lambda done, words: None
    tell_night: Callable[[int, str], None] = lambda done, words: None
    tally: Tally = field(default_factory=Tally)
    held: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    left_open: list[LeftOpen] = field(default_factory=list)
    opened: dict[str, datetime] = field(default_factory=dict)
    _due: list[tuple[datetime, int, Callable[[datetime], None], bool]] = field(default_factory=list)
    _count: Any = field(default_factory=itertools.count)
    _today: list[Future[Tally]] = field(default_factory=list)
    _yesterday: list[Future[Tally]] = field(default_factory=list)

    def at(self, moment: datetime, step: Callable[[datetime], None], *, waits: bool = True) -> None:
        """Plans a step; steps of one moment happen in the order in which they were planned.

        A step that does not wait may begin while others are at work.
        """
        if moment <= self.until:
            heapq.heappush(self._due, (moment, next(self._count), step, waits))

    def go(self) -> Tally:
        """Carries out every step up to the end."""
        while self._due:
            moment, _, step, waits = heapq.heappop(self._due)
            if waits:
                self.wait()
            step(moment)
        self.wait()
        return self.tally

    def leave(self, errand: "Errand") -> None:
        """Leaves an errand to the others, where there are any."""
        if self.hands is None:
            follow: Errand | None = errand
            while follow is not None:
                follow = follow(self)
        else:
            self._today.append(self.hands.take(errand))

    def wait(self) -> None:
        """Until the others have done all they were left; what went wrong there is raised here."""
        self.end_day()
        self.end_day()

    def end_day(self) -> None:
        """Until the others have done what they were left before the last end of a day."""
        waiting, self._yesterday, self._today = self._yesterday, self._today, []
        for done in waiting:
            self.tally.add(done.result())


Errand = Callable[[Run], "Errand | None"]
"""Something to do in a run, and what is then left to follow it."""


def run_study(run: Run, arrivals: Sequence[Arrival], opened: dict[str, date], lots: Iterable[Lot]) -> Tally:
    """Opens sites and lots on their days, supplies every night, and takes every arrival through the study."""
    first = min(opened.values())
    for lot, day in _release_days(lots, first):
        plan_release(run, lot, day)
    for site, day in sorted(opened.items(), key=lambda pair: (pair[1], pair[0])):
        plan_opening(run, site, day)
    plan_nights(run, first)
    for arrival in arrivals:
        run.at(arrival.at, lambda moment, who=arrival: _screen(run, who, moment), waits=False)  # type: ignore[misc]
    return run.go()


def _release_days(lots: Iterable[Lot], first: date) -> list[tuple[str, date]]:
    """The blinded lots that can still be used and the day of their release, in order of day."""
    days = {lot.blinded_lot: max(lot.released, first) for lot in lots if lot.expiry > max(lot.released, first)}
    return sorted(days.items(), key=lambda pair: (pair[1], pair[0]))


def plan_nights(run: Run, first: date) -> None:
    """Every night from the first day to the end of the run."""
    night = datetime.combine(first, NIGHT)
    while night <= run.until:
        run.at(night, lambda moment: _end_day(run, moment), waits=False)
        night += timedelta(days=1)


def plan_release(run: Run, lot: str, day: date) -> None:
    """The qualified person releases a lot before the night."""
    moment = datetime.combine(day, NIGHT) - timedelta(hours=1)
    signing = Signing(password=run.staff.password)
    ask = ReleaseLot(study_id=run.study_id, lot=lot, on_day=day, signing=signing)
    release = partial(
        _do, actor=run.staff.quality, moment=moment, service=release_lot, ask=ask, key=f"release:{lot}"
    )
    run.at(moment, lambda at: run.leave(release), waits=False)


def plan_opening(run: Run, site: str, day: date) -> None:
    """A site is opened before the night, between releases and orders."""
    moment = datetime.combine(day, NIGHT) - timedelta(minutes=30)
    ask = ChangeSite(study_id=run.study_id, site=site)
    change = partial(_do, actor=run.staff.supply, moment=moment, service=change_site, ask=ask, key=f"open:{site}")
    run.opened[site] = moment
    run.at(moment, lambda at: run.leave(change), waits=False)


def _end_day(run: Run, moment: datetime) -> None:
    run.end_day()
    run.leave(partial(_supply, moment=moment))


def _supply(run: Run, moment: datetime) -> None:
    """One night: plan shipments where it is a review day, then let depots and sites move what is due."""
    day = moment.date()
    if is_review_day(day, run.definition.resupply.review_days):
        ask = RunResupply(study_id=run.study_id, day=day, night=True)
        planned = _press(run, run.staff.supply, moment, run_resupply_with(run.planner), ask, f"resupply:{day}")
        run.tally.shipments += len(planned.shipments)
    run.tally.nights += 1
    run.tell_night(run.tally.nights, f"{day:%d %b %Y}")
    carry = CarryShipments(study_id=run.study_id, day=day)
    _press(run, run.staff.depot, moment, carry_shipments, carry, f"carry:{day}")


def _screen(run: Run, arrival: Arrival, moment: datetime) -> None:
    if moment - run.opened[arrival.site] < OPENED_BY_OTHERS:
        run.wait()
    day = _local_day(run, arrival.site, moment)
    ask = ScreenSubject(study_id=run.study_id, site=arrival.site, on_day=day)
    receipt = _press(run, run.staff.site, moment, screen_subject, ask, f"screen:{arrival.key}")
    waits_days = max(arrival.screening_days, run.definition.screening.run_in_days)
    after = moment + timedelta(days=waits_days)
    if run.definition.screening.run_in_days:
        run_in = StartRunIn(study_id=run.study_id, subject=receipt.subject, on_day=day)
        _press(run, run.staff.site, moment, start_run_in, run_in, f"run-in:{arrival.key}")
    if arrival.fails_screening:
        run.at(after, lambda at: _fail(run, arrival, receipt.subject, at))
    elif waits_days == 0:
        _randomize(run, arrival, receipt.subject, moment, 1)
    else:
        run.at(after, lambda at: _randomize(run, arrival, receipt.subject, at, 1))


def _fail(run: Run, arrival: Arrival, subject: str, moment: datetime) -> None:
    reason = run.chance.choice(run.definition.screening.failure_reasons)
    day = _local_day(run, arrival.site, moment)
    ask = FailScreening(study_id=run.study_id, subject=subject, on_day=day, reason=reason)
    _press(run, run.staff.site, moment, fail_screening, ask, f"fail:{arrival.key}")
    run.tally.screen_failures += 1


def _randomize(run: Run, arrival: Arrival, subject: str, moment: datetime, attempt: int) -> None:
    """Randomizes; where another day may lift the refusal the subject comes again the next day."""
    if run.definition.conduct.all_arms_on_site:
        run.wait()  # the draw depends on the stock
    day = _local_day(run, arrival.site, moment)
    ask = RandomizeSubject(
        study_id=run.study_id,
        subject=subject,
        levels=arrival.levels,
        dose_level=_dose_level(run, arrival),
        agents=list(arrival.agents),
        weight_kg=arrival.weight_kg,
        on_day=day,
    )
    try:
        _press(run, run.staff.site, moment, randomize_subject, ask, f"randomize:{arrival.key}:{attempt}")
    except NOT_YET as refusal:
        run.tally.randomizations_refused += 1
        if attempt < TRIES_AT_RANDOMIZING and not isinstance(refusal, ScreeningExpired):
            again = moment + timedelta(days=1)
            run.at(again, lambda at: _randomize(run, arrival, subject, at, attempt + 1))
        return
    run.tally.subjects += 1
    run.tally.sites.add(arrival.site)
    run.tally.entered[subject] = arrival.levels
    run.tell(run.tally.subjects, f"{moment:%d %b %Y}")
    _plan_visits(run, arrival, subject, day, moment)


def _dose_level(run: Run, arrival: Arrival) -> str | None:
    """The level that came with the arrival, or the study's first."""
    initial = (level.code for level in run.definition.dose_levels if level.initial)
    return arrival.dose_level or next(initial, None)


def _plan_visits(run: Run, arrival: Arrival, subject: str, day: date, moment: datetime) -> None:
    """Every later dispensing visit at its time, and the end of treatment where it comes earlier."""
    stops = None if arrival.stays_days is None else day + timedelta(days=arrival.stays_days)
    for visit in planned_visits(run.definition, {"randomization": day}, run.until.date()):
        if stops is not None and visit.planned > stops:
            break
        if not visit.dispenses:
            continue
        if visit.kind == "randomization":
            run.leave(partial(_give, arrival=arrival, subject=subject, visit=visit, moment=moment))
        elif _left_for_others(run, arrival, visit, stops):
            run.left_open.append(LeftOpen(arrival, subject, visit))
        else:
            when = moment + (_within_window(run, visit) - day)
            run.at(when, lambda at, due=visit: dispense(run, arrival, subject, due, at))  # type: ignore[misc]
    if stops is not None:
        leaves = moment + (stops - day)
        run.at(leaves, lambda at: _stop(run, arrival, subject, at))


def _left_for_others(run: Run, arrival: Arrival, visit: PlannedVisit, stops: date | None) -> bool:
    """Whether a visit of the showcase is still due at the end of the run, of somebody who is still there."""
    today = run.until.date()
    return run.showcase == arrival.site and visit.window_to >= today and (stops is None or stops > today)


def _within_window(run: Run, visit: PlannedVisit) -> date:
    days = (visit.window_to - visit.window_from).days
    return visit.window_from + timedelta(days=run.chance.randint(0, days))


def dispense(run: Run, arrival: Arrival, subject: str, visit: PlannedVisit, moment: datetime) -> None:
    """The kits of the last visit come back, the order is signed, kits are assigned, scanned and handed over."""
    if run.returns:
        _take_back(run, arrival, subject, moment)
    hand_over = _give(run, arrival, subject, visit, moment)
    if hand_over is not None:
        hand_over(run)


def _give(run: Run, arrival: Arrival, subject: str, visit: PlannedVisit, moment: datetime) -> Errand | None:
    """The order is signed and the kits are assigned; their hand-over is to follow."""
    sign(run, arrival, subject, visit, moment)
    assigned = assign(run, arrival, subject, visit, moment)
    if assigned is None:
        return None
    key = f"{arrival.key}:{visit.label}"
    if run.definition.goes_home(visit.code):
        return partial(_send_home, assigned=assigned, moment=moment, key=key)
    return partial(_hand_over, assigned=assigned, moment=moment + HAND_OVER_TAKES, key=key)


def _send_home(run: Run, assigned: DispensingReceipt, moment: datetime, key: str) -> None:
    if run.door is None:
        raise IntegrityFault("kits go to homes, and nobody in this run sends them")
    run.door.send(run, assigned, moment, key)


def sign(run: Run, arrival: Arrival, subject: str, visit: PlannedVisit, moment: datetime) -> None:
    """The investigator signs the order for a visit, where the study asks for one."""
    if run.order is not None:
        level = _dose_level(run, arrival)
        weight_kg = None if visit.code in second_check_visits(run.definition) else arrival.weight_kg
        run.order(VisitToOrder(subject, visit.code, visit.occurrence, level, weight_kg), moment)


def _weigh(run: Run, arrival: Arrival, subject: str, visit: PlannedVisit, moment: datetime) -> None:
    """Two people type the weight, where the study asks for that."""
    if arrival.weight_kg is None or visit.code not in second_check_visits(run.definition):
        return
    facts = {"study_id": run.study_id, "subject": subject, "visit": visit.code, "occurrence": visit.occurrence}
    typed = {**facts, "weight_kg": arrival.weight_kg, "on_day": _local_day(run, arrival.site, moment)}
    key = f"{arrival.key}:{visit.label}"
    first, again = EnterWeight.model_validate(typed), ConfirmWeight.model_validate(typed)
    _press(run, run.staff.investigator, moment, enter_weight, first, f"weigh:{key}")
    _press(run, run.staff.site, moment, confirm_weight, again, f"weigh-again:{key}")


def assign(
    run: Run, arrival: Arrival, subject: str, visit: PlannedVisit, moment: datetime
) -> DispensingReceipt | None:
    """Assigns the kits of a visit; None, and counted as missed, where they are not there."""
    _weigh(run, arrival, subject, visit, moment)
    ask = AssignKits(
        study_id=run.study_id,
        subject=subject,
        visit=visit.code,
        occurrence=visit.occurrence,
        weight_kg=arrival.weight_kg,
        on_day=_local_day(run, arrival.site, moment),
    )
    try:
        assigned: DispensingReceipt = _press(
            run, run.staff.site, moment, assign_kits, ask, f"assign:{arrival.key}:{visit.label}"
        )
    except NoUsableKit:
        run.tally.missed_dispensings += 1
        _skip(run, arrival, subject, visit, moment)
        return None
    return assigned


def _skip(run: Run, arrival: Arrival, subject: str, visit: PlannedVisit, moment: datetime) -> None:
    """A visit without kits is recorded as skipped, as a site would."""
    ask = SkipVisit(
        study_id=run.study_id,
        subject=subject,
        visit=visit.code,
        occurrence=visit.occurrence,
        on_day=_local_day(run, arrival.site, moment),
        reason="No kits at the site",
    )
    _press(run, run.staff.site, moment, skip_visit, ask, f"skip:{arrival.key}:{visit.label}")


def _hand_over(run: Run, assigned: DispensingReceipt, moment: datetime, key: str) -> None:
    ask = HandOver(
        study_id=run.study_id,
        dispensing_id=assigned.dispensing_id,
        scanned=[kit.number for kit in assigned.kits],
    )
    _press(run, run.staff.site, moment, hand_over_kits, ask, f"hand-over:{key}")
    run.tally.dispensings += 1
    run.tally.kits_dispensed += len(assigned.kits)
    if run.returns:
        packs = {group.name: _units(run.definition, group.code) for group in run.definition.blinding_groups}
        run.held.setdefault(assigned.subject, []).extend((kit.number, packs[kit.name]) for kit in assigned.kits)


def _units(definition: StudyDefinition, group: str) -> int:
    return min(kit.units_per_kit for kit in definition.kit_types if kit.blinding_group == group)


def _stop(run: Run, arrival: Arrival, subject: str, moment: datetime) -> None:
    ask = ChangeStatus(
        study_id=run.study_id,
        subject=subject,
        step="stop_treatment",
        on_day=_local_day(run, arrival.site, moment),
        reason="Subject's decision",
    )
    _press(run, run.staff.site, moment, change_status, ask, f"stop:{arrival.key}")


def _take_back(run: Run, arrival: Arrival, subject: str, moment: datetime) -> None:
    """The kits of earlier visits come back with their counts."""
    if not (held := run.held.pop(subject, [])):
        return
    day = _local_day(run, arrival.site, moment)
    kits = [_counted(run, number, units) for number, units in held]
    ask = TakeBackKits(study_id=run.study_id, subject=subject, kits=kits, on_day=day)
    _press(run, run.staff.site, moment, take_back_kits, ask, f"return:{arrival.key}:{moment.date()}")


def _counted(run: Run, number: str, units: int) -> ReturnedKit:
    some_left = run.chance.random() < 0.2
    if run.definition.conduct.returns_counted_in == "kits":
        return ReturnedKit(number=number, fate=KitFate.UNUSED if some_left else KitFate.USED)
    left = units // 5 if some_left else 0
    return ReturnedKit(number=number, units_returned=left, units_used=units - left)


def _local_day(run: Run, site: str, moment: datetime) -> date:
    return moment.astimezone(run.zones[site]).date()


def _do(run: Run, actor: Any, moment: datetime, service: Any, ask: Any, key: str) -> None:
    """A step as an errand that nothing follows."""
    _press(run, actor, moment, service, ask, key)


def _press(run: Run, actor: Any, moment: datetime, service: Any, ask: Any, key: str) -> Any:
    return perform(run.store, actor, moment, service, ask, f"run:{run.study_id}:{key}")
