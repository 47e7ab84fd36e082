"""Maximum entropy with constrained balance: the constraint holds, and nothing within it is more random."""

from fractions import Fraction
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.methods.complete import Complete
from irt.randomization.methods.max_entropy import MaxEntropy
from tests.irt.randomization.methods.walks import of_counts, sequence_law


def lacks(ratio, counts):
    """The largest distance of any share from its target, once each arm in turn has one more."""
    subjects = sum(counts) + 1
    return [
        max(
            abs(Fraction(n + (other == arm), subjects) - Fraction(share, sum(ratio)))
            for other, (n, share) in enumerate(zip(counts, ratio, strict=True))
        )
        for arm in range(len(ratio))
    ]


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 9)), min_size=2, max_size=5), st.fractions(0, 1))
@settings(deadline=None, max_examples=200)
def test_the_expected_lack_of_balance_is_what_was_asked(arms, eta):
    """1 - eta of the way down from that of the ratio to the least (Klotz 1978)."""
    ratio, counts = zip(*arms, strict=True)
    law, lack = of_counts(MaxEntropy(ratio, eta), *counts), lacks(ratio, counts)
    by_ratio = sum(Fraction(share, sum(ratio)) * each for share, each in zip(ratio, lack, strict=True))
    wanted = eta * min(lack) + (1 - eta) * by_ratio
    assert float(sum(p * each for p, each in zip(law, lack, strict=True))) == pytest.approx(
        float(wanted), abs=1e-12
    )


@pytest.mark.parametrize("ratio", [(4, 3, 2, 1), (3, 2, 1)])
def test_the_law_is_a_tilt_of_the_ratio(ratio):
    """log(p / share) falls in proportion to the lack of balance: no law with that lack is nearer to the ratio."""
    counts = (0,) * len(ratio)
    law, lack = of_counts(MaxEntropy(ratio, Fraction(1, 2)), *counts), lacks(ratio, counts)
    tilts = [log(p / share) for p, share in zip(law, ratio, strict=True)]
    slopes = [(tilts[0] - tilt) / float(each - lack[0]) for tilt, each in zip(tilts[1:], lack[1:], strict=True)]
    assert slopes == pytest.approx([slopes[0]] * len(slopes), rel=1e-9)
    assert slopes[0] > 0


def test_two_kinds_of_arms_are_exact():
    """Two arms: the one ahead keeps 1 - eta of its share."""
    law = of_counts(MaxEntropy((1, 1), Fraction(1, 2)), 1, 2)
    assert law == (Fraction(3, 4), Fraction(1, 4))
    assert isinstance(law[0], Fraction)


def test_eta_of_zero_is_complete_randomization():
    """Balance counts for nothing."""
    assert sequence_law(MaxEntropy((2, 1, 1), Fraction(0)), 4) == sequence_law(Complete((2, 1, 1)), 4)


def test_eta_of_one_takes_the_arms_that_balance_best():
    """By the ratio among them."""
    assert of_counts(MaxEntropy((2, 1, 1), Fraction(1)), 2, 1, 0) == (0, 0, 1)
    assert of_counts(MaxEntropy((2, 1, 1), Fraction(1)), 2, 0, 0) == (0, Fraction(1, 2), Fraction(1, 2))
