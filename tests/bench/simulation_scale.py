"""Trials that grow to 1,242 sites, 27,564 subjects and five years: processor time a visit, how it grows, memory."""

import math
import time
from multiprocessing import get_context
from resource import RUSAGE_SELF, getrusage
from typing import Any

from simulation.lean.players import EXPERIENCE
from simulation.replication import replicate
from simulation.spec.reading import changed
from simulation.spec.scenario import Scenario
from tests.bench.figures import Figure
from tests.simulation.worked import worked

SITES, SUBJECTS, YEARS, VISITS = 1_242, 27_564, 5, 12
PARTS = (0.25, 0.5, 1.0)
"""Of the sites and subjects, at the same five years."""
REPLICATIONS = 3
MICROSECONDS_A_VISIT, EXPONENT, BYTES = 10.0, 1.1, 1 << 30
SEEN = 20 * 365


def grown(part: float) -> Scenario:
    """The worked trial of two years with as many sites and subjects, over five years, and lots in proportion."""
    trial = worked("trial-two-years")
    data: dict[str, Any] = trial.model_dump(mode="json", exclude_unset=True)
    sites, subjects = round(part * SITES), round(part * SUBJECTS)
    countries = data["small_study"]["countries"]
    for place, country in enumerate(countries):
        country["sites"] = sites // len(countries) + (place < sites % len(countries))
    # Nearly all come within the first three and a half years.
    data["enrolment"] |= {"screened_per_site_month": subjects / sites / 0.8 / 30, "target_subjects": subjects}
    for lot in data["supply"]["lots"]:
        lot |= {"kits": 40 * subjects, "expiry_day": SEEN}
    levels = data["small_study"]["resupply"]["depots"]["US0"]
    for level in levels.values():
        level |= {key: round(kits * subjects / 1_000) for key, kits in level.items()}
    return changed(trial, data | {"name": f"scale-{subjects}", "horizon_days": YEARS * 365, "faults": []})


def simulation_scale() -> list[Figure]:
    """Each size in a process of its own, so that memory is; the exponent of processor time over subjects."""
    with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        told = [pool.apply(_played, (part,)) for part in PARTS]
    (small, _, first_subjects, _), (large, visits, subjects, peak) = told[0], told[-1]
    exponent = math.log(large / small) / math.log(subjects / first_subjects)
    a_visit = large / visits * 1e6
    size = f"{SITES:,} sites, {subjects:,.0f} subjects, {YEARS} years"
    return [
        Figure(
            size,
            f"{a_visit:.2f} µs a visit, {large:.2f} CPU s for {visits:,.0f} visits",
            "; ".join(f"{people:,.0f} subjects: {cpu:.2f} CPU s" for cpu, _, people, _ in told),
            f"at most {MICROSECONDS_A_VISIT:.0f} µs",
            a_visit <= MICROSECONDS_A_VISIT,
        ),
        Figure("Growth in subjects", f"exponent {exponent:.2f}", "", f"at most {EXPONENT}", exponent <= EXPONENT),
        Figure("Memory", f"{peak / (1 << 20):,.0f} MiB", "", "at most 1 GiB", peak <= BYTES),
    ]


def _played(part: float) -> tuple[float, float, float, int]:
    """Processor seconds of one replication, its visits and subjects, and the most memory the process had."""
    scenario = grown(part)
    EXPERIENCE.play_by_machine()
    replicate(scenario, 1, 0, "lean")
    begun = time.process_time()
    measures = [replicate(scenario, 1, index, "lean").measures for index in range(REPLICATIONS)]
    seconds = (time.process_time() - begun) / REPLICATIONS
    visits, subjects = (sum(one[name] for one in measures) / REPLICATIONS for name in ("visits", "randomized"))
    return seconds, visits, subjects, getrusage(RUSAGE_SELF).ru_maxrss * 1024
