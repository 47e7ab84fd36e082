"""How fast engines play the trial they are measured by, beside the bare kernel of SimPy in the same run."""

import statistics
import time
from collections.abc import Iterator
from unittest.mock import patch

import click
import simpy

from simulation.record import Replication
from simulation.replication import EngineName, replicate
from simulation.spec.scenario import Scenario
from tests.bench.figures import Figure
from tests.bench.simulated_trial import simulated_trial

ROUNDS, FASTER, FASTER_WITHOUT_FAULTS, TO_THE_KERNEL = 5, 20.0, 30.0, 8.0
PROCESSES, TIMEOUTS = 1000, 100


def simulation_speed(rounds: int = ROUNDS) -> list[Figure]:
    """Lean against reference with faults on and off; events that lean does without, against the kernel's."""
    trial = simulated_trial(3, 6)
    calm = trial.model_copy(update={"faults": ()})
    return [
        *_faster("all of it", trial, FASTER, rounds),
        *_faster("no faults", calm, FASTER_WITHOUT_FAULTS, rounds),
    ]


def _faster(name: str, scenario: Scenario, aim: float, rounds: int) -> list[Figure]:
    reference, lean, kernel = _rounds(name, scenario, rounds)
    events = _events(scenario)
    times, rate = statistics.median(reference) / statistics.median(lean), events / statistics.median(lean)
    to_the_kernel = rate / statistics.median(kernel)
    return [
        Figure(
            f"Lean engine, {name}",
            f"{times:.1f} times as fast, {statistics.median(lean):.3f} CPU s",
            f"reference: {statistics.median(reference):.3f} CPU s",
            f"at least {aim:.0f} times",
            times >= aim,
        ),
        Figure(
            f"Events of the reference engine a second of lean, {name}",
            f"{to_the_kernel:.2f} times the kernel's, {rate:,.0f} of {events:,}",
            f"bare SimPy: {statistics.median(kernel):,.0f} a CPU second",
            f"at least {TO_THE_KERNEL:.0f} times",
            to_the_kernel >= TO_THE_KERNEL,
        ),
    ]


def _rounds(name: str, scenario: Scenario, rounds: int) -> tuple[list[float], list[float], list[float]]:
    """CPU seconds of either engine, and events a CPU second of the kernel, round by round."""
    reference, lean, kernel = [], [], []
    for index in range(rounds):
        click.echo(f"\r{name}: round {index + 1} of {rounds}   ", nl=False, err=True)
        slow, one = _played(scenario, index, "reference")
        quick, other = _played(scenario, index, "lean")
        if one.measures != other.measures:
            raise AssertionError(f"the engines differ in replication {index} of {scenario.name}")
        reference.append(slow)
        lean.append(quick)
        kernel.append(kernel_rate())
    return reference, lean, kernel


def _played(scenario: Scenario, index: int, engine: EngineName) -> tuple[float, Replication]:
    begun = time.process_time()
    replication = replicate(scenario, 1, index, engine)
    return time.process_time() - begun, replication


def kernel_rate() -> float:
    """Events a CPU second of SimPy when nothing is done in them: a thousand processes that wait."""
    env = simpy.Environment()
    for number in range(PROCESSES):
        env.process(_wait(env, 1 + number % 7))
    begun = time.process_time()
    env.run()
    return PROCESSES * TIMEOUTS / (time.process_time() - begun)


def _wait(env: simpy.Environment, minutes: int) -> Iterator[simpy.Event]:
    for _ in range(TIMEOUTS):
        yield env.timeout(minutes)


def _events(scenario: Scenario) -> int:
    """Events of the kernel in one replication by the reference engine."""
    count, step = 0, simpy.Environment.step

    def counted(env: simpy.Environment) -> None:
        nonlocal count
        count += 1
        step(env)

    with patch.object(simpy.Environment, "step", counted):
        replicate(scenario, 1, 0, "reference")
    return count
