"""The demonstration: a study loaded, staffed and enrolled up to now through the real services."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from irt.enrolment.conduct import begin_conduct
from irt.enrolment.days import assign, run_study, sign
from irt.enrolment.door import carriers_of
from irt.enrolment.orders import Orders
from irt.enrolment.prepare import Preparers, Size, prepare_study, preparers_of, staff_of
from irt.enrolment.report import report
from irt.enrolment.run import Run
from irt.enrolment.specialists import with_specialists
from irt.enrolment.synthetic import UP_TO_TODAY, Pace, busy_sites, invent_arrivals, openings, sites_for
from irt.errors import BadInput
from irt.services.quarantine_kits import QuarantineKits, quarantine_kits
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.states.kit import Assignment, Custody, Quality
from irt.states.records import Mode
from irt.study.definition import StudyDefinition
from irt.study.scale import scaled
from irt.study.sites import sites_of
from irt.supply.kit_selection import NoUsableKit
from irt.supply.planner import ResupplyPlanner
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.study import Site

SEED = 20261122
"""Of the invented people; what they are given is drawn from the study's own seeds."""
DAYS_OF_A_YEAR = 365.25
FIRST_DAYS = 30
"""From the first lot's release to the first person."""


ENROLMENT_DAYS = 850
"""Of a study run in its own time: 28 months, as FOURIER's 27,564 subjects took from February 2013 to June 2015."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A study to demonstrate, how many subjects at how many sites, and the moment up to which it runs."""

    definition: StudyDefinition
    subjects: int
    now: datetime
    planner: ResupplyPlanner
    sites: int | None = None
    size: Size = "small"
    pace: Pace = UP_TO_TODAY
    left_open: bool = True
    conducted: bool = False
    """Whether it has a plan, approvals, issues and visits of a monitor beside its subjects."""


def years_of(definition: StudyDefinition, years: float, scale: Fraction, planner: ResupplyPlanner) -> Demo:
    """So many years of the full study at this scale, from the release of its first lot on."""
    if (full := definition.sizes.get("full")) is None or not full.lots:
        raise BadInput("This study lists no full size with its lots, so there is nothing to scale.")
    begin = datetime.combine(min(lot.released for lot in full.lots), time(12), UTC)
    end = begin + timedelta(days=round(years * DAYS_OF_A_YEAR))
    size = scaled(full, scale)
    needed = size.model_copy(update={"lots": tuple(lot for lot in size.lots if lot.released <= end.date())})
    ended_days_ago = (end - begin).days - FIRST_DAYS - ENROLMENT_DAYS
    pace = Pace(ENROLMENT_DAYS, ended_days_ago, still_screening=0, first_site_share=None)
    return Demo(
        definition=definition.model_copy(update={"sizes": {"full": needed}}),
        subjects=size.planned_subjects,
        now=end,
        planner=planner,
        sites=sum(size.sites.values()),
        size="full",
        pace=pace,
        left_open=False,
    )


def as_of(definition: StudyDefinition, now: datetime) -> datetime:
    """Now; or the last day on which some arm was open, where all have closed since."""
    closed = [arm.closes for arm in definition.arms if arm.closes is not None]
    if len(closed) < len(definition.arms):
        return now
    return min(now, datetime.combine(max(closed), time(12), UTC))


def run_demo(
    store: Store,
    demo: Demo,
    tell: Callable[[int, str], None],
    who: Preparers | None = None,
    tell_night: Callable[[int, str], None] = lambda done, words: None,
) -> tuple[int, list[str], dict[str, Any]]:
    """Loads and runs the study; gives its id, the numbers of its sites and the report.

    `tell` hears of each subject randomized, `tell_night` of each night. `who` prepares it where the installation
    has such people already.
    """
    chance = random.Random(SEED)  # noqa: S311 - invents people, allocates nothing
    sites = busy_sites(sites_of(demo.definition, demo.size), demo.sites or sites_for(demo.subjects))
    definition = demo.definition.model_copy(update={"sites": sites})
    arrivals = invent_arrivals(definition, sites, demo.subjects, demo.now, chance, demo.pace)
    opened = openings(sites, arrivals)
    first_day = min(opened.values()) - timedelta(days=2)
    at = datetime.combine(first_day, datetime.min.time(), demo.now.tzinfo)
    who = who or preparers_of(store, at)
    loaded = prepare_study(store, who, definition, demo.size, Mode.TRAINING, at, first_day)
    run = Run(
        store=store,
        staff=with_specialists(staff_of(store, who, at), store, who, at, loaded.study_id, definition),
        study_id=loaded.study_id,
        definition=definition,
        planner=demo.planner,
        chance=chance,
        until=demo.now,
        zones={s.number: ZoneInfo(s.zone or definition.country(s.country).zone) for s in sites},
        returns=definition.conduct.returns_required,
        showcase=sites[0].number if demo.left_open else None,
        tell=tell,
        tell_night=tell_night,
    )
    if definition.conduct.order_required:
        run = replace(run, order=Orders(store, loaded.study_id, run.staff.investigator, who.password))
    if definition.delivery is not None:
        run = replace(run, door=carriers_of(store, who, at))
    if demo.conducted:
        begin_conduct(run, who, at, demo.subjects, opened)
    started = monotonic()
    run_study(run, arrivals, opened, definition.sizes[demo.size].lots)
    if demo.left_open:
        _set_the_table(run)
        _set_kits_apart(run)
    return loaded.study_id, [site.number for site in sites], report(run, monotonic() - started)


_KITS, _SITES = table_of(Kit), table_of(Site)
_ON_THE_SHELF = (
    select(_KITS.c.number)
    .join(_SITES, _SITES.c.id == _KITS.c.place_id)
    .where(
        _SITES.c.study_id == bindparam("study_id"),
        _SITES.c.number == bindparam("site"),
        _KITS.c.custody == Custody.SITE,
        _KITS.c.quality == Quality.RELEASED,
        _KITS.c.assignment == Assignment.FREE,
    )
    .order_by(_KITS.c.expiry.desc(), _KITS.c.number)
    .limit(2)
)


def _set_kits_apart(run: Run) -> None:
    """Two kits of the showcase wait for a decision on their quality."""
    with run.store.reading() as connection:
        asked = {"study_id": run.study_id, "site": run.showcase}
        kits = list(connection.execute(_ON_THE_SHELF, asked).scalars())
    if kits:
        ask = QuarantineKits(study_id=run.study_id, kits=kits, reason="The refrigerator stood open over night")
        key = f"run:{run.study_id}:set-apart"
        perform(run.store, run.staff.site, run.until, quarantine_kits, ask, key)


def _set_the_table(run: Run) -> None:
    """Of the visits left open, one has its kits assigned, most their order signed, and every third waits for it."""
    for number, due in enumerate(run.left_open):
        if number % 3 == 2:
            continue
        sign(run, due.arrival, due.subject, due.visit, run.until)
        if number == 0:
            with suppress(NoUsableKit):
                assign(run, due.arrival, due.subject, due.visit, run.until)
