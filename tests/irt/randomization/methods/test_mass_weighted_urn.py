"""Zhao's mass weighted urn."""

from fractions import Fraction

import pytest

from irt.randomization.methods.mass_weighted_urn import MassWeightedUrn
from irt.randomization.methods.permuted_block import PermutedBlocks
from tests.irt.randomization.methods.walks import law_after, layers, sequence_law


def drawn_by_hand(ratio: tuple[int, ...], alpha: Fraction, history: str) -> tuple[Fraction, ...]:
    """The urn as the paper tells it: a drawn ball loses one unit, and every ball gains its share of a unit."""
    shares = [Fraction(share, sum(ratio)) for share in ratio]
    masses = [alpha * share for share in shares]
    for letter in history:
        masses = [mass + share for mass, share in zip(masses, shares, strict=True)]
        masses[ord(letter) - ord("A")] -= 1
    drawn_from = sum(max(mass, 0) for mass in masses)
    return tuple(max(mass, Fraction(0)) / drawn_from for mass in masses)


@pytest.mark.parametrize("ratio", [(1, 1), (2, 1), (4, 3, 2, 1)])
@pytest.mark.parametrize("alpha", [Fraction(1), Fraction(5, 2), Fraction(4)])
def test_the_urn_by_its_masses(ratio, alpha):
    """After every history that can come about."""
    method = MassWeightedUrn(ratio, alpha)
    for history in sequence_law(method, 5):
        assert law_after(method, history) == drawn_by_hand(ratio, alpha, history)


@pytest.mark.parametrize(
    ("history", "first"), [("", Fraction(1, 2)), ("A", Fraction(3, 8)), ("AA", Fraction(1, 4)), ("AAAA", 0)]
)
def test_two_equal_arms_of_mass_four(history, first):
    """(2 - d/2) / 4 at a lead of d, so that the lead ends at four."""
    assert law_after(MassWeightedUrn((1, 1), Fraction(4)), history) == (first, 1 - first)


def test_a_mass_of_one_between_two_equal_arms_is_blocks_of_two():
    """The arm just given has no mass left."""
    assert sequence_law(MassWeightedUrn((1, 1), Fraction(1)), 6) == sequence_law(PermutedBlocks((1, 1), (2,)), 6)


def test_the_mass_limits_the_imbalance():
    """No arm is alpha or more above its share before it gets another subject."""
    ratio, alpha = (2, 1, 1), Fraction(3)
    for subjects, layer in enumerate(layers(MassWeightedUrn(ratio, alpha), 10)):
        for counts in layer:
            above = [n - Fraction(subjects * share, 4) for n, share in zip(counts, ratio, strict=True)]
            assert max(above) < alpha + 1
