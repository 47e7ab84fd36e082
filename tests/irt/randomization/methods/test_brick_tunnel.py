"""The brick tunnel: proofs by following every path of a whole round."""

from collections import Counter
from fractions import Fraction
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.methods.brick_tunnel import BrickTunnel
from irt.randomization.methods.counts import ImpossibleHistory, RatioDoesNotFit
from irt.randomization.methods.permuted_block import PermutedBlocks
from irt.randomization.methods.tunnel_paths import kinds, steps_of
from tests.irt.randomization.methods.walks import law_after, layers, of_counts, sequence_law, unconditional

TWO = list(product(range(1, 10), repeat=2))
THREE = list(product(range(1, 6), repeat=3))


@pytest.mark.parametrize("ratios", [TWO, THREE, [(14, 21, 25)]], ids=["two", "three", "2011"])
def test_every_subject_has_the_ratio_before_anything_is_known(ratios):
    """The property the tunnel was made for, exactly, at every subject; 14:21:25 is the 2011 paper's example."""
    for ratio in ratios:
        planned = tuple(Fraction(share, sum(ratio)) for share in ratio)
        assert set(unconditional(BrickTunnel(ratio), sum(ratio) + 1)) == {planned}, ratio


@pytest.mark.parametrize("ratios", [TWO, THREE, [(14, 21, 25)]], ids=["two", "three", "2011"])
def test_no_arm_is_a_whole_subject_away_from_its_share(ratios):
    """So every path stays in the cubes that the ray pierces, and a round ends in the exact ratio."""
    for ratio in ratios:
        for subjects, layer in enumerate(layers(BrickTunnel(ratio), sum(ratio))):
            for counts in layer:
                away = [
                    abs(n - Fraction(subjects * share, sum(ratio))) for n, share in zip(counts, ratio, strict=True)
                ]
                assert max(away) < 1, (ratio, counts)


def test_two_to_one_by_hand():
    """After A the second subject is even; after B, or A and B, the ray leaves one way or two."""
    method = BrickTunnel((2, 1))
    assert law_after(method, "") == (Fraction(2, 3), Fraction(1, 3))
    assert law_after(method, "A") == (Fraction(1, 2), Fraction(1, 2))
    assert law_after(method, "B") == (1, 0)
    assert law_after(method, "AA") == (0, 1)
    assert law_after(method, "AB") == (1, 0)


def test_two_to_one_is_blocks_of_three():
    """The narrowest tunnel there is, is a block as short as the ratio allows."""
    assert sequence_law(BrickTunnel((2, 1)), 6) == sequence_law(PermutedBlocks((2, 1), (3,)), 6)


@pytest.mark.parametrize("ratio", [(1, 1), (1, 1, 1)])
def test_equal_shares_are_blocks_of_one_round(ratio):
    """All paths through one cube are alike."""
    assert sequence_law(BrickTunnel(ratio), 6) == sequence_law(PermutedBlocks(ratio, (len(ratio),)), 6)


def test_three_to_two_is_narrower_than_its_block():
    """Three of A, or two of B, may begin a block of five, but leave the tunnel."""
    of_block = set(sequence_law(PermutedBlocks((3, 2), (5,)), 5))
    assert of_block - set(sequence_law(BrickTunnel((3, 2)), 5)) == {"AAABB", "BBAAA"}


