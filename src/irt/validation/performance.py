"""Performance qualification: a bounded load of randomizations on this machine, held against limits."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from itertools import cycle

from irt.blinding.actor import Actor
from irt.services.randomize_subject import RandomizeSubject, randomize_subject
from irt.services.screen_subject import ScreenSubject, screen_subject
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.study.definition import StudyDefinition
from irt.validation.protocol import Step


@dataclass(frozen=True, slots=True)
class Load:
    """So many subjects by so many people at once; half wait at most `median`, 95 in a hundred `slow` seconds."""

    subjects: int
    people: int
    median: float
    slow: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where the load goes: a study that is enrolling, its sites, and who acts there."""

    store: Store
    study_id: int
    definition: StudyDefinition
    sites: Sequence[str]
    actor: Actor
    now: datetime


def performance_steps(load: Load, place: Callable[[], Place]) -> tuple[Step, ...]:
    """Screening and randomizing under load; `place` is asked once, by the first step that needs it."""
    kept: list[Place] = []
    seconds: list[float] = []

    def screened() -> tuple[bool, str]:
        kept.append(place())
        return True, f"{len(kept[0].sites)} sites are open"

    def randomized() -> tuple[bool, str]:
        seconds.extend(_loaded(kept[0], load))
        return len(seconds) == load.subjects, f"{len(seconds)} subjects by {load.people} people at once"

    def waited(share: float, limit: float) -> tuple[bool, str]:
        found = percentile(seconds, share)
        return found <= limit, f"{found:.3f} s"

    return (
        Step("PQ-01", "A study is open for enrolment", "sites are open", screened),
        Step("PQ-02", "People screen and randomize at once", f"all {load.subjects} are booked", randomized),
        Step(
            "PQ-03",
            "Half of all waits for a randomization",
            f"at most {load.median} s",
            lambda: waited(0.5, load.median),
        ),
        Step("PQ-04", "95 in a hundred of them", f"at most {load.slow} s", lambda: waited(0.95, load.slow)),
    )


def percentile(seconds: Sequence[float], share: float) -> float:
    """The shortest time that so large a share of all does not exceed; infinite where there is none."""
    if not seconds:
        return float("inf")
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _loaded(place: Place, load: Load) -> list[float]:
    sites = cycle(place.sites)
    asked = [(number, next(sites)) for number in range(load.subjects)]
    with ThreadPoolExecutor(load.people) as people:
        return list(people.map(lambda one: _booked(place, *one), asked))


def _booked(place: Place, number: int, site: str) -> float:
    """Seconds from asking for a randomization to its receipt."""
    on: date = place.now.date()
    screening = ScreenSubject(study_id=place.study_id, site=site, on_day=on)
    subject = perform(place.store, place.actor, place.now, screen_subject, screening, f"pq:{number}:screen").subject
    entered = {one.code: one.level_codes()[0] for one in place.definition.factors if one.source == "entered"}
    initial = next((level.code for level in place.definition.dose_levels if level.initial), None)
    ask = RandomizeSubject(study_id=place.study_id, subject=subject, levels=entered, dose_level=initial, on_day=on)
    begun = time.monotonic()
    perform(place.store, place.actor, place.now, randomize_subject, ask, f"pq:{number}:draw")
    return time.monotonic() - begun
