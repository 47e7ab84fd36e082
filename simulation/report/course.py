"""The course of one replication in a few hundred numbers: what happened in each period, at each site and visit."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from irt.errors import IntegrityFault
from simulation.measures import CAUSES, MEASURES
from simulation.network import MINUTES_IN_DAY
from simulation.record import Event, Replication
from simulation.replication import EngineName, replicate
from simulation.report.axes import Axes, axes_of
from simulation.spec.scenario import Scenario

Counts = NDArray[np.int64]

COURSE: dict[str, str] = {
    "screened": "[period] people who came to be screened",
    "randomized": "[period] subjects who were randomized",
    "visits": "[period] visits, replacements and requests for which kits were due",
    **{cause: f"[period] of these, the missed: {MEASURES[cause]}" for cause in CAUSES},
    "site_visits": "[site] visits, replacements and requests for which kits were due",
    "site_missed": "[site] of these, those whose kits were not there",
    "visit_due": "[visit] how often its kits were due",
    "visit_missed": "[visit] of these, how often they were not there",
    "kits_at_sites": "[period] kits at all sites when it ended",
    "kits_at_depots": "[period] kits at all depots when it ended",
    "kits_on_the_way": "[period] kits on their way when it ended",
    "site_stock": "[site, period] kits at the site when the period ended, site after site",
}
"""Column -> meaning. Visits and misses are of the time after the warm-up, all else from the start."""
STOCKS = ("kits_at_sites", "kits_at_depots", "kits_on_the_way")


@dataclass(frozen=True, slots=True)
class Course:
    """One replication by the columns of `COURSE`."""

    index: int
    measures: Mapping[str, Counts]


def play_course(scenario: Scenario, seed: int, index: int, engine: EngineName = "reference") -> Course:
    """The course of replication `index`, played again with all that happened kept."""
    played = replicate(scenario, seed, index, engine, keep_days=True, keep_events=True)
    return course_of(axes_of(scenario), played)


def course_of(axes: Axes, played: Replication) -> Course:
    """The course of a replication whose days and events were kept; IntegrityFault else."""
    if played.days is None or played.events is None:
        raise IntegrityFault(f"days and events of replication {played.index} were not kept")
    counted = _Counted(axes)
    for event in played.events:
        counted.take(event)
    last = np.array(axes.last_days)
    stocks = {name: played.days[name][last] for name in STOCKS}
    stocks["site_stock"] = played.days["site_stock"][:, last].ravel()
    return Course(played.index, counted.columns | stocks)


class _Counted:
    """Events put where they belong, in the order in which they happened."""

    def __init__(self, axes: Axes) -> None:
        self._axes = axes
        self._from_minute = axes.warm_up_days * MINUTES_IN_DAY
        self._site = {number: place for place, number in enumerate(axes.sites)}
        self._began: dict[int, int] = {}
        self._visits: dict[tuple[str, int], int] = {}
        self._open: Counter[tuple[str, int, str]] = Counter()
        by_period = ("screened", "randomized", "visits", *CAUSES)
        self.columns: dict[str, Counts] = {name: np.zeros(axes.periods, np.int64) for name in by_period}
        self.columns |= {name: np.zeros(len(axes.sites), np.int64) for name in ("site_visits", "site_missed")}
        self.columns |= {name: np.zeros(len(axes.visit_names), np.int64) for name in ("visit_due", "visit_missed")}

    def take(self, event: Event) -> None:
        """Counts what the event is; one that no plot shows is passed over."""
        match event.what:
            case "screened":
                self._come("screened", event)
            case "randomized":
                self._began[event.who] = event.minute // MINUTES_IN_DAY
                self._come("randomized", event)
            case "dispensed":
                self._given(event)
            case "missed":
                words, _, cause = event.detail.rpartition(": ")
                self._open[event.place, event.who, words] += 1
                self._due(event, words, cause)
            case "lost":
                self._open[event.place, event.who, event.detail] -= 1

    def _come(self, name: str, event: Event) -> None:
        self.columns[name][self._axes.period_of(event.minute)] += 1

    def _given(self, event: Event) -> None:
        """Kits that were waited for were due before, and missed."""
        waiting = event.place, event.who, event.detail
        if self._open[waiting]:
            self._open[waiting] -= 1
        else:
            self._due(event, event.detail, "")

    def _due(self, event: Event, words: str, cause: str) -> None:
        if event.minute < self._from_minute:
            return
        columns, site, period = self.columns, self._site[event.place], self._axes.period_of(event.minute)
        day = event.minute // MINUTES_IN_DAY
        visit = self._visit(words, day - self._began.get(event.who, day))
        columns["visits"][period] += 1
        columns["site_visits"][site] += 1
        columns["visit_due"][visit] += 1
        if cause:
            columns[cause][period] += 1
            columns["site_missed"][site] += 1
            columns["visit_missed"][visit] += 1

    def _visit(self, words: str, day: int) -> int:
        key = words, day
        if key not in self._visits:
            self._visits[key] = self._axes.visit_of(words, day)
        return self._visits[key]
