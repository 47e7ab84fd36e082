"""The arithmetic of the optimizer's bench: shares and exponents."""

import pytest

from tests.bench.optimizer import exponent, share_within


def test_a_share_counts_gaps_at_the_limit() -> None:
    """Three of four are at most one per cent."""
    assert share_within([0.0, 0.01, 0.002, 0.011], 0.01) == 0.75


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 2.0])
def test_an_exponent_is_found_again(power: float) -> None:
    """Whatever the constant before it."""
    sizes = [20, 60, 200, 5000]
    assert exponent(sizes, [3.5 * size**power for size in sizes]) == pytest.approx(power)
