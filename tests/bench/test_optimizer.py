"""The arithmetic of the optimizer's bench: shares and exponents."""

import pytest

from tests.bench.optimizer import exponent, share_within
from tests.bench.planned import Planned


def test_a_share_counts_gaps_at_the_limit() -> None:
    """Three of four are at most one per cent."""
    assert share_within([0.0, 0.01, 0.002, 0.011], 0.01) == 0.75


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 2.0])
def test_an_exponent_is_found_again(power: float) -> None:
    """Whatever the constant before it."""
    sizes = [20, 60, 200, 5000]
    assert exponent(sizes, [3.5 * size**power for size in sizes]) == pytest.approx(power)


def test_a_bound_counts_from_when_it_was_proven() -> None:
    """Of what was proven by then, the last; nothing before the first."""
    plan = Planned(120, 100, 9.0, 1, True, 0, 1, 1.0, 0.0, [(1.0, 60), (2.0, 90), (9.0, 100)])
    assert [plan.bound_by(seconds) for seconds in (0.9, 1.0, 5.0, 9.0)] == [0, 60, 90, 100]
