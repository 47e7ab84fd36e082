"""A running study on one day, as values: what a simulation of the time to come begins with. It names arms."""

from dataclasses import dataclass
from datetime import date

from irt.states.records import SiteStatus
from irt.study.definition import StudyDefinition
from irt.supply.planner import NetworkView, SiteView


@dataclass(frozen=True, slots=True)
class SiteNow:
    """A site: its status, the day it was first activated, and subjects who are off treatment or in screening."""

    number: str
    status: SiteStatus
    opened_on: date | None
    off_treatment: int
    screening_since: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class SubjectNow:
    """A subject on treatment, and the visits that are over by (code, occurrence)."""

    site: str
    arm: str
    level: str | None
    randomized_on: date
    over: frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class StudyState:
    """Everything that a simulation of what is to come begins with, on one day.

    `definition` is the version in force with sites, lanes and levels as they stand; `regional` are depots with
    what is on its way to them.
    """

    definition: StudyDefinition
    day: date
    network: NetworkView
    regional: tuple[SiteView, ...]
    sites: tuple[SiteNow, ...]
    subjects: tuple[SubjectNow, ...]
