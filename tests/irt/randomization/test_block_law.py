"""What an observer of arms alone can compute, against counting every way the blocks could have fallen."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.block_law import marginal_probabilities
from irt.randomization.permuted_block import PermutedBlock
from tests.irt.randomization.builders import arms, blocks, generate_list, seed

TWO_SIZES = PermutedBlock.of(blocks(2, 4, weights=(1, 2)), arms(1, 1))


def sequences(procedure: PermutedBlock, length: int) -> Iterator[tuple[tuple[str, ...], Fraction]]:
    """Every sequence of that length with its probability, from every row of sizes and every arrangement."""
    total = sum(procedure.weights)
    for sizes in product(range(len(procedure.sizes)), repeat=length):
        chance = Fraction(1)
        parts = []
        for position in sizes:
            chance *= Fraction(procedure.weights[position], total)
            parts.append(_arrangements(procedure, procedure.sizes[position]))
            if sum(len(part[0]) for part in parts) >= length:
                break
        # Sizes past the last block needed are summed over by the product, so each way is counted that much less.
        repeats = len(procedure.sizes) ** (length - len(parts))
        for blocks_drawn in product(*parts):
            ways = Fraction(1)
            for part in parts:
                ways /= len(part)
            yield sum(blocks_drawn, ())[:length], chance * ways / repeats


def _arrangements(procedure: PermutedBlock, size: int) -> list[tuple[str, ...]]:
    repeats = size // sum(procedure.ratio)
    cards = [a for a, r in zip(procedure.arms, procedure.ratio, strict=True) for _ in range(r * repeats)]
    return list(permutations(cards))


@pytest.mark.parametrize(
    "procedure", [TWO_SIZES, PermutedBlock.of(blocks(3), arms(2, 1)), PermutedBlock.of(blocks(2), arms(1, 1))]
)
@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_the_law_is_that_of_full_enumeration(procedure: PermutedBlock, length: int) -> None:
    """Bayes over all sequences, for every history that can occur."""
    chances: dict[tuple[str, ...], Fraction] = {}
    for sequence, chance in sequences(procedure, length):
        chances[sequence] = chances.get(sequence, Fraction(0)) + chance
    assert sum(chances.values()) == 1
    for history in {sequence[:-1] for sequence in chances}:
        following = {arm: chances.get((*history, arm), Fraction(0)) for arm in procedure.arms}
        total = sum(following.values())
        expected = tuple((arm, chance / total) for arm, chance in following.items())
        assert marginal_probabilities(procedure, history) == expected


def test_hand_computed_law_of_two_hidden_sizes() -> None:
    """Sizes 2 and 4 at 1:2. After A the block is of two with weight 1, of four with weight 2.

    B follows surely in the block of two, with 2/3 in the block of four: (1 * 1 + 2 * 2/3) / 3 = 7/9.
    """
    assert marginal_probabilities(TWO_SIZES, "A") == (("A", Fraction(2, 9)), ("B", Fraction(7, 9)))


def test_one_size_is_the_block_s_own_law() -> None:
    """Nothing is hidden: after A and B of a block of four, evens; after A and A, B is certain."""
    procedure = PermutedBlock.of(blocks(4), arms(1, 1))
    assert marginal_probabilities(procedure, "AB") == (("A", Fraction(1, 2)), ("B", Fraction(1, 2)))
    assert marginal_probabilities(procedure, "AA") == (("A", 0), ("B", 1))


@given(st.integers(0, 999), st.integers(0, 30))
@settings(deadline=None, max_examples=50)
def test_the_law_of_a_real_history_sums_to_one_and_allows_what_came_next(number: int, length: int) -> None:
    """Along any list that the plan can give."""
    plan, of = blocks(2, 4, 6, weights=(1, 2, 1)), arms(1, 1)
    sequence = generate_list(plan, of, seed(number), "", length + 1)
    law = dict(marginal_probabilities(PermutedBlock.of(plan, of), sequence[:-1]))
    assert sum(law.values()) == 1
    assert law[sequence[-1]] > 0


def test_it_refuses_a_history_no_blocks_give() -> None:
    """Three of one arm cannot begin blocks of two or four."""
    with pytest.raises(ValueError, match="no blocks"):
        marginal_probabilities(TWO_SIZES, "AAA")
