"""The optimizer on problems from seeds: gap to the bound, time and memory."""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from optimization.exact.solve import solve_exact
from optimization.problem_file import read_problem
from optimization.result import Goal
from tests.bench.figures import Figure
from tests.bench.planned import Planned, planned
from tests.bench.replanned import replanned
from tests.bench.supply_instances import LARGE, MEDIUM, SMALL, Size, outside_verdict, source, write_instance

SEEDS, FIRST_SEED = 20, 101
SMALL_SECONDS, GIBIBYTE = 5.0, 2**30
SMALL_GOAL = Goal(gap=0.0, seconds=4.5)
EXACT_SECONDS, EXACT_TIMES = {"small": 120.0, "medium": 300.0}, 100
GROWTH, FAR_GROWTH = (20, 60, 200), (20, 60, 200, 1000, 5000)
SERVICE = 1.0


@dataclass(frozen=True)
class Measured:
    """A plan, and whether the benchmark's checker accepts it (None where it is not here)."""

    seed: int
    plan: Planned
    outside: bool | None

    @property
    def clean(self) -> bool:
        """Accepted by every checker there is."""
        return self.plan.accepted and self.outside is not False


def small(seeds: int = SEEDS) -> list[Figure]:
    """20 sites and 12 weeks, not blinded and blinded."""
    open_ones = [_measure(SMALL, FIRST_SEED + number, SMALL_GOAL) for number in range(seeds)]
    blinded = [_measure(replace(SMALL, blind=1), FIRST_SEED + number, SMALL_GOAL) for number in range(seeds)]
    return [
        *_small("small", open_ones, near=0.001, far=0.01),
        *_small("small, blinded", blinded, near=0.01, far=0.03),
    ]


def medium(seeds: int = SEEDS) -> list[Figure]:
    """200 sites and 26 weeks: not blinded, blinded, and with scarce lots."""
    kinds = {"medium": (MEDIUM, 0.01), "medium, blinded": (replace(MEDIUM, blind=1), 0.01)}
    kinds["medium, scarce lots"] = (replace(MEDIUM, scarcity=1.02), 0.02)
    rows: list[Figure] = []
    for name, (size, most) in kinds.items():
        rows += _one(name, _measure(size, FIRST_SEED, Goal(most, 60.0)), most, 60.0, GIBIBYTE)
    return rows


def large(seeds: int = SEEDS) -> list[Figure]:
    """1,000 sites, 52 weeks, 30 depots."""
    return _one("large", _measure(LARGE, FIRST_SEED, Goal(0.02, 300.0)), 0.02, 300.0, 4 * GIBIBYTE)


def bound_ratio(seeds: int = SEEDS) -> list[Figure]:
    """Our bound beside that of HiGHS on the whole model, which has a hundred times as long."""
    return [_bound_ratio("small", SMALL, SMALL_GOAL, 1.15)]


def medium_bound_ratio(seeds: int = SEEDS) -> list[Figure]:
    """The same for 200 sites and 26 weeks: three seconds beside five minutes."""
    return [_bound_ratio("medium", MEDIUM, Goal(0.0, 3.0), 1.25)]


def _bound_ratio(name: str, size: Size, goal: Goal, least: float) -> Figure:
    _warm()
    seconds = EXACT_SECONDS[name]
    with TemporaryDirectory() as folder:
        file = write_instance(size, FIRST_SEED, Path(folder))
        plan = planned(file, Path(folder) / "plan.json", goal, "process_time")
        ours = plan.bound_by(seconds / EXACT_TIMES)
        theirs = solve_exact(read_problem(file.read_bytes()), seconds).bound
    ratio = ours / theirs if theirs else math.inf
    told = f"ours {ours:,} by {seconds / EXACT_TIMES:.2f} processor seconds, HiGHS {theirs:,} by {seconds:.0f} s"
    return Figure(f"bound to that of HiGHS, {name}", f"{ratio:.2f}", told, f"at least {least}", ratio >= least)


def growth(seeds: int = SEEDS) -> list[Figure]:
    """To a gap of 2 % from 20 to 200 sites, in processor time."""
    return _growth(GROWTH)


def far_growth(seeds: int = SEEDS) -> list[Figure]:
    """The same up to 5,000 sites; each ends after its rounds, or ten minutes of processor time."""
    return _growth(FAR_GROWTH)


def again(seeds: int = SEEDS) -> list[Figure]:
    """200 sites planned again after a night."""
    _warm()
    return replanned(MEDIUM, FIRST_SEED, Goal(0.01, 60.0))


def large_again(seeds: int = SEEDS) -> list[Figure]:
    """1,000 sites planned again after a night; the two plans from nothing take ten minutes."""
    _warm()
    return replanned(LARGE, FIRST_SEED, Goal(0.001, 300.0))


