"""Rejection rates of the t-test, and Student's critical values."""

import numpy as np
import pytest

from irt.randomization.assessment.assess import Question, sequences
from irt.randomization.assessment.chronological_bias import trend
from irt.randomization.assessment.power import Responses, rejections, t_values
from irt.randomization.assessment.student import critical_value, within
from tests.irt.randomization.assessment.enumeration import two_arms


@pytest.mark.parametrize(
    ("alpha", "freedom", "value"),
    [(0.05, 1, 12.706204736), (0.05, 10, 2.228138852), (0.01, 30, 2.749995654), (0.05, 198, 1.972017478)],
)
def test_critical_values_of_the_tables(alpha: float, freedom: int, value: float) -> None:
    """As printed in any table of Student's t."""
    assert critical_value(alpha, freedom) == pytest.approx(value, abs=1e-8)
    assert within(value, freedom) == pytest.approx(1 - alpha, abs=1e-9)


def test_t_by_hand() -> None:
    """Means 2 and 5 with common variance 1 and two and two subjects."""
    values = np.array([[1.0], [3.0], [4.0], [6.0]])
    first = np.array([[True], [True], [False], [False]])
    assert t_values(first, values) == pytest.approx([-3 / np.sqrt(2 * (1 / 2 + 1 / 2))])
    assert t_values(np.ones((4, 1), dtype=bool), values) == pytest.approx([0])


def test_the_test_keeps_its_level_and_has_its_power() -> None:
    """100 subjects in balance: 5 % without an effect, 69.7 % with half a standard deviation (Cohen 1988)."""
    drawn = sequences(two_arms("random_allocation"), Question(100, 6000, 2))
    level = rejections(drawn, Responses(), 0.05, 3)
    power = rejections(drawn, Responses(difference=0.5), 0.05, 3)
    assert abs(level.rate - 0.05) < 4 * level.standard_error
    assert abs(power.rate - 0.6969) < 4 * power.standard_error


def test_selection_in_small_blocks_inflates_the_level() -> None:
    """Proschan (1994): a preference of one standard deviation is found significant far too often."""
    drawn = sequences(two_arms("permuted_block", block_sizes=[2]), Question(40, 2000, 2))
    preferred = rejections(drawn, Responses(preference=1.0), 0.05, 3)
    assert preferred.rate > 0.3
    coin = sequences(two_arms("complete"), Question(40, 2000, 2))
    assert rejections(coin, Responses(preference=1.0), 0.05, 3).rate < 0.1


def test_a_drift_between_small_blocks_makes_the_test_timid() -> None:
    """Blocks take the drift out of the difference but leave it in the variance (Tamm and Hilgers 2014)."""
    drawn = sequences(two_arms("permuted_block", block_sizes=[2]), Question(40, 2000, 2))
    assert rejections(drawn, Responses(trend=trend("linear", 40, 0.1)), 0.05, 3).rate < 0.03
