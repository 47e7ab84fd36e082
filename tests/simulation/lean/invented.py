"""Small trials invented at random, with everything that a scenario may have at some time or another."""

from random import Random
from typing import Any

from simulation.spec.reading import changed
from simulation.spec.scenario import Scenario
from tests.simulation.engine.test_reference import FAULTS
from tests.simulation.worked import CODES, small_trial

TYPES = ("A", "P", "AH", "PH")
GIVEN = (("A", "LOW", "A"), ("P", "LOW", "P"), ("A", "HIGH", "AH"), ("P", "HIGH", "PH"))
DAYS = [
    {"law": "lognormal", "median": 3, "sigma": 0.8},
    {"law": "fixed", "value": 2},
    {"law": "exponential", "mean": 5},
]


def invented(seed: int) -> Scenario:
    """The trial of a number."""
    chance = Random(seed)
    study = _study(chance)
    parts: dict[str, Any] = {
        "small_study": study,
        "horizon_days": chance.choice([100, 150]),
        "warm_up_days": chance.choice([0, 0, 50]),
        "enrolment": _enrolment(chance),
        "subjects": _subjects(chance),
        "supply": _supply(chance, two_depots="depots" in study),
        "faults": [
            {"fault": name, "name": name, **FAULTS[name]}
            for name in chance.sample(sorted(FAULTS), chance.randint(0, 5))
        ],
    }
    if chance.random() < 0.3:
        sizes = {1: 1, 2: 1}
        parts["demand"] = [
            {"kit_type": "PH", "requests_per_day": 0.1, "kits_per_request": sizes, "days_to_last": 10}
        ]
    return small_trial(**parts)


def foreseeing(seed: int) -> Scenario:
    """The same, supplied by what can be foreseen of subjects and those in screening."""
    chance, scenario = Random(seed), invented(seed)
    resupply = scenario.definition.resupply.model_dump(mode="json")
    resupply |= {
        "method": "predictive",
        "depots": {},
        "trigger_days": chance.choice([0, 7, 14, 30]),
        "resupply_days": chance.choice([28, 42, 70]),
        "forecast": {
            "dropout_rate": chance.choice(["0", "1/10", "13/100"]),
            "screen_failure_rate": chance.choice(["0", "1/5"]),
        },
    }
    return changed(scenario, {"resupply": resupply})


def _study(chance: Random) -> dict[str, Any]:
    windows = {
        "dnd_days": chance.choice([0, 28]),
        "dnc_days": chance.choice([0, 20, 38]),
        "dns_days": chance.choice([0, 10, 45]),
    }
    study: dict[str, Any] = {
        "blinded": chance.random() < 0.6,
        "all_arms_on_site": chance.random() < 0.4,
        "arms": {"A": chance.randint(1, 2), "P": 1},
        "kit_types": [
            {"code": code, "blinding_group": "LOW" if len(code) == 1 else "HIGH", "windows": windows}
            for code in TYPES
        ],
        "dose_levels": [{"code": "LOW", "name": "Low", "initial": True}, {"code": "HIGH", "name": "High"}],
        "titration": [
            {"origin": "LOW", "target": "HIGH", "name": "Up"},
            {"origin": "HIGH", "target": "LOW", "name": "Down"},
        ],
        "dispensing": [
            {
                "visits": CODES,
                "arms": [arm],
                "dose_levels": [level],
                "kits": [{"kit_type": code, "quantity": chance.randint(1, 2)}],
            }
            for arm, level, code in GIVEN
        ],
        "resupply": _resupply(chance),
        "dispatch_days": chance.choice([["mon", "thu"], ["mon", "tue", "wed", "thu", "fri"]]),
    }
    if chance.random() < 0.5:
        study["dispensing"][0]["kits"].append({"kit_type": "PH", "quantity": 1})
    if chance.random() < 0.5:
        study["depots"] = [{"code": "C0"}, {"code": "B0", "supplied_by": "C0"}]
        study["countries"] = [{"code": "DE", "sites": 4}, {"code": "FR", "sites": 3, "depot": "B0"}]
        own = {code: {"minimum": chance.randint(2, 15), "maximum": 30} for code in ("A", "P", "PH")}
        study["resupply"]["depots"] = {"B0": own}
    return study


