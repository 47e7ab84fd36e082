"""Exact operating characteristics: every sequence counted for small trials, the literature for large ones."""

from fractions import Fraction
from itertools import pairwise
from math import comb, isnan

import pytest

from irt.randomization.assessment.assess import Question, assess
from irt.randomization.assessment.chain import MethodChain
from irt.randomization.assessment.characteristics import Characteristics
from irt.randomization.assessment.layers import TooManyStates, unfold
from irt.randomization.assessment.usual_designs import title, usual_designs
from irt.randomization.catalogue import method_of
from irt.randomization.design import Design
from tests.irt.randomization.assessment.enumeration import (
    Written,
    convergence_guesses,
    directional_guesses,
    every_sequence,
    leads,
    mean,
    two_arms,
)

SMALL = [
    *((design, 8) for design in usual_designs(("A", "B"), (1, 1))),
    *((design, 6) for design in usual_designs(("A", "B"), (2, 1))),
    *((design, 5) for design in usual_designs(("A", "B"), (3, 2))),
    (two_arms("permuted_block", block_sizes=[2, 4]), 9),
    (two_arms("permuted_block", (2, 1), block_sizes=[3, 6]), 10),
    (two_arms("permuted_block", (1, 3), block_sizes=[4, 8]), 9),
]


def figures(design: Design, subjects: int) -> Characteristics:
    """The assessment of a design."""
    return assess(design, Question(subjects)).figures


@pytest.mark.parametrize(
    ("design", "subjects"), SMALL, ids=lambda each: title(each) if isinstance(each, Design) else ""
)
def test_all_sequences_one_by_one_give_the_same(design: Design, subjects: int) -> None:
    """Every figure equals the sum over all sequences to 1e-12, whatever the design."""
    found, sequences = figures(design, subjects), every_sequence(design, subjects)
    assert found.exact
    assert sum(each.chance for each in sequences) == 1
    by_hand = {
        "final": mean(sequences, lambda each: abs([*leads(each.arms)][-1])),
        "largest": mean(sequences, lambda each: max(map(abs, leads(each.arms)))),
        "off_final": mean(sequences, lambda each: off_ratio(each, design.ratio)[-1]),
        "off_largest": mean(sequences, lambda each: max(off_ratio(each, design.ratio))),
        "convergence": mean(sequences, convergence_guesses),
        "directional": mean(sequences, directional_guesses),
        "deterministic": mean(sequences, lambda each: sum(1 in law for law in each.laws)),
    }
    assert {
        "final": found.imbalance.expected_abs_final,
        "largest": found.imbalance.expected_max_abs,
        "off_final": found.imbalance.off_ratio_final,
        "off_largest": found.imbalance.off_ratio_max,
        "convergence": found.convergence,
        "directional": found.directional,
        "deterministic": found.deterministic,
    } == pytest.approx({name: float(figure) for name, figure in by_hand.items()}, abs=1e-12)


@pytest.mark.parametrize(
    ("design", "subjects"), SMALL, ids=lambda each: title(each) if isinstance(each, Design) else ""
)
def test_the_laws_are_those_of_all_sequences(design: Design, subjects: int) -> None:
    """The law of the lead at the end, and each subject's chance of the first arm."""
    found, sequences = figures(design, subjects), every_sequence(design, subjects)
    ends = {
        lead: mean(sequences, lambda each, at=lead: [*leads(each.arms)][-1] == at)
        for lead in range(-subjects, subjects + 1)
    }
    assert dict(found.imbalance.distribution) == pytest.approx(
        {lead: float(chance) for lead, chance in ends.items() if chance}, abs=1e-12
    )
    ratio = [mean(sequences, lambda each, at=place: each.arms[at] == 0) for place in range(subjects)]
    assert found.allocation_ratio == pytest.approx([float(chance) for chance in ratio], abs=1e-12)


def off_ratio(each: Written, ratio: tuple[int, ...]) -> list[Fraction]:
    """The lead less what the ratio plans, at every time, without its sign."""
    planned = Fraction(ratio[0] - ratio[1], sum(ratio))
    return [abs(lead - given * planned) for given, lead in enumerate(leads(each.arms))]


