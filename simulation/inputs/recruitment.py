"""Who comes when: sites open, each with a rate of its own, and people come as a Poisson process of that rate.

Expected arrivals are added up day by day, so that seasons, decay and closure bend the clock of a process of rate 1.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from simulation.arrays import Floats, Ints, Words
from simulation.inputs.chance import Chance, Purpose, Stream, entities_of, happens, share
from simulation.inputs.compiled import added_from, added_up, times
from simulation.inputs.laws import draw, gamma
from simulation.inputs.mixed import MixedLaws
from simulation.network import MINUTES_IN_DAY, NEVER, Places, SitePlace, places_of
from simulation.spec.enrolment import Enrolment, Season
from simulation.spec.laws import Law
from simulation.spec.scenario import Scenario

MONTH_DAYS = 30
YEAR_DAYS = 365.25
FIRST_OF_BEFORE = 1 << 24
"""People who were there before the start have numbers that nobody who comes later reaches."""


class Recruits(NamedTuple):
    """Sites by number, people by the minute they come; `number` is a person's at its site, from 0.

    A site is shut by a fault alone; one that tires screens nobody any more, and still sees its subjects. The first
    `begun` people were there before the start, at sites that opened on a day below 0; all of them come at minute 0.
    """

    opens_day: Ints
    shut_day: Ints
    rate: Floats
    site: Ints
    number: Ints
    arrives: Ints
    begun: int = 0


def recruit(scenario: Scenario, places: Places, chance: Chance) -> Recruits:
    """The sites and the people of a replication."""
    entities = entities_of([site.number for site in places.sites])
    opens, tires = _open_days(scenario, chance, entities)
    shut = _closures(scenario, places, chance, entities)
    if scenario.enrolment is None:
        none = np.zeros(0, np.int64)
        return Recruits(opens, shut, np.zeros(len(opens)), none, none, none)
    rate = _rates(scenario.enrolment, places, chance, entities)
    expected = _expected(scenario, places, rate, opens, np.minimum(tires, shut))
    site, number, when = arrivals(expected, chance.stream(Purpose.ARRIVALS), entities)
    day = when.astype(np.int64)
    arrives = day * MINUTES_IN_DAY + _clinic_minute(scenario, when - day)
    order = np.lexsort((number, site, arrives))
    there = there_before(scenario, places)
    return Recruits(
        opens_day=opens,
        shut_day=shut,
        rate=rate,
        site=np.concatenate([there, site[order]]),
        number=np.concatenate([FIRST_OF_BEFORE + np.arange(len(there)), number[order]]),
        arrives=np.concatenate([np.zeros(len(there), np.int64), arrives[order]]),
        begun=len(there),
    )


def there_before(scenario: Scenario, places: Places) -> Ints:
    """The sites of the people who were there before the start: those on treatment, then those in screening."""
    if scenario.begun is None:
        return np.zeros(0, np.int64)
    numbered = {site.number: place for place, site in enumerate(places.sites)}
    found = [numbered[subject.site] for subject in scenario.begun.subjects]
    found += [numbered[site.site] for site in scenario.begun.sites for _ in site.in_screening]
    return np.array(found, np.int64)


def arrivals(expected: Floats, stream: Stream, entities: Words) -> tuple[Ints, Ints, Floats]:
    """Site, number at the site, and time in days of each arrival, given expected arrivals [site, day] from 0."""
    total = expected[:, -1]
    # Mostly enough, so that it need not be done again.
    drawn = np.ceil(total + 4 * np.sqrt(total) + 1).astype(np.int64)
    while True:
        ends = np.cumsum(drawn)
        site = np.repeat(np.arange(len(total)), drawn)
        number = np.arange(len(site)) - np.repeat(ends - drawn, drawn)
        words = stream.words(entities[site], number)
        reached = added_from(-np.log(share(words[0])), number)
        enough = reached[ends - 1] > total
        if enough.all():
            break
        drawn = np.where(enough, drawn, 2 * drawn)
    came = reached <= total[site]
    site, number, reached = site[came], number[came], reached[came]
    return site, number, times(expected, site, reached)


def _clinic_minute(scenario: Scenario, part_of_day: Floats) -> Ints:
    first, until = scenario.subjects.clinic_from_minute, scenario.subjects.clinic_until_minute
    result: Ints = first + (part_of_day * (until - first)).astype(np.int64)
    return result


def _open_days(scenario: Scenario, chance: Chance, entities: Words) -> tuple[Ints, Ints]:
    """The day each site opens, and the day it stops by itself."""
    enrolment = scenario.enrolment
    if enrolment is None:
        return np.zeros(len(entities), np.int64), np.full(len(entities), NEVER)
    opens = _whole(_by_country(scenario, chance.stream(Purpose.START_UP), entities))
    known = {} if scenario.begun is None else {site.site: site.opened_day for site in scenario.begun.sites}
    for place, site in enumerate(places_of(scenario).sites):
        if site.number in known:
            opened = known[site.number]
            opens[place] = NEVER if opened is None else opened
    stops = np.full(len(entities), NEVER)
    if enrolment.open_for_days is not None:
        stops = opens + np.maximum(
            _whole(draw(enrolment.open_for_days, chance.stream(Purpose.OPEN_FOR), entities)), 1
        )
    return opens, stops


def _by_country(scenario: Scenario, stream: Stream, entities: Words) -> Floats:
    laws, which = _start_up_laws(scenario)
    return laws.draw(which, stream, entities)


@lru_cache(maxsize=64)
def _start_up_laws(scenario: Scenario) -> tuple[MixedLaws, Ints]:
    """The laws of start-up, and which of them holds for each site."""
    own = [_start_up(scenario.enrolment, site) for site in places_of(scenario).sites]
    laws = list(dict.fromkeys(own))
    return MixedLaws(laws), np.array([laws.index(law) for law in own], np.int64)


def _start_up(enrolment: Enrolment | None, site: SitePlace) -> Law:
    if enrolment is None:
        raise ValueError("nobody is enrolled in this scenario")
    own = enrolment.countries.get(site.country)
    return enrolment.start_up_days if own is None or own.start_up_days is None else own.start_up_days


def _whole(days: Floats) -> Ints:
    return np.floor(days + 0.5).astype(np.int64)


def _closures(scenario: Scenario, places: Places, chance: Chance, entities: Words) -> Ints:
    """The day each site is closed by a fault."""
    closes = np.full(len(entities), NEVER)
    for fault in scenario.faults:
        if fault.fault == "site_closure":
            named = np.array([site.number in fault.sites for site in places.sites])
            if not fault.sites:
                named = happens(chance.stream(Purpose.FAULTS, fault.name).words(entities)[0], fault.chance)
            closes[named] = np.minimum(closes[named], fault.day)
    return closes


def _rates(enrolment: Enrolment, places: Places, chance: Chance, entities: Words) -> Floats:
    """People a day at each site, before seasons and decay."""
    monthly = np.full(len(entities), float(enrolment.screened_per_site_month))
    if enrolment.rate_shape is not None:
        shape = enrolment.rate_shape
        monthly *= gamma(shape, chance.stream(Purpose.RATE), entities) / shape
    if enrolment.countries or enrolment.site_rate_laws or enrolment.site_rates:
        for place, site in enumerate(places.sites):
            monthly[place] = _own_rate(enrolment, site, float(monthly[place]), chance, entities[place])
    return monthly / MONTH_DAYS


def _own_rate(enrolment: Enrolment, site: SitePlace, monthly: float, chance: Chance, entity: np.uint64) -> float:
    """What a site's country, or the site itself, says of its rate."""
    if (country := enrolment.countries.get(site.country)) is not None:
        monthly *= country.rate_factor
    if (law := enrolment.site_rate_laws.get(site.number)) is not None:
        monthly = draw(law, chance.stream(Purpose.RATE, "law"), entity).item()
    return enrolment.site_rates.get(site.number, monthly)


