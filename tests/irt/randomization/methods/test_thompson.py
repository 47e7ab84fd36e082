"""The chance of being best against known answers and a plain integration; powers and bounds."""

from fractions import Fraction
from itertools import pairwise
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.methods.method import Law, remember
from irt.randomization.methods.responses import BurnIn
from irt.randomization.methods.thompson import Thompson, chances_of_best
from irt.randomization.scheme import UnusablePlan
from tests.irt.randomization.methods.adaptive import known

Polynomial = list[Fraction]
ZERO = Fraction(0)


def thompson(power: str | None = "1", arms: int = 2, **bounds: Fraction) -> Thompson:
    """Without burn-in, for 100 planned subjects."""
    exponent = None if power is None else Fraction(power)
    return Thompson(BurnIn(0, (1,) * arms), exponent, planned=100, **bounds)


@pytest.mark.parametrize(
    ("known", "first"),
    [
        (((0, 0), (0, 0)), "1/2"),
        (((1, 0), (0, 0)), "2/3"),
        (((1, 0), (0, 1)), "5/6"),
        (((2, 0), (0, 0)), "3/4"),
        (((1, 1), (0, 0)), "1/2"),
        (((5, 3), (5, 3)), "1/2"),
    ],
)
def test_two_arms_by_hand(known: tuple[tuple[int, int], ...], first: str) -> None:
    """Beta(2, 1) against a uniform is 2/3, Beta(2, 1) against Beta(1, 2) is 1 - 2 * 1/12."""
    assert chances_of_best(known) == (Fraction(first), 1 - Fraction(first))


def plain_density(successes: int, failures: int) -> Polynomial:
    """Powers of x: (n + 1) C(n, s) x^s (1 - x)^f."""
    scale = (successes + failures + 1) * comb(successes + failures, successes)
    return [ZERO] * successes + [Fraction(scale * (-1) ** k * comb(failures, k)) for k in range(failures + 1)]


def plain_product(left: Polynomial, right: Polynomial) -> Polynomial:
    """Term by term."""
    product = [ZERO] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            product[i + j] += a * b
    return product


def plain_integral(of: Polynomial) -> Polynomial:
    """From 0."""
    return [ZERO, *(value / (power + 1) for power, value in enumerate(of))]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=4))
@settings(deadline=None, max_examples=40)
def test_the_chance_of_being_best_is_the_integral(known: list[tuple[int, int]]) -> None:
    """Density times the distribution functions of the others, as ordinary polynomials; the chances sum to one."""
    chances = chances_of_best(tuple(known))
    assert sum(chances) == 1
    for arm, (s, f) in enumerate(known):
        whole = plain_density(s, f)
        for other, (so, fo) in enumerate(known):
            if other != arm:
                whole = plain_product(whole, plain_integral(plain_density(so, fo)))
        assert chances[arm] == sum(plain_integral(whole))


def test_many_subjects_stay_exact() -> None:
    """Three arms of hundreds; the sum is exactly one."""
    assert sum(chances_of_best(((180, 120), (150, 150), (160, 140)))) == 1


@pytest.mark.parametrize(
    ("power", "law"),
    [
        ("1", (Fraction(2, 3), Fraction(1, 3))),
        ("2", (Fraction(4, 5), Fraction(1, 5))),
        ("0", (Fraction(1, 2),) * 2),
    ],
)
def test_whole_powers_are_exact(power: str, law: Law) -> None:
    """One success in the first arm, its response alone known."""
    made = thompson(power)
    assert made.law(remember(made, known(0, "1") + known(1, "--"))) == law


def test_a_broken_power_is_a_float() -> None:
    """sqrt(2) to 1."""
    made = thompson("1/2")
    assert made.law(remember(made, known(0, "1")))[0] == pytest.approx(2**0.5 / (2**0.5 + 1), abs=1e-15)


def test_the_power_may_grow_with_the_trial() -> None:
    """50 of 100 planned subjects: n/2N is 1/4."""
    made = thompson(None)
    memory = remember(made, known(0, "1" + "-" * 24) + known(1, "-" * 25))
    assert made.law(memory)[0] == pytest.approx(2**0.25 / (2**0.25 + 1), abs=1e-15)
    assert made.law(made.start()) == (Fraction(1, 2), Fraction(1, 2))


@pytest.mark.parametrize(
    ("successes", "bounds", "law"),
    [
        ("1111", {"least": Fraction(1, 5)}, (Fraction(4, 5), Fraction(1, 5))),
        ("1111", {"most": Fraction(3, 4)}, (Fraction(3, 4), Fraction(1, 4))),
        ("1", {"least": Fraction(1, 5)}, (Fraction(2, 3), Fraction(1, 3))),
    ],
)
def test_bounds_hold_for_two_arms(successes: str, bounds: dict[str, Fraction], law: Law) -> None:
    """Four successes against nothing known would be 5/6."""
    made = thompson(**bounds)
    assert made.law(remember(made, known(0, successes))) == law


def test_bounds_leave_the_proportions_of_the_others() -> None:
    """The last of three arms is lifted; the first two stay as 5/9 to 4/9 would have it."""
    made = thompson(arms=3, least=Fraction(1, 10))
    memory = remember(made, known(0, "1110") + known(1, "1100") + known(2, "000000"))
    free = thompson(arms=3).law(memory)
    held = made.law(memory)
    assert held[2] == Fraction(1, 10) > free[2]
    assert held[0] / held[1] == free[0] / free[1]
    assert sum(held) == 1


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=3, max_size=4),
    st.fractions(0, Fraction(1, 4)),
    st.fractions(Fraction(1, 3), 1),
)
@settings(deadline=None, max_examples=60)
def test_bounds_hold_for_many_arms(known_: list[tuple[int, int]], least: Fraction, most: Fraction) -> None:
    """No arm is outside, the sum is one, and the order of the arms stays."""
    arms = len(known_)
    history = [step for arm, (s, f) in enumerate(known_) for step in known(arm, "1" * s + "0" * f)]
    free, held = (
        made.law(remember(made, history))
        for made in (thompson(arms=arms), thompson(arms=arms, least=least, most=most))
    )
    assert sum(held) == 1
    assert least <= min(held) <= max(held) <= most
    order = sorted(range(arms), key=lambda arm: free[arm])
    assert all(held[a] <= held[b] for a, b in pairwise(order))


@pytest.mark.parametrize(
    ("power", "planned", "least", "most"),
    [("-1", 10, "0", "1"), (None, None, "0", "1"), ("1", 10, "3/5", "1"), ("1", 10, "0", "2/5")],
)
def test_it_refuses_unusable_settings(power: str | None, planned: int | None, least: str, most: str) -> None:
    """A negative power, a growing one without an end, bounds that two arms cannot keep."""
    exponent = None if power is None else Fraction(power)
    with pytest.raises(UnusablePlan):
        Thompson(BurnIn(0, (1, 1)), exponent, Fraction(least), Fraction(most), planned)
