"""The lean engine beside the reference engine: processor time of the same replications, inputs within both.

Model events are what SimPy's kernel steps through with a process for each person, consignment, lot and site: the
steps of the reference engine, counted, with a night of each open site in place of its one night for all.
"""

import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import TypeVar
from unittest.mock import patch

import numpy as np
import simpy

from simulation.inputs.inputs import draw_inputs
from simulation.lean.players import EXPERIENCE
from simulation.record import Replication
from simulation.replication import replicate
from simulation.spec.reading import changed
from simulation.spec.scenario import Scenario
from tests.bench.figures import Figure
from tests.simulation.worked import worked

Answer = TypeVar("Answer")
ROUNDS, TOGETHER = 5, 10
ALL_ON, FAULTS_OFF = 20.0, 30.0
KERNEL_EVENTS, PROCESSES = 200_000, 1_000
OF_KERNEL = 8.0


def simulation_speed(rounds: int = ROUNDS) -> list[Figure]:
    """The trial of two years with its faults and without, and events a second beside SimPy's own."""
    trial = worked("trial-two-years")
    calm = changed(trial, {"faults": []})
    return [
        *_beside("Trial of two years, all faults", trial, rounds, ALL_ON),
        *_beside("The same without faults", calm, rounds, FAULTS_OFF),
    ]


def _beside(what: str, scenario: Scenario, rounds: int, aim: float) -> list[Figure]:
    """Interleaved: one replication of the reference engine a round, and so many of the lean engine as runs play.

    The one that both played is equal, or nothing is told.
    """
    EXPERIENCE.play_by_machine()
    for index in range(2):
        replicate(scenario, 1, index, "lean")
    references, leans, kernels, visits = [], [], [], 0.0
    for index in range(0, rounds * TOGETHER, TOGETHER):
        slow, played = _seconds(partial(replicate, scenario, 1, index, "reference"))
        fast, several = _seconds(partial(_one_after_the_other, scenario, index))
        if several[0].measures != played.measures:
            raise ValueError(f"replication {index} of {scenario.name} is not the same with both engines")
        visits += sum(one.measures["visits"] for one in several) / TOGETHER / rounds
        references.append(slow)
        leans.append(fast / TOGETHER)
        kernels.append(_seconds(_kernel)[0])
    slow, fast = median(references), median(leans)
    counted = [model_events(scenario, index) for index in range(0, rounds * TOGETHER, TOGETHER)]
    steps, nights = (sum(some) // rounds for some in zip(*counted, strict=True))
    events = steps + nights
    kernel, crowded = KERNEL_EVENTS / median(kernels), KERNEL_EVENTS / _seconds(lambda: _kernel(PROCESSES))[0]
    return [
        Figure(
            what,
            f"{fast * 1000:.1f} ms, {slow / fast:.0f} times faster; {fast / visits * 1e6:.2f} µs a visit",
            f"{slow * 1000:,.0f} ms with a process for each entity",
            f"at least {aim:.0f} times",
            slow / fast >= aim,
        ),
        Figure(
            f"{what}: events a second",
            f"{events / fast / 1e6:.2f} million, {events / fast / kernel:.1f} times SimPy's own",
            f"{kernel / 1e6:.2f} million of SimPy that do nothing",
            f"at least {OF_KERNEL:.0f} times",
            events / fast / kernel >= OF_KERNEL,
            (
                f"{events:,} events: {steps:,} of people, consignments and lots, {nights:,} nights of open sites",
                f"{events / fast / crowded:.1f} times SimPy with {PROCESSES:,} processes, as a trial of people has",
            ),
        ),
    ]


def model_events(scenario: Scenario, index: int) -> tuple[int, int]:
    """Steps of the reference engine without its nights, and nights of each site from the day it opens."""
    steps, step = 0, simpy.Environment.step

    def counted(env: simpy.Environment) -> None:
        nonlocal steps
        steps += 1
        step(env)

    with patch.object(simpy.Environment, "step", counted):
        replicate(scenario, 1, index, "reference")
    opens, days = draw_inputs(scenario, 1, index).recruits.opens_day, scenario.horizon_days
    return steps - days, int(np.maximum(days - opens, 0).sum())


def _one_after_the_other(scenario: Scenario, first: int) -> list[Replication]:
    return [replicate(scenario, 1, first + n, "lean") for n in range(TOGETHER)]


def _seconds(act: Callable[[], Answer]) -> tuple[float, Answer]:
    began = time.process_time()
    answer = act()
    return time.process_time() - began, answer


def _kernel(processes: int = 1) -> None:
    """Events that do nothing, one after the other, of so many processes in turn."""

    def process() -> simpy.events.ProcessGenerator:
        while True:
            yield env.timeout(processes)

    env = simpy.Environment()
    for _ in range(processes):
        env.process(process())
    env.run(until=KERNEL_EVENTS)
