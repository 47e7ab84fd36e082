"""The dose at the end of an escalation: published examples, ties, and the isotonic rates by a second route."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.methods.boin import Boin
from irt.randomization.methods.escalation import Dose
from irt.randomization.methods.three_plus_three import ThreePlusThree
from irt.randomization.methods.tolerated_dose import Recommendation, isotonic_rates, nearest

TARGET = Fraction(3, 10)


def seen(told: str) -> tuple[Dose, ...]:
    """`0/3 1/6`: toxicities of subjects, dose by dose."""
    pairs = [pair.split("/") for pair in told.split()]
    return tuple(Dose(int(subjects), int(toxic)) for toxic, subjects in pairs)


def boin(told: str, target: Fraction = TARGET) -> Recommendation:
    """What the design with the usual rates recommends."""
    doses = seen(told)
    made = Boin((1,) * len(doses), target, target * Fraction(3, 5), target * Fraction(7, 5))
    return made.recommended(doses)


def three(told: str, highest: str = "expand") -> int | None:
    """What 3+3 recommends."""
    doses = seen(told)
    return ThreePlusThree((1,) * len(doses), highest).recommended(doses).dose


@pytest.mark.parametrize(
    ("told", "dose"),
    [
        ("0/3 0/3 4/15 4/9 0/0", 2),  # the example of the authors' own program
        ("0/1 0/1 1/8 5/17", 3),
        ("3/3 0/0", None),  # the lowest is closed
        ("0/0 0/0", None),
        ("0/3 3/3 0/3", 0),  # what lies above a closed dose is closed
        ("0/3 0/3 0/3", 2),  # equal rates below the target: the highest
        ("2/4 2/4 2/4", 0),  # above it: the lowest
        ("2/6 1/6 1/3", 2),  # two doses pooled below the target, and the third nearest above
    ],
)
def test_the_dose_with_the_nearest_rate(told: str, dose: int | None) -> None:
    """Liu and Yuan 2015, target 0.3, with the tie rule of their program."""
    assert boin(told).dose == dose


def test_rates_of_the_published_example() -> None:
    """0.05 of 3.1 twice, 4.05 of 15.1, 4.05 of 9.1; none where nobody was treated."""
    rates = boin("0/3 0/3 4/15 4/9 0/0").rates
    assert rates == (Fraction(1, 62), Fraction(1, 62), Fraction(405, 1510), Fraction(405, 910), None)


def test_rates_that_fall_are_pooled_by_their_variances() -> None:
    """By hand: 1.05 of 3.1 and 1.05 of 6.1."""
    variances = [
        Fraction(105, 100) * other / (total**2 * (total + 1))
        for other, total in [(Fraction(205, 100), Fraction(31, 10)), (Fraction(505, 100), Fraction(61, 10))]
    ]
    rates = [Fraction(105, 310), Fraction(105, 610)]
    pooled = sum(r / v for r, v in zip(rates, variances, strict=True)) / sum(1 / v for v in variances)
    assert isotonic_rates(seen("1/3 1/6")) == [pooled, pooled]


def test_as_near_above_as_below_is_below() -> None:
    """Also where the lower of the two is pooled: then the highest of the pool."""
    rates = [Fraction(2, 10), Fraction(2, 10), Fraction(4, 10), Fraction(4, 10)]
    assert nearest(rates, TARGET) == 1
    assert nearest([*rates[:2], TARGET, TARGET], TARGET) == 2
    assert nearest(rates[2:], TARGET) == 0


observed = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=6)


@given(observed)
@settings(deadline=None, max_examples=150)
def test_isotonic_rates_by_a_second_route(pairs: list[tuple[int, int]]) -> None:
    """The largest of the smallest weighted means of all runs around a dose."""
    doses = [Dose(toxic + safe, toxic) for toxic, safe in pairs]
    rates = [(d.toxicities + Fraction(1, 20)) / (d.subjects + Fraction(1, 10)) for d in doses]
    weights = [(d.subjects + Fraction(11, 10)) / (r * (1 - r)) for d, r in zip(doses, rates, strict=True)]

    def mean(first: int, last: int) -> Fraction:
        run = range(first, last + 1)
        return sum((rates[k] * weights[k] for k in run), Fraction(0)) / sum(weights[k] for k in run)

    places = range(len(doses))
    expected = [max(min(mean(s, t) for t in places if t >= k) for s in places if s <= k) for k in places]
    assert isotonic_rates(doses) == expected


@pytest.mark.parametrize(
    ("told", "highest", "dose"),
    [
        ("0/3 1/6 2/3", "expand", 1),  # Storer 1989: one below the dose that is too toxic, six treated
        ("0/6 2/6 0/0", "expand", 0),
        ("2/3 0/0", "expand", None),
        ("0/3 2/3", "expand", None),  # three more are due below
        ("0/3 0/6", "expand", 1),
        ("0/3 0/3", "expand", None),
        ("0/3 0/3", "stop", 1),
        ("0/3 1/3", "stop", None),
        ("0/3 1/6", "stop", 1),
        ("0/0 0/0", "stop", None),
    ],
)
def test_three_plus_three(told: str, highest: str, dose: int | None) -> None:
    """The dose below the lowest that is too toxic, or the highest, once enough were treated there."""
    assert three(told, highest) == dose
