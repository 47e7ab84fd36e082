"""A trial to simulate: 100 sites, 1,000 subjects, 12 visits four weeks apart, two years."""

from typing import Any

from simulation.spec.reading import scenario_of
from simulation.spec.scenario import Scenario

SITES, SUBJECTS, VISITS, DAYS = 100, 1000, 12, 730
TYPES = {"A": ("A-LOW", "A-HIGH"), "B": ("B-LOW", "B-HIGH")}
KIT_TYPES = tuple(code for codes in TYPES.values() for code in codes)
COUNTRIES = ("DE", "FR", "ES", "PL")
LOT_DAYS = ((0, 420), (200, 640), (420, 1000))
"""Of each lot of a kit type: the day it is released, and its last day."""
WINDOWS = {"dnd_days": 0, "dnc_days": 45, "dns_days": 75}


def simulated_trial(minimum: int, maximum: int) -> Scenario:
    """With these levels of every kit type at every site; sites open late, lanes and customs are late at times."""
    return scenario_of(
        {
            "name": f"trial-{minimum}-{maximum}",
            "small_study": _study(minimum, maximum),
            "horizon_days": DAYS,
            "enrolment": {
                "screened_per_site_month": 1.0,
                "rate_shape": 1.2,
                "start_up_days": {"law": "gamma", "mean": 60, "shape": 3},
                "target_subjects": SUBJECTS,
            },
            "subjects": {
                "screening_days": {"law": "uniform", "least": 3, "most": 10},
                "screen_failure": 0.2,
                "dropout_per_year": 0.2,
                "titration": [
                    {"origin": "LOW", "target": "HIGH", "chance": 0.15},
                    {"origin": "HIGH", "target": "LOW", "chance": 0.05},
                ],
                "initial_levels": {"LOW": 1},
            },
            "supply": {
                "lots": [
                    {
                        "lot": f"{code}-{number}",
                        "kit_type": code,
                        "depot": "C0",
                        "kits": 4000,
                        "released_day": released,
                        "expiry_day": expiry,
                    }
                    for code in KIT_TYPES
                    for number, (released, expiry) in enumerate(LOT_DAYS)
                ],
                "transit": [{"days": {"law": "lognormal", "median": 5, "sigma": 0.35}}],
            },
            "faults": [
                {
                    "fault": "customs_delay",
                    "name": "customs",
                    "chance": 0.05,
                    "delay_days": {"law": "uniform", "least": 5, "most": 15},
                }
            ],
        }
    )


def _study(minimum: int, maximum: int) -> dict[str, Any]:
    window = {"window_before_days": 3, "window_after_days": 3, "dispenses": True, "treatment_days": 28}
    first = {
        "code": "V1",
        "name": "Day 1",
        "kind": "randomization",
        "day": 0,
        "dispenses": True,
        "treatment_days": 28,
    }
    later = {"code": "V2", "name": "Later", "day": 28, **window, "repeat": {"every_days": 28, "times": VISITS - 1}}
    return {
        "blinded": True,
        "arms": {"A": 1, "B": 1},
        "block_sizes": [4],
        "kit_types": [{"code": code, "windows": WINDOWS} for code in KIT_TYPES],
        "visits": [first, later],
        "dose_levels": [{"code": "LOW", "name": "Low", "initial": True}, {"code": "HIGH", "name": "High"}],
        "titration": [
            {"origin": "LOW", "target": "HIGH", "name": "Up"},
            {"origin": "HIGH", "target": "LOW", "name": "Down"},
        ],
        "dispensing": [
            {"visits": ["V1", "V2"], "arms": [arm], "dose_levels": [level], "kits": [{"kit_type": code}]}
            for arm, codes in TYPES.items()
            for level, code in zip(("LOW", "HIGH"), codes, strict=True)
        ],
        "countries": [{"code": code, "sites": SITES // len(COUNTRIES)} for code in COUNTRIES],
        "lead_time_days": 5,
        "resupply": {"study": {code: {"minimum": minimum, "maximum": maximum} for code in KIT_TYPES}},
    }
