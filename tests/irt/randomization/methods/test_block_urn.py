"""Zhao and Weng's block urn."""

from fractions import Fraction

import pytest

from irt.randomization.methods.block_urn import BlockUrn
from irt.randomization.methods.permuted_block import PermutedBlocks
from tests.irt.randomization.methods.walks import law_after, layers, sequence_law, unconditional


def drawn_by_hand(ratio: tuple[int, ...], sets: int, history: str) -> tuple[Fraction, ...]:
    """The urn as the paper tells it: two urns, and a balanced set goes back as soon as the second holds one."""
    active, inactive = [share * sets for share in ratio], [0] * len(ratio)
    for letter in history:
        arm = ord(letter) - ord("A")
        active[arm] -= 1
        inactive[arm] += 1
        if all(balls >= share for balls, share in zip(inactive, ratio, strict=True)):
            active = [balls + share for balls, share in zip(active, ratio, strict=True)]
            inactive = [balls - share for balls, share in zip(inactive, ratio, strict=True)]
    return tuple(Fraction(balls, sum(active)) for balls in active)


@pytest.mark.parametrize("ratio", [(1, 1), (2, 1), (3, 2), (1, 1, 1), (2, 1, 1)])
@pytest.mark.parametrize("sets", [1, 2, 3])
def test_the_urn_by_its_balls(ratio, sets):
    """After every history that can come about."""
    method = BlockUrn(ratio, sets)
    for history in sequence_law(method, 5):
        assert law_after(method, history) == drawn_by_hand(ratio, sets, history)


@pytest.mark.parametrize("ratio", [(1, 1), (2, 1), (1, 2, 1)])
def test_one_set_is_permuted_blocks_of_the_smallest_size(ratio):
    """The set goes back when it is used up."""
    assert sequence_law(BlockUrn(ratio, 1), 6) == sequence_law(PermutedBlocks(ratio, (sum(ratio),)), 6)


def test_it_is_less_often_certain_than_blocks_of_the_same_limit():
    """After A, A, B blocks of four leave B alone; the urn of two sets has got a pair back (2011, section 2)."""
    assert law_after(BlockUrn((1, 1), 2), "AAB") == (Fraction(1, 3), Fraction(2, 3))
    assert law_after(PermutedBlocks((1, 1), (4,)), "AAB") == (0, 1)


@pytest.mark.parametrize("sets", [1, 2, 4])
def test_the_imbalance_stays_within_the_sets(sets):
    """One to one: at most `sets` apart, whatever the number."""
    apart = {abs(a - b) for layer in layers(BlockUrn((1, 1), sets), 12) for a, b in layer}
    assert max(apart) == sets


def test_a_ratio_is_reduced_first():
    """4:2 is 2:1: the smallest balanced set counts."""
    assert sequence_law(BlockUrn((4, 2), 2), 5) == sequence_law(BlockUrn((2, 1), 2), 5)


def test_an_unequal_ratio_is_not_kept_at_every_subject():
    """2:1 with two sets: the first three have 2/3, the fourth has not."""
    met = [first for first, _ in unconditional(BlockUrn((2, 1), 2), 6)]
    assert met[:3] == [Fraction(2, 3)] * 3
    assert set(met[3:]) != {Fraction(2, 3)}
