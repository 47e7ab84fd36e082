"""Factorial designs: independent components, one arm for each combination."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.factorial import Factorial
from irt.randomization.margins import recount
from irt.randomization.scheme import Subject, UnusablePlan
from irt.study.randomization_plan import Component
from irt.study.randomization_plan import Factorial as FactorialPlan
from tests.irt.randomization.builders import arms, assign_all, minimizing, seed

TABLET = {"yes": ("A", "B", "C"), "no": ("D", "E", "F")}
INJECTION = {"none": ("A", "D"), "low": ("B", "E"), "medium": ("C", "F")}
RATIOS = ({"yes": 1, "no": 1}, {"none": 2, "low": 1, "medium": 1})


def plan(*groups: dict[str, tuple[str, ...]], ratios: tuple[dict[str, int], ...] = RATIOS) -> FactorialPlan:
    """Each component balances its own factors."""
    factors = (("country", "age"), ("country", "sex"))
    components = tuple(
        Component(name=name, groups=g, ratio=r, minimization=minimizing(*f))
        for name, g, r, f in zip(("tablet", "injection"), groups, ratios, factors, strict=True)
    )
    return FactorialPlan(method="factorial", components=components)


FACTORIAL = Factorial.of(plan(TABLET, INJECTION), arms(1, 1, 1, 1, 1, 1))
SUBJECTS = st.lists(
    st.fixed_dictionaries(
        {"country": st.sampled_from(["IT", "NO"]), "age": st.sampled_from("ab"), "sex": st.sampled_from("FM")}
    ),
    max_size=25,
).map(lambda many: [Subject(n, levels) for n, levels in enumerate(many)])


@given(SUBJECTS)
@settings(deadline=None, max_examples=40)
def test_joint_probabilities_are_products_and_sum_to_one(subjects: list[Subject]) -> None:
    """Arm by arm, after any history."""
    for subject, allocation in zip(subjects, assign_all(FACTORIAL, subjects, seed()), strict=True):
        tablet, injection = (dict(c.probabilities(allocation.seen, subject)) for c in FACTORIAL.components)
        for arm, probability in allocation.probabilities:
            (of_tablet,) = (level for level, members in TABLET.items() if arm in members)
            (of_injection,) = (level for level, members in INJECTION.items() if arm in members)
            assert probability == tablet[of_tablet] * injection[of_injection]
        assert sum(p for _, p in allocation.probabilities) == 1


@given(SUBJECTS, st.integers(0, 99))
@settings(deadline=None, max_examples=40)
def test_allocations_repeat_and_rows_equal_a_recount(subjects: list[Subject], number: int) -> None:
    """From the record alone, and from the whole history."""
    allocations = assign_all(FACTORIAL, subjects, seed(number))
    state = {}
    for subject, allocation in zip(subjects, allocations, strict=True):
        assert FACTORIAL.assign(allocation.seen, subject, seed(number)) == allocation
        state.update(allocation.after)
    assert recount(FACTORIAL, zip(subjects, (a.arm for a in allocations), strict=True)) == state


def test_group_margins_are_summed_over_the_arms_of_the_group() -> None:
    """Counts by hand: yes 3 against no 1, so `no` is preferred; none (double share) 2/2, low 2, medium 0."""
    row = {"A": 1, "B": 2, "C": 0, "D": 1, "E": 0, "F": 0}
    state = {"country=IT": row, "age=a": row, "sex=F": row}
    subject = Subject(5, {"country": "IT", "age": "a", "sex": "F"})
    law = dict(FACTORIAL.probabilities(state, subject))
    yes, no = Fraction(1, 5), Fraction(4, 5)
    none, low, medium = Fraction(1, 10), Fraction(1, 10), Fraction(8, 10)
    assert law == {
        "A": yes * none,
        "B": yes * low,
        "C": yes * medium,
        "D": no * none,
        "E": no * low,
        "F": no * medium,
    }


def test_each_component_draws_on_its_own_stream_at_the_assignment_number() -> None:
    """So the two choices are independent of each other."""
    allocation = FACTORIAL.assign({}, Subject(9, {"country": "IT", "age": "a", "sex": "F"}), seed())
    assert allocation.stream_ids == (
        "IRT-RNG/1|TRIAL-1|factorial/1|tablet",
        "IRT-RNG/1|TRIAL-1|factorial/1|injection",
    )
    assert tuple(draw.stream for draw in allocation.draws) == allocation.stream_ids
    assert {draw.index for draw in allocation.draws} == {9}


def test_a_factor_that_both_balance_has_one_row() -> None:
    """Country is shared, age and sex are each one component's own."""
    subject = Subject(1, {"country": "IT", "age": "a", "sex": "F"})
    assert FACTORIAL.state_keys(subject) == ("country=IT", "age=a", "sex=F")


@pytest.mark.parametrize(
    ("groups", "ratios"),
    [
        (
            (TABLET, {"none": ("A", "D"), "some": ("B", "E", "C", "F")}),
            ({"yes": 1, "no": 1}, {"none": 1, "some": 1}),
        ),
        ((TABLET, {"none": ("A", "D"), "low": ("B", "E"), "medium": ("C",)}), RATIOS),
        ((TABLET, {"none": ("A", "D"), "low": ("B", "E", "A"), "medium": ("C", "F")}), RATIOS),
        ((TABLET, INJECTION), ({"yes": 1, "no": 1}, {"none": 1, "low": 1})),
        ((TABLET, {"none": ("A", "D", "B"), "low": ("E",), "medium": ("C", "F")}), RATIOS),
    ],
)
def test_it_refuses_combinations_without_exactly_one_arm(
    groups: tuple[dict[str, tuple[str, ...]], ...], ratios: tuple[dict[str, int], ...]
) -> None:
    """Shared, missing, doubled, unnamed in the ratio."""
    with pytest.raises(UnusablePlan):
        Factorial.of(plan(*groups, ratios=ratios), arms(1, 1, 1, 1, 1, 1))
