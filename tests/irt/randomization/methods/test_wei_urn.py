"""Wei's urn of two and more arms."""

from fractions import Fraction

import pytest

from irt.randomization.methods.complete import Complete
from irt.randomization.methods.counts import RatioDoesNotFit
from irt.randomization.methods.wei_urn import WeiUrn
from tests.irt.randomization.methods.walks import law_after, sequence_law


def urn(initial: int, added: int, arms: int = 2) -> WeiUrn:
    """UD(initial, added)."""
    return WeiUrn((1,) * arms, Fraction(initial), Fraction(added))


@pytest.mark.parametrize(
    ("method", "history", "law"),
    [
        (urn(1, 1), "", (Fraction(1, 2), Fraction(1, 2))),
        (urn(1, 1), "A", (Fraction(1, 3), Fraction(2, 3))),
        (urn(1, 1), "AAB", (Fraction(2, 5), Fraction(3, 5))),
        (urn(0, 1), "", (Fraction(1, 2), Fraction(1, 2))),
        (urn(0, 1, 3), "", (Fraction(1, 3),) * 3),
        (urn(0, 1), "A", (Fraction(0), Fraction(1))),
        (urn(2, 3), "BB", (Fraction(8, 10), Fraction(2, 10))),
        (urn(1, 1, 3), "A", (Fraction(1, 5), Fraction(2, 5), Fraction(2, 5))),
        (urn(0, 1, 3), "AB", (Fraction(1, 4), Fraction(1, 4), Fraction(1, 2))),
    ],
)
def test_known_urns(method, history, law):
    """Balls counted by hand (Wei 1977, 1978)."""
    assert law_after(method, history) == law


def test_nothing_added_is_complete_randomization():
    """The urn stays as it was."""
    assert sequence_law(urn(3, 0), 5) == sequence_law(Complete((1, 1)), 5)


@pytest.mark.parametrize("arms", [2, 3])
def test_the_urn_by_its_balls(arms):
    """Drawn ball by ball: after each subject one ball of each other arm goes in."""
    method = urn(2, 1, arms)
    for history in sequence_law(method, 4):
        balls = [2 + sum(given != chr(ord("A") + arm) for given in history) for arm in range(arms)]
        assert law_after(method, history) == tuple(Fraction(ball, sum(balls)) for ball in balls)


def test_it_refuses_unequal_shares_of_three_arms():
    """The paper's urns are for equal shares."""
    with pytest.raises(RatioDoesNotFit, match="equal shares"):
        WeiUrn((2, 1, 1), Fraction(1), Fraction(1))