Part = Callable[[int], list[Figure]]
NORMAL: dict[str, Part] = {
    "optimizer-small": small,
    "optimizer-medium": medium,
    "optimizer-bound": bound_ratio,
    "optimizer-growth": growth,
    "optimizer-replan": again,
}
LONG_PARTS: dict[str, Part] = {
    "optimizer-large": large,
    "optimizer-bound-medium": medium_bound_ratio,
    "optimizer-growth-far": far_growth,
    "optimizer-replan-large": large_again,
}
"""Measured only where they are asked for."""


def share_within(gaps: Sequence[float], most: float) -> float:
    """The share of gaps that are at most so wide."""
    return sum(gap <= most for gap in gaps) / len(gaps)


def exponent(sizes: Sequence[float], amounts: Sequence[float]) -> float:
    """The power of size that amounts grow with: the slope of least squares through the logarithms of both."""
    x, y = [math.log(size) for size in sizes], [math.log(amount) for amount in amounts]
    return statistics.linear_regression(x, y).slope


@cache
def _warm() -> None:
    """A plan that is not measured: after a change of the engine its first use compiles it."""
    with TemporaryDirectory() as folder:
        file = write_instance(replace(SMALL, sites=4, blind=1), FIRST_SEED, Path(folder))
        planned(file, Path(folder) / "plan.json", SMALL_GOAL)


def _measure(size: Size, seed: int, goal: Goal, clock: str = "monotonic") -> Measured:
    _warm()
    with TemporaryDirectory() as folder:
        file, plan_file = write_instance(size, seed, Path(folder)), Path(folder) / "plan.json"
        plan = planned(file, plan_file, goal, clock)
        return Measured(seed, plan, outside_verdict(file, plan_file))


def _small(name: str, done: Sequence[Measured], near: float, far: float) -> list[Figure]:
    gaps = [one.plan.gap for one in done]
    seconds = [one.plan.seconds for one in done]
    share, worst, longest = share_within(gaps, near), max(gaps), max(seconds)
    seeds = f"seeds {done[0].seed} to {done[-1].seed}, {source()}"
    return [
        Figure(f"{name}, within {near:.1%}", f"{share:.0%}", seeds, "at least 90 %", share >= 0.9),
        Figure(
            f"{name}, widest gap",
            f"{worst:.2%}",
            f"median {statistics.median(gaps):.3%}; within 1 %: {share_within(gaps, 0.01):.0%}",
            f"at most {far:.0%}",
            worst <= far,
        ),
        Figure(
            f"{name}, longest",
            f"{longest:.2f} s",
            f"median {statistics.median(seconds):.2f} s",
            f"under {SMALL_SECONDS:.0f} s",
            longest < SMALL_SECONDS,
        ),
        _checked(name, done),
    ]


def _checked(name: str, done: Sequence[Measured]) -> Figure:
    clean = sum(one.clean for one in done)
    outside = "the benchmark's checker too" if done[0].outside is not None else "our checker alone"
    longest = max(one.plan.check_seconds for one in done)
    told = f"{outside}; our check takes {longest:.3f} s at most"
    return Figure(f"{name}, plans accepted", f"{clean} of {len(done)}", told, "all", clean == len(done))


def _one(name: str, done: Measured, most: float, seconds: float, memory: int) -> list[Figure]:
    plan = done.plan
    avoidable = plan.unmet_kits > 0 and plan.cost - plan.bound >= plan.unmet_cents
    return [
        Figure(f"{name}, gap", f"{plan.gap:.2%}", f"seed {done.seed}, {source()}", f"at most {most:.0%}",
               plan.gap <= most),
        Figure(f"{name}, time", f"{plan.seconds:.1f} s", "", f"at most {seconds:.0f} s", plan.seconds <= seconds),
        Figure(f"{name}, memory", f"{plan.peak_bytes / GIBIBYTE:.2f} GiB", "",
               f"under {memory // GIBIBYTE} GiB", plan.peak_bytes < memory),
        Figure(f"{name}, service", f"{plan.service:.2%}", f"{plan.unmet_kits} kits not served",
               "all, but where the bound shows none to be had", not avoidable),
        _checked(name, [done]),
    ]  # fmt: skip


def _growth(sizes: Sequence[int]) -> list[Figure]:
    shapes = [replace(SMALL, sites=sites, depots=max(3, sites // 33)) for sites in sizes]
    done = [_measure(shape, FIRST_SEED, Goal(0.02, 600.0), "process_time").plan for shape in shapes]
    of_time = exponent(sizes, [max(plan.processor_seconds, 1e-3) for plan in done])
    of_memory = exponent(sizes, [plan.peak_bytes for plan in done])
    each = tuple(
        f"{sites:,} sites: {plan.processor_seconds:.2f} s, {plan.peak_bytes / 2**20:.0f} MiB, gap {plan.gap:.2%}"
        for sites, plan in zip(sizes, done, strict=True)
    )
    span = f"{sizes[0]:,} to {sizes[-1]:,} sites, 12 weeks, seed {FIRST_SEED}"
    return [
        Figure("growth of processor time, exponent", f"{of_time:.2f}", span, notes=each),
        Figure("growth of memory, exponent", f"{of_memory:.2f}", span),
    ]
