"""Questions about a design: answered by any shortcut as they are from the start."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.catalogue import method_of
from irt.randomization.design import UnknownLevel, design_of
from irt.randomization.methods.method import Step, remember
from irt.randomization.queries import Answering, BadQuery, answers, query_of, written
from irt.randomization.scheme import FactorMissing

EFRON = design_of({"method": "efron", "arms": ["A", "B"], "params": {"p": "2/3"}})
BLOCKS = design_of({"method": "permuted_block", "arms": ["A", "B"], "params": {"block_sizes": [2, 4]}})
MAXIMAL = design_of({"method": "maximal", "arms": ["A", "B"], "params": {"mti": 3}})
SEX = design_of(
    {
        "method": "minimization",
        "arms": ["A", "B"],
        "params": {"p": "0.8"},
        "factors": [{"name": "sex", "levels": ["F", "M"]}],
    }
)


@given(st.lists(st.tuples(st.sampled_from([6, 8, None]), st.integers(0, 5), st.integers(0, 31)), max_size=12))
@settings(deadline=None, max_examples=60)
def test_remembering_the_last_question_changes_no_answer(asked):
    """Histories that begin alike, that do not, and that are shorter; planned numbers that change."""
    answering = Answering(BLOCKS)
    for planned, length, bits in asked:
        pairs = [(0, 1) if bits >> place & 1 else (1, 0) for place in range(5)]
        history = [arm for pair in pairs for arm in pair][:length]
        query = query_of(BLOCKS, {"n": planned, "history": history})
        method = method_of(BLOCKS, planned)
        assert answering.law(query) == method.law(remember(method, [Step(arm) for arm in history]))


def test_the_planned_number_may_change_from_line_to_line():
    """Where the method needs it, its law follows."""
    law = list(answers(MAXIMAL, [(1, {"n": 4, "history": [0]}), (2, {"n": 6, "history": [0]})]))
    assert law == [(Fraction(1, 3), Fraction(2, 3)), (Fraction(2, 5), Fraction(3, 5))]


def test_a_question_that_failed_does_not_spoil_the_next():
    """The memories of a refused history are not used."""
    answering = Answering(BLOCKS)
    with pytest.raises(Exception, match="cannot have made"):
        answering.law(query_of(BLOCKS, {"history": [0, 0, 0]}))
    assert answering.law(query_of(BLOCKS, {"history": [0, 1]})) == (Fraction(1, 2), Fraction(1, 2))
    assert answering.law(query_of(BLOCKS, {"history": [0, 0]})) == (0, 1)


def test_levels_and_responses_belong_to_the_steps():
    """In the order of the history."""
    query = query_of(SEX, {"history": [0, 1], "subjects": [["F"], ["M"]], "subject": ["F"], "responses": [1]})
    assert query.history == (Step(0, ("F",), 1), Step(1, ("M",), None))
    assert query.levels == ("F",)
    assert Answering(SEX).law(query) == (Fraction(1, 5), Fraction(4, 5))


def test_subjects_are_not_asked_of_a_method_without_factors():
    """They may be there, and count for nothing."""
    assert query_of(EFRON, {"history": [0], "subjects": [["F"]], "subject": ["F"]}).levels == ()


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"histroy": [0]},
        {"history": "01"},
        {"history": [2]},
        {"history": [-1]},
        {"history": [True]},
        {"history": ["A"]},
        {"history": [0.0]},
        {"n": 0},
        {"n": 4.5},
        {"n": "4"},
        {"history": [0], "responses": [2]},
        {"history": [0], "responses": ["yes"]},
        {"history": [0], "responses": [1, 0]},
        {"history": [0], "responses": 1},
    ],
)
def test_it_refuses_what_is_no_question(data):
    """In a sentence that ends."""
    with pytest.raises(BadQuery, match=r"\.$"):
        query_of(EFRON, data)


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        ({"history": [0], "subject": ["F"]}, BadQuery),
        ({"history": [0], "subjects": [], "subject": ["F"]}, BadQuery),
        ({"history": []}, FactorMissing),
        ({"history": [0], "subjects": [[None]], "subject": ["F"]}, FactorMissing),
        ({"history": [], "subject": ["X"]}, UnknownLevel),
    ],
)
def test_it_refuses_a_subject_without_levels(data, refusal):
    """Before or new."""
    with pytest.raises(refusal):
        query_of(SEX, data)


def test_a_refusal_names_its_line():
    """Whatever refused."""
    with pytest.raises(BadQuery, match="Line 7: This design cannot have made"):
        list(answers(BLOCKS, [(6, {"history": [0]}), (7, {"history": [0, 0, 0]})]))


def test_answers_are_written_exactly_or_with_seventeen_digits():
    """So that each reads back as what it was."""
    assert written((Fraction(2, 3), Fraction(1, 3), Fraction(0))) == ["2/3", "1/3", "0"]
    assert written((0.1, 0.9)) == ["0.10000000000000001", "0.90000000000000002"]
    assert float(written((2**0.5 / 3,))[0]) == 2**0.5 / 3
