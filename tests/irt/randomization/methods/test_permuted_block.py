"""What an observer of arms alone can compute, against counting every way the blocks could have fallen."""

from fractions import Fraction
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.methods.counts import ImpossibleHistory
from irt.randomization.methods.method import Step, remember
from irt.randomization.methods.permuted_block import PermutedBlocks
from irt.randomization.scheme import UnusablePlan
from tests.irt.randomization.builders import arms, blocks, generate_list, seed
from tests.irt.randomization.methods.walks import law_after, sequence_law, unconditional


def drawn_by_hand(method: PermutedBlocks, length: int) -> dict[str, Fraction]:
    """Every sequence of that length with its chance, from every row of sizes and every arrangement."""
    weights = method.weights or (1,) * len(method.sizes)
    found: dict[str, Fraction] = {}
    for row in product(range(len(method.sizes)), repeat=length):
        parts = [arrangements(method.ratio, method.sizes[choice]) for choice in row]
        chance = Fraction(1)
        for choice in row:
            chance *= Fraction(weights[choice], sum(weights))
        needed = next(k for k in range(1, length + 1) if sum(len(part[0]) for part in parts[:k]) >= length)
        drawn = list(product(*parts[:needed]))
        for each in drawn:
            sequence = "".join(each)[:length]
            found[sequence] = found.get(sequence, Fraction(0)) + chance / len(drawn)
    return found


def arrangements(ratio: tuple[int, ...], size: int) -> list[str]:
    """Every order of the arms of one block; orders of like arms are told apart, so that all are equally likely."""
    letters = [chr(ord("A") + arm) for arm, share in enumerate(ratio) for _ in range(share * size // sum(ratio))]
    return ["".join(order) for order in permutations(letters)]


@pytest.mark.parametrize(
    "method",
    [
        PermutedBlocks((1, 1), (2, 4)),
        PermutedBlocks((1, 1), (2, 4), (1, 2)),
        PermutedBlocks((1, 1), (4,)),
        PermutedBlocks((2, 1), (3,)),
        PermutedBlocks((1, 1, 1), (3,)),
    ],
)
@pytest.mark.parametrize("length", [1, 3, 4])
def test_the_law_is_that_of_full_enumeration(method, length):
    """Over hidden sizes and arrangements."""
    assert sequence_law(method, length) == drawn_by_hand(method, length)


def test_hand_computed_law_of_two_hidden_sizes():
    """Sizes 2 and 4 at 1:2. After A the block is of two with weight 1, of four with weight 2.

    B follows surely in the block of two, with 2/3 in the block of four: (1 * 1 + 2 * 2/3) / 3 = 7/9.
    """
    assert law_after(PermutedBlocks((1, 1), (2, 4), (1, 2)), "A") == (Fraction(2, 9), Fraction(7, 9))


def test_one_size_is_the_block_s_own_law():
    """Nothing is hidden: after A and B of a block of four, evens; after A and A, B is certain."""
    assert law_after(PermutedBlocks((1, 1), (4,)), "AB") == (Fraction(1, 2), Fraction(1, 2))
    assert law_after(PermutedBlocks((1, 1), (4,)), "AA") == (0, 1)


def test_a_size_named_twice_is_twice_as_likely():
    """The list is a list of equally likely entries."""
    twice, weighted = PermutedBlocks((1, 1), (2, 4, 4)), PermutedBlocks((1, 1), (2, 4), (1, 2))
    assert sequence_law(twice, 6) == sequence_law(weighted, 6)


def test_every_subject_has_the_ratio_before_anything_is_known():
    """Whatever the sizes."""
    planned = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))
    assert set(unconditional(PermutedBlocks((3, 2, 1), (6, 12)), 13)) == {planned}


@given(st.integers(0, 999), st.integers(0, 40))
@settings(deadline=None, max_examples=50)
def test_the_law_of_a_real_list_allows_what_came_next(number, length):
    """Along any list that the plan can give; the memory stays small."""
    plan, weights = blocks(2, 4, 6, weights=(1, 2, 1)), (1, 2, 1)
    drawn = generate_list(plan, arms(1, 1), seed(number), "", length + 1)
    method = PermutedBlocks((1, 1), (2, 4, 6), weights)
    memory = remember(method, [Step("AB".index(arm)) for arm in drawn[:-1]])
    law = method.law(memory)
    assert sum(law) == 1
    assert law["AB".index(drawn[-1])] > 0
    assert len(memory) <= 9


def test_it_refuses_a_history_no_blocks_give():
    """Three of one arm cannot begin blocks of two or four."""
    with pytest.raises(ImpossibleHistory):
        law_after(PermutedBlocks((1, 1), (2, 4)), "AAA")


@pytest.mark.parametrize("weights", [(1,), (1, 0), (1, 2, 3)])
def test_it_refuses_weights_that_do_not_fit(weights):
    """One for each size."""
    with pytest.raises(UnusablePlan, match="weight"):
        PermutedBlocks((1, 1), (2, 4), weights)