@pytest.mark.parametrize("ratio", [(4, 2), (9, 6, 3)])
def test_a_ratio_is_reduced_first(ratio):
    """The ray is the same."""
    reduced = tuple(share // min(ratio) for share in ratio) if ratio == (4, 2) else (3, 2, 1)
    assert sequence_law(BrickTunnel(ratio), 6) == sequence_law(BrickTunnel(reduced), 6)


def test_it_begins_anew_after_a_round():
    """Only the place in the round counts."""
    method = BrickTunnel((3, 2))
    assert of_counts(method, 31, 20) == of_counts(method, 1, 0)


@pytest.mark.parametrize("ratio", [(2, 3, 5), (1, 2, 2)])
def test_the_order_of_three_arms_does_not_matter(ratio):
    """The middle of the range is the same whichever way it is walked."""
    method = BrickTunnel(ratio)
    for order in permutations(range(3)):
        turned = BrickTunnel(tuple(ratio[arm] for arm in order))
        for layer in layers(method, sum(ratio)):
            for counts in layer:
                law = of_counts(method, *counts)
                assert of_counts(turned, *(counts[arm] for arm in order)) == tuple(law[arm] for arm in order)


many_arms = st.lists(st.integers(1, 4), min_size=4, max_size=5).map(tuple)


@given(many_arms)
@settings(deadline=None, max_examples=40)
def test_four_and_five_arms_keep_the_tunnel_and_the_ratio(ratio):
    """Exactly, at every subject of a round and at the first of the next, along every path that can be taken."""
    method, whole = BrickTunnel(ratio), sum(ratio)
    planned = tuple(Fraction(share, whole) for share in ratio)
    assert set(unconditional(method, whole + 1)) == {planned}
    for subjects, layer in enumerate(layers(method, whole)):
        for counts in layer:
            assert all(abs(n - subjects * share) < 1 for n, share in zip(counts, planned, strict=True)), counts


@given(many_arms, st.data())
@settings(deadline=None, max_examples=40)
def test_the_order_of_many_arms_does_not_matter(ratio, data):
    """Nor which of several arms with one share is which."""
    order = data.draw(st.permutations(range(len(ratio))))
    method, turned = BrickTunnel(ratio), BrickTunnel(tuple(ratio[arm] for arm in order))
    for layer in list(layers(method, sum(ratio)))[:-1]:
        for counts in layer:
            law = of_counts(method, *counts)
            assert of_counts(turned, *(counts[arm] for arm in order)) == tuple(law[arm] for arm in order)


@given(many_arms)
@settings(deadline=None, max_examples=40)
def test_laws_of_many_arms_are_exact_and_whole(ratio):
    """Fractions that sum to one at every node of a round."""
    method = BrickTunnel(ratio)
    for layer in list(layers(method, sum(ratio)))[:-1]:
        for counts in layer:
            law = of_counts(method, *counts)
            assert all(isinstance(chance, Fraction) and 0 <= chance <= 1 for chance in law)
            assert sum(law) == 1


def test_the_paths_of_three_arms_reach_the_nodes_that_are_settled():
    """A second route: a mixture of paths and the transport between settled nodes have the same nodes, as often."""
    for ratio in [(1, 2, 2), (1, 2, 3), (2, 3, 5), (1, 1, 3)]:
        found, orders = steps_of(ratio), 2 * len(ratio)
        for layer in list(layers(BrickTunnel(ratio), sum(ratio)))[:-1]:
            reached = Counter()
            for counts, chance in layer.items():
                reached[kinds(ratio, counts)] += chance
            for node, chance in reached.items():
                assert Fraction(found.nodes[node], orders * sum(ratio)) == chance, (ratio, node)


def test_two_to_one_to_one_to_one_by_hand():
    """Arms of one share being alike, the ratio settles all: after B the arm of two has 4/15 - 2/15 of 1/5."""
    method = BrickTunnel((2, 1, 1, 1))
    third, sixth = Fraction(1, 3), Fraction(1, 6)
    assert law_after(method, "A") == (0, third, third, third)
    assert law_after(method, "B") == (2 * third, 0, sixth, sixth)
    assert law_after(method, "AB") == (Fraction(1, 4), 0, Fraction(3, 8), Fraction(3, 8))
    assert law_after(method, "BC") == (1, 0, 0, 0)


def test_four_equal_shares_are_blocks_of_four():
    """All paths through one cube are alike there, too."""
    assert sequence_law(BrickTunnel((1, 1, 1, 1)), 5) == sequence_law(PermutedBlocks((1,) * 4, (4,)), 5)


def test_a_round_of_many_arms_has_an_end():
    """Beyond it the paths are not worked out, and what to do is said."""
    with pytest.raises(RatioDoesNotFit, match="after 1003 subjects"):
        BrickTunnel((1, 1, 1, 1000))


def test_counts_outside_the_tunnel_of_many_arms_are_refused():
    """The second of an arm with one share in five is out of reach at the second subject."""
    with pytest.raises(ImpossibleHistory):
        BrickTunnel((2, 1, 1, 1)).law((0, 2, 0, 0))
