"""Invented enrolment that looks like a trial's: sites open one after the other, a few enrol most, some people fail
screening, choose a regimen, or stop early. Everything follows from the seed of `chance`.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from irt.enrolment.arrival import Arrival
from irt.study.definition import StudyDefinition
from irt.study.network import Site
from irt.study.randomization_plan import Platform

OPENS_BEFORE_DAYS = 21
SHARE_OF_SCREEN_FAILURES = 0.2
SHARE_THAT_STOPS_EARLY = 0.12
SETTLED_DAYS = 4
"""The last randomization is so long ago that a refused one had time to be tried again."""
NOT_YET = datetime.max.replace(tzinfo=UTC)
SHARE_OF_FIRST_DOSE_LEVEL = 0.86
SUBJECTS_PER_SITE = 20
SITES_MIN = 4


@dataclass(frozen=True, slots=True)
class Pace:
    """How long people are enrolled and how long before the end of a run that ends; how many more are then still in
    screening, as a part of all; and the part that the first site enrols, where its worklist is worth looking at.
    """

    days: int = 330
    ended_days_ago: int = SETTLED_DAYS
    still_screening: float = 0.06
    first_site_share: float | None = 0.15


UP_TO_TODAY = Pace()


def busy_sites(sites: Sequence[Site], wanted: int) -> tuple[Site, ...]:
    """So many of the sites, spread over the list."""
    wanted = min(len(sites), wanted)
    step = len(sites) / wanted
    return tuple(sites[int(i * step)] for i in range(wanted))


def sites_for(subjects: int) -> int:
    """So few sites that each has a worthwhile number of subjects."""
    return max(SITES_MIN, subjects // SUBJECTS_PER_SITE)


def invent_arrivals(
    definition: StudyDefinition,
    sites: Sequence[Site],
    subjects: int,
    until: datetime,
    chance: random.Random,
    pace: Pace = UP_TO_TODAY,
) -> list[Arrival]:
    """People in order of time: `subjects` to be randomized at the pace before `until`, screen failures among them,
    and a few more who are still in screening. Nobody comes after `until`.
    """
    shares = _shares(sites, chance, pace.first_site_share)
    failing = round(subjects * SHARE_OF_SCREEN_FAILURES)
    waiting = max(2, round(subjects * pace.still_screening)) if pace.still_screening else 0
    arrivals = []
    for number in range(subjects + failing + waiting):
        site = chance.choices(sites, shares)[0]
        person = _arrival(definition, str(number + 1), site, chance)
        if number >= subjects + failing:
            days_ago = chance.randint(0, person.screening_days)
        else:
            days_ago = person.screening_days + pace.ended_days_ago + pace.days - _day(pace.days, chance)
        at = _morning(until.date() - timedelta(days=days_ago), site, definition, chance)
        arrivals.append(replace(person, at=at, fails_screening=subjects <= number < subjects + failing))
    return sorted((a for a in arrivals if a.at < until), key=lambda a: a.at)


def _morning(day: date, site: Site, definition: StudyDefinition, chance: random.Random) -> datetime:
    zone = ZoneInfo(site.zone or definition.country(site.country).zone)
    return datetime.combine(day, time(chance.randint(8, 15), chance.randint(0, 59)), zone).astimezone(UTC)


def _shares(sites: Sequence[Site], chance: random.Random, first: float | None) -> list[float]:
    """How much each site enrols: gamma-distributed rates, as trials show, the first as stated."""
    rates = [chance.gammavariate(1.2, 1.0) for _ in sites]
    if first is None:
        return rates
    others = sum(rates[1:]) or 1.0
    return [first, *(rate / others * (1 - first) for rate in rates[1:])]


def _day(days: int, chance: random.Random) -> int:
    """Enrolment picks up speed, then is steady."""
    return int(days * chance.random() ** 0.7)


def _arrival(definition: StudyDefinition, key: str, site: Site, chance: random.Random) -> Arrival:
    entered = [factor for factor in definition.factors if factor.source == "entered"]
    return Arrival(
        key=key,
        at=NOT_YET,
        site=site.number,
        levels={factor.code: chance.choice(factor.level_codes()) for factor in entered},
        dose_level=_dose_level(definition, chance),
        agents=_agents(definition, chance),
        weight_kg=_weight_kg(definition, chance),
        screening_days=_screening_days(definition, chance),
        stays_days=chance.randint(20, 200) if chance.random() < SHARE_THAT_STOPS_EARLY else None,
    )


def _weight_kg(definition: StudyDefinition, chance: random.Random) -> Decimal | None:
    """A weight where any dose follows it."""
    if not any(rule.by_weight for rule in definition.dispensing):
        return None
    return Decimal(round(min(max(chance.gauss(75, 16), 45), 130)))


def _dose_level(definition: StudyDefinition, chance: random.Random) -> str | None:
    initial = [level.code for level in definition.dose_levels if level.initial]
    if not initial:
        return None
    return initial[0] if chance.random() < SHARE_OF_FIRST_DOSE_LEVEL else chance.choice(initial)


def _agents(definition: StudyDefinition, chance: random.Random) -> tuple[str, ...]:
    plan = definition.randomization
    if not isinstance(plan, Platform):
        return ()
    return tuple(agent.code for agent in plan.agents if chance.random() < 0.8)


def _screening_days(definition: StudyDefinition, chance: random.Random) -> int:
    """Until the last visit before randomization, and a few days more."""
    before = [visit.day for visit in definition.visits if visit.anchor == "screening"]
    longest = max(before, default=0)
    return longest + chance.randint(0, 10) if longest else chance.randint(0, 3)


def openings(sites: Sequence[Site], arrivals: Sequence[Arrival]) -> dict[str, date]:
    """Each site opens some weeks before its first person, one without any with the first of all."""
    first = arrivals[0].at.date()
    opened = {site.number: first for site in sites}
    for arrival in reversed(arrivals):
        opened[arrival.site] = arrival.at.date()
    return {site: day - timedelta(days=OPENS_BEFORE_DAYS) for site, day in opened.items()}
