"""Replications that cost nothing, for runs whose machinery is looked at; workers import them."""

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulation.measures import MEASURES
from simulation.record import Event, Replication
from simulation.replication import EngineName
from simulation.report.axes import axes_of
from simulation.report.course import COURSE, Course
from simulation.spec.scenario import Scenario


@dataclass(frozen=True)
class Played:
    """What a run keeps of a replication."""

    index: int
    measures: Mapping[str, int | float]


def play(index: int) -> Played:
    """Whatever the index says, in whichever process."""
    chance = np.random.default_rng(np.random.SeedSequence(7, spawn_key=(index,)))
    visits = int(chance.poisson(40))
    # A whole number now and then, as a sum of costs may be one.
    return Played(index, {"visits": visits, "missed": int(chance.binomial(visits, 0.02)), "cost": chance.normal()})


def play_or_die_once(flag: Path, victim: int, index: int) -> Played:
    """The worker that comes to the victim is killed, as the system does when memory runs out; the next is not."""
    if index == victim and flag.exists():
        flag.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    return play(index)


def play_or_fail(index: int) -> Played:
    """The fifth cannot be carried out."""
    if index == 5:
        raise ZeroDivisionError("no kits at all")
    return play(index)


def play_scenario(
    scenario: Scenario,
    seed: int,
    index: int,
    engine: EngineName = "reference",
    keep_days: bool = False,
    *,
    keep_events: bool = False,
) -> Replication:
    """Every column, in place of an engine: a longer horizon misses less, under the same chance."""
    chance = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(index,)))
    measures: dict[str, int | float] = dict.fromkeys(MEASURES, 0)
    visits, missed = int(chance.poisson(400)), int(chance.poisson(900 / scenario.horizon_days))
    measures |= {"visits": visits, "missed": missed, "missed_by_depot": missed, "cost_total": 7.5 * visits}
    measures |= {"kits_made": visits + 20, "kits_dispensed": visits - missed, "wasted_recalled": 20 + missed}
    event = Event(1950, "missed", "C0-001", 3, "V1", (("K", "L1", 2),))
    return Replication(index, measures, events=(event,) if keep_events else None)


def play_course(scenario: Scenario, seed: int, index: int, engine: EngineName = "reference") -> Course:
    """Every column of a course, in place of an engine: each visit, site and period has one miss in ten."""
    axes = axes_of(scenario)
    shapes = {"site": len(axes.sites), "period": axes.periods, "visit": len(axes.visit_names)}
    shapes["site, period"] = shapes["site"] * shapes["period"]
    sizes = {name: shapes[meaning[1 : meaning.index("]")]] for name, meaning in COURSE.items()}
    told = {name: np.full(size, 1 if "miss" in name else 10 + index % 3, np.int64) for name, size in sizes.items()}
    return Course(index, told)
