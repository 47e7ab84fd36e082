"""Nights of a run: lots released, sites opened, shipments planned, and everything moved that is due."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from irt.blinding.actor import Actor
from irt.enrolment.items import fill_depots
from irt.enrolment.labelling import approve_texts
from irt.enrolment.licences import hold_licences
from irt.enrolment.lots import release
from irt.enrolment.parcels import carry
from irt.enrolment.run import Run
from irt.services.activate_site import ChangeSite, change_site
from irt.services.run_resupply import RunResupply, run_resupply_with
from irt.study.network import Lot
from irt.supply.calendar import is_review_day

NIGHT = time(2, 0, tzinfo=UTC)


def release_days(lots: Iterable[Lot], first: date) -> list[tuple[str, date]]:
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
    """A lot is released before the night."""
    moment = datetime.combine(day, NIGHT) - timedelta(hours=1)
    errand = partial(release, lot=lot, day=day, moment=moment)
    run.at(moment, lambda at: run.leave(errand), waits=False)


def plan_supplies(run: Run, first: date) -> None:
    """Before the first night places get licences, labels their texts and depots their items, where asked for."""
    moment = datetime.combine(first, NIGHT) - timedelta(hours=2)
    for begin in (hold_licences, approve_texts, fill_depots):
        errand = partial(begin, moment=moment)
        run.at(moment, lambda at, errand=errand: run.leave(errand), waits=False)  # type: ignore[misc]


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
        planned = run.press(run.staff.supply, moment, run_resupply_with(run.planner), ask, f"resupply:{day}")
        run.tally.shipments += len(planned.shipments)
    run.tally.nights += 1
    run.tell_night(run.tally.nights, f"{day:%d %b %Y}")
    carry(run, moment)


def _do(run: Run, actor: Actor, moment: datetime, service: Any, ask: Any, key: str) -> None:
    """A step as an errand that nothing follows."""
    run.press(actor, moment, service, ask, key)
