"""What all restricted methods have in common."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.catalogue import CATALOGUE, method_of
from irt.randomization.design import design_of
from irt.randomization.methods.counts import ImpossibleHistory, PlannedNumberReached, RatioDoesNotFit
from irt.randomization.methods.method import Step, remember
from irt.randomization.scheme import UnusablePlan
from irt.randomization.settings import PlannedNumberMissing
from tests.irt.randomization.methods.walks import law_after, sequence_law, unconditional

ONE_TO_ONE = {
    "complete": {},
    "random_allocation": {},
    "permuted_block": {"block_sizes": [2, 4]},
    "truncated_binomial": {},
    "efron": {"p": "2/3"},
    "adjustable_biased_coin": {"a": "3/2"},
    "generalized_biased_coin": {"rho": "1/2"},
    "wei_urn": {"initial": 1, "added": 2},
    "big_stick": {"mti": 2},
    "chen": {"mti": 3, "p": "3/4"},
    "block_urn": {"lambda": 2},
    "brick_tunnel": {},
    "maximal": {"mti": 2},
    "mass_weighted_urn": {"alpha": 3},
    "max_entropy": {"eta": "1/3"},
}
ANY_RATIO = {
    "complete": {},
    "random_allocation": {},
    "permuted_block": {"block_sizes": [4, 8]},
    "block_urn": {"lambda": 2},
    "brick_tunnel": {},
    "mass_weighted_urn": {"alpha": "5/2"},
    "max_entropy": {"eta": "2/3"},
}
KEEPS_ITS_RATIO = {"complete", "random_allocation", "permuted_block", "brick_tunnel"}
SUBJECTS = 8


def method(name, params, ratio=(1, 1)):
    """That method for eight subjects."""
    arms = [chr(ord("A") + arm) for arm in range(len(ratio))]
    return method_of(design_of({"method": name, "arms": arms, "ratio": list(ratio), "params": params}), SUBJECTS)


def test_the_grid_is_the_catalogue():
    """Every method without factors and responses that allocates between arms stands above."""
    adaptive = {"play_the_winner", "doubly_adaptive", "thompson", "three_plus_three", "boin"}
    assert set(ONE_TO_ONE) == {name for name, entry in CATALOGUE.items() if not entry.factors} - adaptive


@pytest.mark.parametrize("name", ONE_TO_ONE)
def test_all_sequences_together_are_certain(name):
    """The chances of all sequences of eight subjects sum to one; exactly where they are rational."""
    chances = sequence_law(method(name, ONE_TO_ONE[name]), SUBJECTS).values()
    total = sum(chances)
    assert total == (1 if all(isinstance(chance, Fraction) for chance in chances) else pytest.approx(1))


@pytest.mark.parametrize("name", ONE_TO_ONE)
def test_arms_of_one_share_are_treated_alike(name):
    """With A and B exchanged everywhere each sequence is as likely."""
    law = sequence_law(method(name, ONE_TO_ONE[name]), 6)
    exchanged = {sequence.translate(str.maketrans("AB", "BA")): chance for sequence, chance in law.items()}
    assert exchanged == pytest.approx(law, rel=1e-14)


@pytest.mark.parametrize("name", ANY_RATIO)
def test_the_order_of_the_arms_does_not_matter(name):
    """With arms and ratio in another order the chances stand in that order."""
    plain, turned = method(name, ANY_RATIO[name], (2, 1, 1)), method(name, ANY_RATIO[name], (1, 2, 1))
    exchanged = str.maketrans("AB", "BA")
    for sequence in sequence_law(plain, 4):
        a, b, c = law_after(plain, sequence)
        assert law_after(turned, sequence.translate(exchanged)) == pytest.approx((b, a, c), rel=1e-14)


@pytest.mark.parametrize("name", ANY_RATIO)
def test_the_unconditional_ratio(name):
    """Some methods give each subject the planned ratio whatever their number; others only the first, or none."""
    met = unconditional(method(name, ANY_RATIO[name], (2, 1, 1)), SUBJECTS)
    planned = (Fraction(1, 2), Fraction(1, 4), Fraction(1, 4))
    assert (met[0] == planned) == (name != "max_entropy")
    assert (set(met) == {planned}) == (name in KEEPS_ITS_RATIO)


@pytest.mark.parametrize("name", sorted(set(ONE_TO_ONE) - set(ANY_RATIO)))
@pytest.mark.parametrize("ratio", [(2, 1), (1, 2, 1)])
def test_it_refuses_a_ratio_it_is_not_defined_for(name, ratio):
    """By the name of the method."""
    with pytest.raises(RatioDoesNotFit, match=f"{name} is defined for"):
        method(name, ONE_TO_ONE[name], ratio)


@pytest.mark.parametrize("name", sorted(set(ONE_TO_ONE) - set(ANY_RATIO) - {"wei_urn"}))
def test_it_refuses_a_third_arm(name):
    """Two-arm methods."""
    with pytest.raises(RatioDoesNotFit, match="two arms"):
        method(name, ONE_TO_ONE[name], (1, 1, 1))


@pytest.mark.parametrize("name", [name for name, entry in CATALOGUE.items() if entry.fixed_number])
def test_it_needs_the_planned_number(name):
    """And says so by name."""
    design = design_of({"method": name, "arms": ["A", "B"], "params": ONE_TO_ONE[name]})
    with pytest.raises(PlannedNumberMissing, match=f"{name} needs the planned number"):
        method_of(design)


@pytest.mark.parametrize("name", [name for name, entry in CATALOGUE.items() if entry.fixed_number])
def test_it_has_no_next_subject_after_the_last(name):
    """The planned number is the end."""
    planned = method(name, ONE_TO_ONE[name])
    with pytest.raises(PlannedNumberReached, match="All 8 planned subjects"):
        law_after(planned, "ABABABAB")


@pytest.mark.parametrize("name", ["random_allocation", "truncated_binomial", "maximal"])
@pytest.mark.parametrize("subjects", [7, 0])
def test_it_refuses_a_number_that_cannot_end_in_balance(name, subjects):
    """Half of seven is nobody."""
    design = design_of({"method": name, "arms": ["A", "B"], "params": ONE_TO_ONE[name]})
    with pytest.raises(UnusablePlan, match="multiple of 2"):
        method_of(design, subjects)


@pytest.mark.parametrize(
    ("name", "history"),
    [
        ("random_allocation", "AAAAA"),
        ("truncated_binomial", "AAAAA"),
        ("permuted_block", "AAA"),
        ("block_urn", "AAA"),
        ("brick_tunnel", "AA"),
        ("maximal", "AAA"),
    ],
)
def test_it_refuses_a_history_it_cannot_have_made(name, history):
    """Whoever asks has mistaken the history or the design."""
    with pytest.raises(ImpossibleHistory, match="cannot have made"):
        law_after(method(name, ONE_TO_ONE[name]), history)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("efron", {"p": "1/3"}),
        ("efron", {"p": 2}),
        ("chen", {"mti": 2, "p": "0.49"}),
        ("chen", {"mti": 0, "p": "2/3"}),
        ("big_stick", {"mti": 0}),
        ("maximal", {"mti": -1}),
        ("adjustable_biased_coin", {"a": -1}),
        ("adjustable_biased_coin", {"a": 1001}),
        ("generalized_biased_coin", {"rho": "-1/2"}),
        ("wei_urn", {"initial": 0, "added": 0}),
        ("wei_urn", {"initial": -1, "added": 2}),
        ("wei_urn", {"initial": 2, "added": -1}),
        ("block_urn", {"lambda": 0}),
        ("mass_weighted_urn", {"alpha": 0}),
        ("max_entropy", {"eta": "1.01"}),
        ("permuted_block", {"block_sizes": [4, 5]}),
        ("permuted_block", {"block_sizes": [0]}),
    ],
)
def test_it_refuses_settings_without_meaning(name, params):
    """Each by the name of the method or in words that say what the setting is."""
    with pytest.raises(UnusablePlan, match=r"setting|urn|block"):
        method(name, params)


@given(st.sampled_from(sorted(ANY_RATIO)), st.data())
@settings(deadline=None, max_examples=150)
def test_every_law_sums_to_one_along_any_path(name, data):
    """Whatever comes about, the next arm is some arm, and each chance lies between zero and one."""
    ratio = data.draw(st.lists(st.integers(1, 4), min_size=2, max_size=3))
    params = {"block_sizes": [sum(ratio), 2 * sum(ratio)]} if name == "permuted_block" else ANY_RATIO[name]
    arms = [chr(ord("A") + arm) for arm in range(len(ratio))]
    planned = 2 * sum(ratio)
    walked = method_of(design_of({"method": name, "arms": arms, "ratio": ratio, "params": params}), planned)
    memory = remember(walked, [])
    for _ in range(planned):
        law = walked.law(memory)
        assert sum(law) == pytest.approx(1, abs=1e-15)
        assert all(0 <= chance <= 1 for chance in law)
        arm = data.draw(st.sampled_from([arm for arm, chance in enumerate(law) if chance]))
        memory = walked.after(memory, Step(arm))


@pytest.mark.parametrize("name", ["efron", "chen", "big_stick", "adjustable_biased_coin", "mass_weighted_urn"])
def test_the_further_ahead_the_less_likely(name):
    """An arm's chance never grows with its lead."""
    walked = method(name, ONE_TO_ONE[name])
    chances = [walked.law((10 + lead, 10))[0] for lead in range(-4, 5)]
    assert all(before >= after for before, after in pairwise(chances))
