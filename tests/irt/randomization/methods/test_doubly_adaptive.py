"""Hu and Zhang's design against its formula for two arms, and by hand."""

from fractions import Fraction
from math import sqrt
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.methods.doubly_adaptive import DoublyAdaptive
from irt.randomization.methods.method import remember
from irt.randomization.methods.responses import BurnIn, Tally
from irt.randomization.scheme import UnusablePlan
from tests.irt.randomization.methods.adaptive import known

Target = Literal["neyman", "rsihr", "urn"]


def design(target: Target, gamma: str = "2", burn_in: int = 0, arms: int = 2) -> DoublyAdaptive:
    """Equal shares in the burn-in."""
    return DoublyAdaptive(BurnIn(burn_in, (1,) * arms), target, Fraction(gamma))


def test_rates_are_never_zero_or_one() -> None:
    """(s + 1/2) / (n + 1) over the responses known: 2 of 2, none known, 0 of 3."""
    made = design("urn", arms=3)
    memory = remember(made, known(0, "11-") + known(1, "--") + known(2, "000"))
    assert made.rates(memory) == (Fraction(5, 6), Fraction(1, 2), Fraction(1, 8))


@pytest.mark.parametrize(
    ("target", "first"), [("urn", 7 / 10), ("rsihr", sqrt(7) / (sqrt(7) + sqrt(3))), ("neyman", 1 / 2)]
)
def test_targets_by_hand(target: Target, first: float) -> None:
    """Rates 7/10 and 3/10, from 3 and 1 of 4: variances are equal, and the urn has 1/0.3 to 1/0.7."""
    made = design(target)
    memory = remember(made, known(0, "1110") + known(1, "1000"))
    assert made.rates(memory) == (Fraction(7, 10), Fraction(3, 10))
    assert float(made.wanted(memory)[0]) == pytest.approx(first, abs=1e-15)


def test_the_urn_by_hand_and_exactly() -> None:
    """Rates 1/4 and 5/6: y is 4/3 to 6, so 2/11 and 9/11. x is 1/4 and 3/4, so y^3/x^2 is 8 * 9 to 729."""
    made = design("urn")
    memory = (Tally(1, 0, 1), Tally(3, 2, 0))
    assert made.wanted(memory) == (Fraction(2, 11), Fraction(9, 11))
    assert made.law(memory) == (Fraction(72, 801), Fraction(729, 801))


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.data(),
    st.sampled_from(["neyman", "rsihr", "urn"]),
    st.sampled_from(["0", "1/2", "2", "10"]),
)
@settings(deadline=None, max_examples=100)
def test_two_arms_are_hu_and_zhangs_function(
    first: int, second: int, data: st.DataObject, target: Target, gamma: str
) -> None:
    """g(x, y) = y (y/x)^c / (y (y/x)^c + (1-y) ((1-y)/(1-x))^c)."""
    made = design(target, gamma)
    memory = tuple(Tally(n, s := data.draw(st.integers(0, n)), n - s) for n in (first, second))
    x, y, c = first / (first + second), float(made.wanted(memory)[0]), float(Fraction(gamma))
    own, other = y * (y / x) ** c, (1 - y) * ((1 - y) / (1 - x)) ** c
    law = made.law(memory)
    assert float(law[0]) == pytest.approx(own / (own + other), abs=1e-12)
    assert float(sum(law)) == pytest.approx(1, abs=1e-12)


def test_gamma_zero_is_the_target_itself() -> None:
    """However far the shares have drifted."""
    made = design("rsihr", "0")
    memory = remember(made, known(0, "1110") + known(1, "1"))
    assert made.law(memory) == pytest.approx(made.wanted(memory))


def test_an_arm_without_subjects_is_given_first() -> None:
    """In proportion to the target where there are several."""
    made = design("urn", arms=3)
    assert made.law(remember(made, known(1, "10"))) == (Fraction(1, 2), 0, Fraction(1, 2))
    assert made.law(made.start()) == (Fraction(1, 3),) * 3


def test_a_very_large_gamma_does_not_overflow() -> None:
    """It is nearly deterministic."""
    made = design("neyman", "1000")
    law = made.law(remember(made, known(0, "1010" * 20) + known(1, "10")))
    assert law == pytest.approx((0, 1))


def test_the_burn_in_looks_at_no_response() -> None:
    """Four subjects by the ratio."""
    made = design("urn", burn_in=4)
    assert made.law(remember(made, known(0, "111"))) == (Fraction(1, 2), Fraction(1, 2))
    assert made.law(remember(made, known(0, "111") + known(1, "0")))[0] != Fraction(1, 2)


@pytest.mark.parametrize(
    ("target", "gamma", "prior"), [("best", 2, (1, 1)), ("urn", -1, (1, 1)), ("urn", 2, (0, 1))]
)
def test_it_refuses_unusable_settings(target: str, gamma: int, prior: tuple[int, int]) -> None:
    """An unknown target, a negative gamma, a rate that could be 0."""
    with pytest.raises(UnusablePlan):
        DoublyAdaptive(
            BurnIn(0, (1, 1)),
            target,  # type: ignore[arg-type]  # a plain text from the table above
            Fraction(gamma),
            (Fraction(prior[0]), Fraction(prior[1])),
        )