def test_the_big_stick_at_two_hundred() -> None:
    """Soares and Wu (1983), b = 3: of seven places the walk is at an edge for a sixth of the subjects."""
    found = figures(two_arms("big_stick", mti=3), 200)
    assert found.convergence / 200 == pytest.approx(0.582222, abs=5e-7)
    assert found.directional == pytest.approx(found.convergence, abs=1e-12)
    assert found.convergence == pytest.approx(100 + found.deterministic / 2, abs=1e-10)
    assert found.imbalance.expected_max_abs == pytest.approx(3, abs=1e-10)


@pytest.mark.parametrize("half", [1, 2, 10, 100, 250])
def test_the_random_allocation_rule_of_blackwell_and_hodges(half: int) -> None:
    """Blackwell and Hodges (1957): n/2 + (2^n / C(n, n/2) - 1) / 2 correct guesses."""
    expected = half + (Fraction(4**half, comb(2 * half, half)) - 1) / 2
    assert figures(two_arms("random_allocation"), 2 * half).convergence == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize("half", [1, 2, 10, 100])
def test_the_truncated_binomial_of_blackwell_and_hodges(half: int) -> None:
    """Blackwell and Hodges (1957): n/2 + (n/2) C(n, n/2) / 2^n correct guesses, the least that end in balance."""
    expected = half * (1 + Fraction(comb(2 * half, half), 4**half))
    assert figures(two_arms("truncated_binomial"), 2 * half).convergence == pytest.approx(
        float(expected), rel=1e-12
    )


@pytest.mark.parametrize(("size", "share"), [(2, Fraction(3, 4)), (4, Fraction(17, 24)), (6, Fraction(41, 60))])
def test_permuted_blocks_repeat_the_rule_of_one_block(size: int, share: Fraction) -> None:
    """Matts and Lachin (1988): every block is a random allocation of its own."""
    found = figures(two_arms("permuted_block", block_sizes=[size]), 10 * size)
    assert found.convergence == pytest.approx(float(share) * 10 * size, rel=1e-12)


def test_efron_in_the_long_run() -> None:
    """Efron (1971): with p = 2/3 half of the even times are in balance, and 5/8 of the guesses are right."""
    found = figures(two_arms("efron", p="2/3"), 500)
    assert found.imbalance.distribution[0] == pytest.approx(1 / 2, abs=1e-6)
    assert found.convergence / 500 == pytest.approx(5 / 8, abs=1e-3)


def test_complete_randomization_is_the_binomial_law() -> None:
    """The lead is twice a binomial count less n, and nothing can be guessed."""
    found = figures(two_arms("complete"), 60)
    law = {2 * count - 60: comb(60, count) / 2**60 for count in range(61)}
    assert dict(found.imbalance.distribution) == pytest.approx(law, rel=1e-10)
    assert found.convergence == found.directional == pytest.approx(30, abs=1e-12)
    assert found.deterministic == 0


@pytest.mark.parametrize("sizes", [[2, 4], [4, 6, 8], [2, 4, 6, 8]])
def test_hidden_sizes_tell_nothing_more_than_the_counts_with_equal_arms(sizes: list[int]) -> None:
    """Every block that may be open has the same lead, so the best guess is the arm that is behind."""
    found = figures(two_arms("permuted_block", block_sizes=sizes), 60)
    assert found.exact
    assert not isnan(found.directional)
    assert found.directional == pytest.approx(found.convergence, abs=1e-12)
    one_size = figures(two_arms("permuted_block", block_sizes=sizes[:1]), 60)
    assert found.deterministic < one_size.deterministic


def test_a_truncated_last_block_behaves_as_if_full() -> None:
    """The figures of a prefix do not change when the trial goes on."""
    short = figures(two_arms("permuted_block", block_sizes=[4, 6]), 23)
    long = figures(two_arms("permuted_block", block_sizes=[4, 6]), 40)
    assert short.allocation_ratio == pytest.approx(long.allocation_ratio[:23])
    assert short.deterministic < long.deterministic


def test_more_tolerance_is_less_predictable() -> None:
    """A wider stick lets the arms drift further apart and tells less."""
    sticks = [figures(two_arms("big_stick", mti=mti), 100) for mti in range(1, 8)]
    for narrow, wide in pairwise(sticks):
        assert narrow.convergence > wide.convergence
        assert narrow.imbalance.expected_max_abs < wide.imbalance.expected_max_abs


def test_too_many_states_are_not_followed() -> None:
    """A chain that merges too few histories is left to simulation."""
    chain = MethodChain(method_of(two_arms("complete")))
    with pytest.raises(TooManyStates):
        unfold(chain, 100, states_max=1000)