def _expected(scenario: Scenario, places: Places, rate: Floats, opens: Ints, closes: Ints) -> Floats:
    """Arrivals expected at each site from the start to the beginning of each day, the last row entry being all."""
    enrolment = scenario.enrolment
    if enrolment is None:
        return np.zeros((len(rate), places.days + 1))
    oldest = places.days - int(min(opens.min(initial=0), 0))
    return added_up(_seasons(scenario), _by_age(enrolment.decay_per_year, oldest), rate, opens, closes)


@lru_cache(maxsize=16)
def _by_age(decay_per_year: float, days: int) -> Floats:
    """What is left of a rate after so many days; not to be written to."""
    left: Floats = np.exp(-decay_per_year * np.arange(days) / YEAR_DAYS)
    return left


@lru_cache(maxsize=16)
def _seasons(scenario: Scenario) -> Floats:
    """By what the rate of each site is multiplied on each day [site, day]; not to be written to."""
    places = places_of(scenario)
    by_country = {
        country: _season(scenario, country, places.days) for country in {one.country for one in places.sites}
    }
    return np.stack([by_country[site.country] for site in places.sites])


def _season(scenario: Scenario, country: str, days: int) -> Floats:
    """By what the rate of a country is multiplied on each day."""
    enrolment = scenario.enrolment
    factor = np.ones(days)
    if enrolment is None:
        return factor
    own = enrolment.countries.get(country)
    for season in (*enrolment.seasons, *(own.seasons if own else ())):
        _during(factor, season)
    for fault in scenario.faults:
        if fault.fault == "wrong_forecast":
            factor *= fault.factor
        elif fault.fault == "enrolment_change" and (not fault.countries or country in fault.countries):
            factor[fault.from_day : fault.until_day] *= fault.factor
    for last in (enrolment.closes_on_day, own.closes_on_day if own else None):
        if last is not None:
            factor[last:] = 0
    return factor


def _during(factor: Floats, season: Season) -> None:
    factor[season.from_day : season.until_day] *= season.factor
