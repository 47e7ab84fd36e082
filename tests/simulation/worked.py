"""The worked scenarios, and small ones made for a test."""

from pathlib import Path
from typing import Any

from simulation.record import Replication
from simulation.replication import replicate
from simulation.spec.reading import read_scenario, scenario_of
from simulation.spec.scenario import Scenario

SCENARIOS = Path(__file__).parents[2] / "fixtures" / "scenarios"
FOR_EVER = 1_000_000

VISITS = [
    {"code": "V1", "name": "Day 1", "kind": "randomization", "day": 0, "dispenses": True},
    *(
        {
            "code": f"V{number}",
            "name": f"Week {4 * number - 4}",
            "day": 28 * number - 28,
            "window_before_days": 3,
            "window_after_days": 3,
            "dispenses": True,
            "treatment_days": 28,
        }
        for number in (2, 3, 4, 5, 6)
    ),
]
CODES = [str(visit["code"]) for visit in VISITS]


def worked(name: str) -> Scenario:
    """A worked scenario by its file's name."""
    return read_scenario(SCENARIOS / f"{name}.yaml")


def plays(scenario: Scenario, replications: int, **kept: bool) -> list[Replication]:
    """The first replications of a scenario under one seed."""
    return [replicate(scenario, 20260105, index, **kept) for index in range(replications)]


def small_trial(**parts: Any) -> Scenario:
    """Two arms blinded alike, eight sites in two countries, six visits, lots that expire; parts replace its own."""
    levels = {"A": {"minimum": 2, "maximum": 5}, "P": {"minimum": 2, "maximum": 5}}
    study = {
        "blinded": True,
        "arms": {"A": 1, "P": 1},
        "kit_types": [{"code": "A"}, {"code": "P"}],
        "visits": VISITS,
        "dispensing": [{"visits": CODES, "arms": [arm], "kits": [{"kit_type": arm}]} for arm in ("A", "P")],
        "countries": [{"code": "DE", "sites": 5}, {"code": "FR", "sites": 3}],
        "lead_time_days": 3,
        "dispatch_days": ["mon", "tue", "wed", "thu", "fri"],
        "resupply": {"study": levels},
    }
    lots = [
        {"lot": "A1", "kit_type": "A", "depot": "C0", "kits": 60, "expiry_day": 140},
        {"lot": "P1", "kit_type": "P", "depot": "C0", "kits": 60, "expiry_day": 160},
        {"lot": "A2", "kit_type": "A", "depot": "C0", "kits": 200, "released_day": 90, "expiry_day": 400},
        {"lot": "P2", "kit_type": "P", "depot": "C0", "kits": 200, "released_day": 90, "expiry_day": 400},
    ]
    data: dict[str, Any] = {
        "name": "small-trial",
        "small_study": {**study, **parts.pop("small_study", {})},
        "horizon_days": 200,
        "enrolment": {
            "screened_per_site_month": 1.5,
            "rate_shape": 1.5,
            "start_up_days": {"law": "exponential", "mean": 15},
            "target_subjects": 40,
        },
        "subjects": {
            "screening_days": {"law": "uniform", "least": 3, "most": 14},
            "screen_failure": 0.2,
            "dropout_per_year": 0.3,
        },
        "supply": {"lots": lots, "transit": [{"days": {"law": "lognormal", "median": 3, "sigma": 0.4}}]},
    }
    return scenario_of({**data, **parts})
