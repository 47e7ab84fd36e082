"""The shape every procedure shares: choosing an arm, a subject's profile, refusals."""

import json

import pytest

from irt.randomization.procedures import procedure_for
from irt.randomization.scheme import (
    FactorMissing,
    NoEligibleAgent,
    NoOpenCohort,
    Subject,
)
from tests.irt.randomization.builders import arms, minimizing, seed


def test_a_profile_follows_the_plan_s_order() -> None:
    """The order in which levels were entered does not change the stratum."""
    one, other = Subject(1, {"sex": "F", "age": "old"}), Subject(1, {"age": "old", "sex": "F"})
    assert one.profile(("sex", "age")) == other.profile(("sex", "age")) == "sex=F;age=old"
    assert one.profile(()) == ""


def test_a_missing_level_is_refused_by_name() -> None:
    """A value is never defaulted."""
    with pytest.raises(FactorMissing) as refused:
        Subject(1, {"sex": "F"}).profile(("sex", "age"))
    assert "age" in refused.value.sentence
    assert refused.value.status_code == 400


@pytest.mark.parametrize("refusal", [FactorMissing("age"), NoEligibleAgent(), NoOpenCohort()])
def test_refusals_say_that_nothing_was_booked_and_what_to_do(refusal: Exception) -> None:
    """Three parts: what happened, what it means, what next."""
    sentence = str(refusal)
    assert "was not" in sentence
    assert sentence.endswith(".")
    assert sentence.count(".") >= 2


def test_an_allocation_s_record_survives_json() -> None:
    """What is stored is plain data, with exact probabilities and the whole draw."""
    procedure = procedure_for(minimizing("sex"), arms(1, 1))
    record = procedure.assign({}, Subject(3, {"sex": "F"}), seed()).record()
    assert json.loads(json.dumps(record)) == record
    assert record["probabilities"] == {"A": "1/2", "B": "1/2"}
    assert record["draws"][0]["index"] == 3
    assert record["seen"] == {"sex=F": {}}
    assert sum(record["after"]["sex=F"].values()) == 1


def test_an_allocation_never_prints_itself() -> None:
    """A traceback or a log line that holds one does not tell the arm."""
    procedure = procedure_for(minimizing("sex"), arms(1, 1))
    one, other = (procedure.assign({}, Subject(n, {"sex": "F"}), seed()) for n in (1, 2))
    assert repr(one).split(" at ")[0] == repr(other).split(" at ")[0]
    assert "1/2" not in repr(one)
    assert "Fraction" not in repr(one)
