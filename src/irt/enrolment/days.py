"""Days of a run: subjects screened, randomized, given kits at their visits and counted off, in order of time."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from irt.enrolment.arrival import Arrival
from irt.enrolment.items import hand_out
from irt.enrolment.nights import plan_nights, plan_opening, plan_release, plan_supplies, release_days
from irt.enrolment.pharmacy import prepare
from irt.enrolment.run import Errand, LeftOpen, Run, VisitToOrder
from irt.enrolment.tally import Tally
from irt.errors import IntegrityFault
from irt.randomization.scheme import NoEligibleAgent, NoOpenCohort
from irt.services.all_arms_check import RandomizationNotPossible
from irt.services.assign_kits import AssignKits, assign_kits
from irt.services.caps import EnrolmentClosed
from irt.services.change_treatment import ChangeStatus, SkipVisit, change_status, skip_visit
from irt.services.dispensings import DispensingReceipt
from irt.services.hand_over_kits import HandOver, hand_over_kits
from irt.services.randomize_subject import RandomizeSubject, ScreeningExpired, randomize_subject
from irt.services.screen_subject import FailScreening, ScreenSubject, fail_screening, screen_subject
from irt.services.start_run_in import StartRunIn, start_run_in
from irt.services.take_back_kits import ReturnedKit, TakeBackKits, take_back_kits
from irt.services.weigh_subject import ConfirmWeight, EnterWeight, confirm_weight, enter_weight
from irt.states.records import KitFate
from irt.study.definition import StudyDefinition
from irt.study.dispensing_schedule import second_check_visits
from irt.study.network import Lot
from irt.study.schedule import PlannedVisit, planned_visits
from irt.supply.kit_selection import NoUsableKit

TRIES_AT_RANDOMIZING = 40
NOT_YET = (RandomizationNotPossible, NoOpenCohort, NoEligibleAgent, EnrolmentClosed, ScreeningExpired)
"""Refusals that another day may lift, and the one that ends the waiting."""
HAND_OVER_TAKES = timedelta(minutes=4)
OPENED_BY_OTHERS = timedelta(days=2)
"""Others may be a day behind, so that a site is surely open only so long after."""


def run_study(run: Run, arrivals: Sequence[Arrival], opened: dict[str, date], lots: Iterable[Lot]) -> Tally:
    """Opens sites and lots on their days, supplies every night, and takes every arrival through the study."""
    first = min(opened.values())
    plan_supplies(run, first)
    for lot, day in release_days(lots, first):
        plan_release(run, lot, day)
    for site, day in sorted(opened.items(), key=lambda pair: (pair[1], pair[0])):
        plan_opening(run, site, day)
    plan_nights(run, first)
    for arrival in arrivals:
        run.at(arrival.at, lambda moment, who=arrival: _screen(run, who, moment), waits=False)  # type: ignore[misc]
    return run.go()


def _screen(run: Run, arrival: Arrival, moment: datetime) -> None:
    if moment - run.opened[arrival.site] < OPENED_BY_OTHERS:
        run.wait()
    day = _local_day(run, arrival.site, moment)
    ask = ScreenSubject(study_id=run.study_id, site=arrival.site, on_day=day)
    receipt = run.press(run.staff.site, moment, screen_subject, ask, f"screen:{arrival.key}")
    waits_days = max(arrival.screening_days, run.definition.screening.run_in_days)
    after = moment + timedelta(days=waits_days)
    if run.definition.screening.run_in_days:
        run_in = StartRunIn(study_id=run.study_id, subject=receipt.subject, on_day=day)
        run.press(run.staff.site, moment, start_run_in, run_in, f"run-in:{arrival.key}")
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
    run.press(run.staff.site, moment, fail_screening, ask, f"fail:{arrival.key}")
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
        run.press(run.staff.site, moment, randomize_subject, ask, f"randomize:{arrival.key}:{attempt}")
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
            comes = _within_window(run, visit)
            if stops is not None and comes > stops:
                break
            when = moment + (comes - day)
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
        return partial(_send_home, site=arrival.site, assigned=assigned, moment=moment, key=key)
    return partial(_hand_over, site=arrival.site, assigned=assigned, moment=moment, key=key)


def _send_home(run: Run, site: str, assigned: DispensingReceipt, moment: datetime, key: str) -> None:
    if run.door is None:
        raise IntegrityFault("kits go to homes, and nobody in this run sends them")
    run.door.send(run, site, assigned, moment, key)


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
    run.press(run.staff.investigator, moment, enter_weight, first, f"weigh:{key}")
    run.press(run.staff.site, moment, confirm_weight, again, f"weigh-again:{key}")


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
        assigned: DispensingReceipt = run.press(
            run.staff.site, moment, assign_kits, ask, f"assign:{arrival.key}:{visit.label}"
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
    run.press(run.staff.site, moment, skip_visit, ask, f"skip:{arrival.key}:{visit.label}")


def _hand_over(run: Run, site: str, assigned: DispensingReceipt, moment: datetime, key: str) -> None:
    """Kits are made ready, scanned and given, with a witness where they are controlled; items go with them."""
    moment = prepare(run, assigned, moment, key) + HAND_OVER_TAKES
    ask = HandOver(
        study_id=run.study_id,
        dispensing_id=assigned.dispensing_id,
        scanned=[kit.number for kit in assigned.kits],
        witness=run.staff.witnessing(),
    )
    run.press(run.staff.site, moment, hand_over_kits, ask, f"hand-over:{key}")
    hand_out(run, site, assigned.subject, moment, key)
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
    run.press(run.staff.site, moment, change_status, ask, f"stop:{arrival.key}")


def _take_back(run: Run, arrival: Arrival, subject: str, moment: datetime) -> None:
    """The kits of earlier visits come back with their counts."""
    if not (held := run.held.pop(subject, [])):
        return
    day = _local_day(run, arrival.site, moment)
    kits = [_counted(run, number, units) for number, units in held]
    ask = TakeBackKits(study_id=run.study_id, subject=subject, kits=kits, on_day=day)
    run.press(run.staff.site, moment, take_back_kits, ask, f"return:{arrival.key}:{moment.date()}")


def _counted(run: Run, number: str, units: int) -> ReturnedKit:
    some_left = run.chance.random() < 0.2
    if run.definition.conduct.returns_counted_in == "kits":
        return ReturnedKit(number=number, fate=KitFate.UNUSED if some_left else KitFate.USED)
    left = units // 5 if some_left else 0
    return ReturnedKit(number=number, units_returned=left, units_used=units - left)


def _local_day(run: Run, site: str, moment: datetime) -> date:
    return moment.astimezone(run.zones[site]).date()
