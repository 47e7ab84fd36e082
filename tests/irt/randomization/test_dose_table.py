"""The table of an escalation as plain values."""

import json

import pytest

from irt.randomization.dose_table import NoBoundaries, dose_table
from irt.randomization.methods.escalation import Dose
from tests.validation.asking import a_design as design

OBSERVED = (Dose(3, 0), Dose(6, 1), Dose(12, 4))


def test_it_names_the_doses_and_their_rates() -> None:
    """JSON-able, with nothing of a recommendation unless something was observed."""
    boin = design("boin", (1, 1, 1), target="0.3")
    plain = dose_table(boin, 6)
    assert plain["doses"] == ["A", "B", "C"]
    assert "recommended" not in plain
    told = json.loads(json.dumps(dose_table(boin, 6, OBSERVED)))
    assert told["recommended"] == "C"
    assert told["observed"][1] == {
        "dose": "B",
        "subjects": 6,
        "toxicities": 1,
        "isotonic_rate": pytest.approx(1.05 / 6.1),
    }


def test_three_plus_three_has_no_rates() -> None:
    """Its rule looks at counts alone."""
    told = dose_table(design("three_plus_three", (1, 1, 1)), 6, OBSERVED)
    assert told["recommended"] == "B"
    assert {row["isotonic_rate"] for row in told["observed"]} == {None}


def test_other_methods_have_no_table() -> None:
    """By name."""
    with pytest.raises(NoBoundaries, match="complete finds no dose"):
        dose_table(design("complete"), 6)
