"""What people bring with them: screening, levels, weight, how long they stay, and each visit's own chance."""

from typing import NamedTuple

import numpy as np

from simulation.arrays import Flags, Floats, Ints, Words
from simulation.inputs.chance import WORDS_32, Chance, Purpose, entities_of, happens, share
from simulation.inputs.compiled import of_visits
from simulation.inputs.laws import draw
from simulation.inputs.recruitment import YEAR_DAYS, Recruits
from simulation.network import MINUTES_IN_DAY, NEVER, Places
from simulation.spec.begun import Begun
from simulation.spec.scenario import Scenario


class Visits(NamedTuple):
    """What chance says of each visit [person, visit of `Places.visits`].

    `titration` is 32 bits to hold against chances; `replaced_after` the part of the time to the next visit after
    which a kit is replaced, -1 where none is.
    """

    off_days: Ints
    minute: Ints
    quits: Flags
    held: Flags
    titration: Words
    replaced_after: Floats


class People(NamedTuple):
    """People by the minute they come [person]; their visits are numbered as `Places.visits`.

    `arm` is -1 for those who are still to be randomized. Of the others it is the arm's place in the study,
    `first_day` the day of randomization, 0 at most, and `first_visit` the first visit that is not over.
    """

    screened_minutes: Ints
    fails: Flags
    levels: Ints
    dose_level: Ints
    weight_kg: Floats
    stays_minutes: Ints
    visits: Visits
    arm: Ints
    first_day: Ints
    first_visit: Ints


def people_of(scenario: Scenario, places: Places, recruits: Recruits, chance: Chance) -> People:
    """Everything about the people of a replication that no decision changes."""
    entities = entities_of([site.number for site in places.sites])[recruits.site]
    who = entities, recruits.number
    subjects = scenario.subjects
    days = draw(subjects.screening_days, chance.stream(Purpose.SCREENING), *who)
    baseline = chance.stream(Purpose.BASELINE)
    first = baseline.words(*who)
    none = np.zeros(len(recruits.site), np.int64)
    people = People(
        screened_minutes=np.floor(days + 0.5).astype(np.int64) * MINUTES_IN_DAY,
        fails=happens(first[0], subjects.screen_failure),
        levels=_levels(
            scenario, baseline.words(entities[:, None], recruits.number[:, None], _factors(scenario))[0]
        ),
        dose_level=_initial(scenario, first[1]),
        weight_kg=_weights(scenario, chance, who),
        stays_minutes=_stays(scenario, chance.stream(Purpose.STAY).words(*who)[0]),
        visits=_visits(scenario, places, recruits, chance, entities),
        arm=none - 1,
        first_day=none.copy(),
        first_visit=none.copy(),
    )
    if scenario.begun is not None:
        _as_they_are(scenario, scenario.begun, places, people)
    return people


def _as_they_are(scenario: Scenario, begun: Begun, places: Places, people: People) -> None:
    """What is known of those who were there before takes the place of what chance said.

    A visit whose day is past, and which is not over, takes place today.
    """
    definition = scenario.definition
    arms = [arm.code for arm in definition.arms]
    levels = [level.code for level in definition.dose_levels]
    days = np.array([visit.day for visit in places.visits], np.int64)
    for person, subject in enumerate(begun.subjects):
        people.arm[person], people.first_day[person] = arms.index(subject.arm), subject.randomized_day
        people.first_visit[person] = subject.visits_over
        people.fails[person], people.screened_minutes[person] = False, 0
        if subject.level is not None:
            people.dose_level[person] = levels.index(subject.level)
        if subject.weight_kg is not None:
            people.weight_kg[person] = subject.weight_kg
        off = people.visits.off_days[person]
        left = slice(subject.visits_over, None)
        off[left] = np.maximum(off[left], -(subject.randomized_day + days[left]))
    waited = np.array([since for site in begun.sites for since in site.in_screening], np.int64)
    rows = slice(len(begun.subjects), len(begun.subjects) + len(waited))
    still = np.maximum(people.screened_minutes[rows] - waited * MINUTES_IN_DAY, 0)
    people.screened_minutes[rows] = still + scenario.subjects.clinic_from_minute


def _factors(scenario: Scenario) -> Ints:
    """Places in the stream for each factor."""
    return np.arange(1, len(scenario.definition.factors) + 1)[None, :]


def _levels(scenario: Scenario, words: Words) -> Ints:
    """The level of each entered factor [person, factor]; 0 where the site knows it."""
    found = np.zeros(words.shape, np.int64)
    for place, factor in enumerate(scenario.definition.factors):
        if factor.source == "entered":
            weights = scenario.subjects.factor_levels.get(factor.code, {})
            found[:, place] = weighted(words[:, place], [weights.get(code, 0 if weights else 1)
                                                         for code in factor.level_codes()])  # fmt: skip
    return found


def _initial(scenario: Scenario, words: Words) -> Ints:
    """The dose level to begin with, by its place in the study; -1 without levels."""
    levels = scenario.definition.dose_levels
    if not levels:
        return np.full(words.shape, -1, np.int64)
    given = scenario.subjects.initial_levels
    return weighted(words, [given.get(level.code, 0) if given else float(level.initial) for level in levels])


def weighted(words: Words, weights: list[float]) -> Ints:
    """Places drawn in proportion to their weights."""
    edges = np.cumsum(weights)
    places = np.searchsorted(edges, share(words) * edges[-1], side="right")
    found: Ints = np.minimum(places, len(edges) - 1).astype(np.int64)
    return found


def _weights(scenario: Scenario, chance: Chance, who: tuple[Words, Ints]) -> Floats:
    law = scenario.subjects.weight_kg
    if law is None:
        return np.full(len(who[0]), float(scenario.definition.resupply.forecast.planning_weight_kg))
    return draw(law, chance.stream(Purpose.BASELINE, "weight"), *who)


def _stays(scenario: Scenario, words: Words) -> Ints:
    """Minutes from randomization until somebody stops; the end of no scenario where nobody does."""
    hazard = scenario.subjects.dropout_per_year
    if not hazard:
        return np.full(words.shape, NEVER)
    days = -np.log(share(words)) / hazard * YEAR_DAYS
    return np.minimum(days * MINUTES_IN_DAY, NEVER).astype(np.int64)


def _visits(scenario: Scenario, places: Places, recruits: Recruits, chance: Chance, entities: Words) -> Visits:
    """One address for each person and visit; its four words tell the day, the minute, titration and holds."""
    subjects, visits = scenario.subjects, places.visits
    address = entities[:, None], recruits.number[:, None], np.arange(len(visits))[None, :]
    words = chance.stream(Purpose.VISITS).words(*address)
    rare = subjects.dropout_per_visit or subjects.replacement_chance
    other = chance.stream(Purpose.LEAVING).words(*address) if rare else np.zeros_like(words)
    before = np.array([visit.before_days for visit in visits], np.int64)
    width = before + np.array([visit.after_days for visit in visits], np.int64) + 1
    if subjects.visit_days != "in_window":
        before, width = np.zeros_like(before), np.ones_like(width)
    clinic = subjects.clinic_from_minute, subjects.clinic_until_minute
    off, minute, held = of_visits(words, before, width, clinic, round(subjects.hold_chance * WORDS_32))
    replaced = np.where(happens(other[1], subjects.replacement_chance), share(other[2]), -1.0)
    return Visits(
        off_days=off,
        minute=minute,
        quits=happens(other[0], subjects.dropout_per_visit),
        held=held,
        titration=words[2],
        replaced_after=replaced,
    )
