"""Hu and Hu's procedure against a plain writing of its scores, and by hand."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.methods.hu_hu import HuHu
from irt.randomization.methods.method import Levels, Step, remember
from irt.randomization.scheme import UnusablePlan
from tests.irt.randomization.methods.adaptive import grid, random_history, steps

P = Fraction(17, 20)


def hu_hu(overall: int = 3, stratum: int = 5, margins: tuple[int, ...] = (1, 1)) -> HuHu:
    """Two factors with two and three levels."""
    return HuHu(P, Fraction(overall), Fraction(stratum), tuple(map(Fraction, margins)), grid(2, 3))


def plain_score(made: HuHu, history: list[Step], levels: Levels, arm: int) -> Fraction:
    """The weighted squares, counted anew, with the subject placed in the arm."""
    placed = [*history, Step(arm, levels)]

    def squared(at: list[Step]) -> int:
        return sum(1 - 2 * step.arm for step in at) ** 2

    score = made.overall * squared(placed)
    score += made.stratum * squared([step for step in placed if step.levels == levels])
    for f, weight in enumerate(made.margins):
        score += weight * squared([step for step in placed if step.levels[f] == levels[f]])
    return score


@given(st.integers(0, 30), st.integers(0, 999), st.tuples(*[st.integers(0, 4)] * 3))
@settings(deadline=None, max_examples=100)
def test_the_smaller_score_gets_p(subjects: int, seed: int, weights: tuple[int, int, int]) -> None:
    """The sign of the leaning is the order of the two scores."""
    made = hu_hu(weights[0], weights[1], (weights[2], 1))
    history, levels = random_history(made.grid, 2, subjects, seed)
    first, second = (plain_score(made, history, levels, arm) for arm in (0, 1))
    expected = Fraction(1, 2) if first == second else P if first < second else 1 - P
    assert made.law(remember(made, history), levels) == (expected, 1 - expected)


def test_by_hand() -> None:
    """Overall +1, margin `a` -1, margin `b` 0, stratum `ab` 0: 3 - 1 = 2, so the second arm is preferred."""
    memory = remember(hu_hu(), steps((0, 1, 0, 1, 0), ("aa", "aa", "bb", "ab", "bb")))
    assert memory.overall == 1
    assert memory.margins == ((-1, 2), (0, 1, 0))
    assert hu_hu().law(memory, ("a", "c")) == (1 - P, P)
    assert hu_hu(1, 5).law(memory, ("a", "c")) == (Fraction(1, 2), Fraction(1, 2))


def test_strata_are_remembered_in_order() -> None:
    """So that the same counts are the same memory, whatever the order of the subjects."""
    subjects = ["ba", "aa", "bc", "aa", "ab"]
    forward = remember(hu_hu(), steps((0, 0, 1, 1, 0), subjects))
    assert forward == remember(hu_hu(), steps((0, 1, 1, 0, 0), subjects[::-1]))
    assert len({forward}) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"p": Fraction(2, 5)},
        {"p": Fraction(11, 10)},
        {"ratio": (2, 1)},
        {"ratio": (1, 1, 1)},
        {"margins": (Fraction(1),)},
        {"overall": Fraction(-1)},
        {"overall": Fraction(0), "stratum": Fraction(0), "margins": (Fraction(0), Fraction(0))},
    ],
)
def test_it_refuses_what_it_is_not_defined_for(change: dict[str, object]) -> None:
    """By a named refusal."""
    right: dict[str, object] = {
        "p": P,
        "overall": Fraction(1),
        "stratum": Fraction(1),
        "margins": (Fraction(1), Fraction(1)),
        "grid": grid(2, 3),
    }
    with pytest.raises(UnusablePlan):
        HuHu(**{**right, **change})  # type: ignore[arg-type]  # wrong on purpose
