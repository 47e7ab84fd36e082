"""The shape every procedure shares: choosing an arm, a subject's profile, refusals."""

import json
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.errors import IntegrityFault
from irt.randomization.procedures import procedure_for
from irt.randomization.scheme import (
    FactorMissing,
    NoEligibleAgent,
    NoOpenCohort,
    Probabilities,
    Subject,
    choose,
    common_denominator,
    draw_arm,
)
from irt.randomization.stream import Stream
from tests.irt.randomization.builders import KEY, arms, minimizing, seed


@given(st.lists(st.integers(0, 12), min_size=1, max_size=6).filter(any))
def test_the_share_of_values_that_choose_an_arm_is_its_probability(shares: list[int]) -> None:
    """Over all values below the common denominator, each arm is chosen exactly in proportion."""
    law: Probabilities = tuple((f"T{i}", Fraction(share, sum(shares))) for i, share in enumerate(shares))
    values = common_denominator(law)
    chosen = Counter(choose(law, value) for value in range(values))
    assert all(Fraction(chosen[arm], values) == probability for arm, probability in law)


def test_arms_are_cumulated_in_order() -> None:
    """1/2, 1/3, 1/6 over sixths: three values, two values, one value."""
    law = (("A", Fraction(1, 2)), ("B", Fraction(1, 3)), ("C", Fraction(1, 6)))
    assert [choose(law, value) for value in range(6)] == ["A", "A", "A", "B", "B", "C"]
    arm, draw = draw_arm(law, Stream(KEY, "S"), 4)
    assert draw.modulus == 6
    assert arm == choose(law, draw.value)


@pytest.mark.parametrize(
    "law",
    [(("A", Fraction(1, 2)), ("B", Fraction(1, 3))), (("A", Fraction(1, 2)), ("B", Fraction(2, 3)))],
)
def test_it_never_draws_from_probabilities_that_do_not_sum_to_one(law: Probabilities) -> None:
    """A fault in a rule stops the randomization instead of favouring an arm."""
    with pytest.raises(IntegrityFault):
        choose(law, 0)


def test_a_value_past_the_denominator_is_a_fault() -> None:
    """A draw with another modulus than the law's is not silently cut."""
    with pytest.raises(IntegrityFault):
        choose((("A", Fraction(1)),), 1)


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