def _resupply(chance: Random) -> dict[str, Any]:
    named = chance.sample(TYPES, chance.randint(2, 4))
    levels = {code: {"minimum": chance.randint(0, 3), "maximum": chance.randint(3, 7)} for code in named}
    part: dict[str, Any] = {
        "study": levels,
        "protection": chance.choice(["top_up", "decoys", "whole_blocks", "mixed_minimum"]),
        "least_kits": chance.randint(0, 5),
        "review_days": chance.choice([1, 1, 3, 7]),
        "review_at": chance.choice(["00:00", "02:00", "16:30", "23:59"]),
        "seeding": chance.choice([{}, {"A": chance.randint(0, 3), "P": 2}]),
        "planning": {"shipper_kits": 3, "site_day_cents": 2, "depot_day_cents": 1, "unmet_cents": 70},
    }
    if chance.random() < 0.3:
        part["stops"] = {"countries": {"FR": "2026-04-01"}}
    return part


def _enrolment(chance: Random) -> dict[str, Any]:
    return {
        "screened_per_site_month": chance.choice([1, 2.5, 4]),
        "rate_shape": 1.5,
        "start_up_days": {"law": "exponential", "mean": 15},
        "target_subjects": chance.choice([15, 40, None]),
        "after_target": chance.choice(["randomized", "turned_away"]),
        "site_subjects_max": chance.choice([None, None, 4]),
        "countries": chance.choice([{}, {"DE": {"subjects_max": 5}}]),
    }


def _subjects(chance: Random) -> dict[str, Any]:
    moves = [
        {"origin": "LOW", "target": "HIGH", "chance": 0.3},
        {"origin": "HIGH", "target": "LOW", "chance": 0.2},
    ]
    return {
        "screening_days": chance.choice([{"law": "uniform", "least": 3, "most": 14}, {"law": "fixed", "value": 0}]),
        "screen_failure": 0.2,
        "dropout_per_year": chance.choice([0, 0.8]),
        "dropout_per_visit": chance.choice([0, 0.05]),
        "hold_chance": chance.choice([0, 0.1]),
        "replacement_chance": chance.choice([0, 0.3]),
        "drift": chance.random() < 0.3,
        "visit_days": chance.choice(["planned", "in_window"]),
        "titration": chance.choice([moves, moves, []]),
        "clinic_until_minute": chance.choice([481, 1080]),
    }


def _supply(chance: Random, *, two_depots: bool) -> dict[str, Any]:
    lots: list[dict[str, Any]] = []
    for code in TYPES:
        few = {"kits": chance.choice([40, 100, 400]), "expiry_day": chance.randint(60, 160)}
        late = {"kits": 200, "released_day": chance.randint(0, 90), "expiry_day": chance.randint(150, 400)}
        lots += [
            {"lot": f"{code}{n}", "kit_type": code, "depot": "C0", **one} for n, one in enumerate((few, late), 1)
        ]
    if chance.random() < 0.3:
        lots[0]["countries"] = ["DE"]
    if two_depots:
        lots.append({"lot": "A3", "kit_type": "A", "depot": "B0", "kits": 30, "expiry_day": 150})
    lying = {"lot": "S1", "kit_type": "A", "kits": 3, "expiry_day": 90}
    return {
        "lots": lots,
        "site_stock": chance.choice([[], [lying]]),
        "transit": [{"days": chance.choice(DAYS), "rounding": chance.choice(["day", "day", "minute"])}],
        "review": chance.choice(["nightly", "nightly", "every_request"]),
        "receipt_minute": chance.choice([0, 600]),
        "shortage": {
            "rule": chance.choice(["lost", "waits"]),
            "counted": chance.random() < 0.5,
            "patience_days": chance.choice([None, 0, 20]),
        },
    }
