"""Pocock and Simon's rule against a plain writing of it in fractions, and by hand."""

from fractions import Fraction
from random import Random
from statistics import stdev
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.marginal_rule import MarginalRule, Margins
from irt.randomization.scheme import UnusablePlan

Distance = Literal["range", "variance", "sd", "sum"]
ONE = (Fraction(1),)


def rule(
    ratio: tuple[int, ...] = (1, 1),
    weights: tuple[Fraction, ...] = ONE,
    distance: Distance = "range",
    ties: Literal["shared", "random_rank"] = "shared",
    imbalance_of: Literal["(n+1)/r", "n/r+1"] = "(n+1)/r",
) -> MarginalRule:
    """A rule with p = 4/5."""
    return MarginalRule(ratio, weights, Fraction(4, 5), distance, ties, imbalance_of)


def placed(counts: list[int], arm: int, of: MarginalRule) -> list[Fraction]:
    """One factor's counts over their shares, with the new subject in an arm."""
    after_share = of.imbalance_of == "n/r+1"
    return [
        Fraction(n, r) + (i == arm) if after_share else Fraction(n + (i == arm), r)
        for i, (n, r) in enumerate(zip(counts, of.ratio, strict=True))
    ]


def plain_distance(values: list[Fraction], arm: int, distance: Distance) -> Fraction:
    """By the book; `sd` is left squared."""
    if distance == "range":
        return max(values) - min(values)
    if distance == "sum":
        return values[arm]
    mean = sum(values) / len(values)
    return sum((v - mean) ** 2 for v in values) / (len(values) - 1)


@st.composite
def cases(draw: st.DrawFn) -> tuple[MarginalRule, list[list[int]]]:
    """Two to five arms of any ratio, one to four factors of any weight, any counts."""
    ratio = tuple(draw(st.lists(st.integers(1, 3), min_size=2, max_size=5)))
    weights = tuple(draw(st.lists(st.fractions(0, 3, max_denominator=6), min_size=1, max_size=4)))
    counts = st.lists(st.integers(0, 12), min_size=len(ratio), max_size=len(ratio))
    margins = draw(st.lists(counts, min_size=len(weights), max_size=len(weights)))
    made = rule(
        ratio,
        weights,
        draw(st.sampled_from(["range", "variance", "sd", "sum"])),
        draw(st.sampled_from(["shared", "random_rank"])),
        draw(st.sampled_from(["(n+1)/r", "n/r+1"])),
    )
    return made, margins


@given(cases())
@settings(deadline=None, max_examples=200)
def test_scores_are_those_of_the_plain_writing(case: tuple[MarginalRule, list[list[int]]]) -> None:
    """Exactly, for range, variance and sum; to rounding for sd."""
    made, margins = case
    for arm, score in enumerate(made.scores(margins)):
        distances = [plain_distance(placed(counts, arm, made), arm, made.distance) for counts in margins]
        if made.distance == "sd":
            distances_sd = [float(d) ** 0.5 for d in distances]
            plain = sum(float(w) * d for w, d in zip(made.weights, distances_sd, strict=True))
            assert score == pytest.approx(plain, abs=1e-9)
        else:
            assert score == sum(w * d for w, d in zip(made.weights, distances, strict=True))


@given(cases())
@settings(deadline=None, max_examples=200)
def test_the_preferred_arms_are_exactly_those_of_the_least_score(
    case: tuple[MarginalRule, list[list[int]]],
) -> None:
    """Every tie is seen; for sd, where scores are rounded, none is invented or missed beyond rounding."""
    made, margins = case
    scores = made.scores(margins)
    least = min(scores)
    tolerance = 1e-9 if made.distance == "sd" else 0
    assert list(made.preferred(margins)) == [i for i, s in enumerate(scores) if s - least <= tolerance]


@given(cases())
@settings(deadline=None, max_examples=200)
def test_the_law_sums_to_one_and_is_positive(case: tuple[MarginalRule, list[list[int]]]) -> None:
    """With p below 1 every arm keeps a chance."""
    made, margins = case
    law = made.law(margins)
    assert sum(law) == 1
    assert min(law) > 0


@given(cases(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=100)
def test_renaming_the_arms_renames_their_chances(
    case: tuple[MarginalRule, list[list[int]]], random: Random
) -> None:
    """An arm's chance hangs on its counts and share, never on its label or place."""
    made, margins = case
    order = list(range(len(made.ratio)))
    random.shuffle(order)
    shuffled = MarginalRule(
        tuple(made.ratio[i] for i in order),
        made.weights,
        made.probability,
        made.distance,
        made.ties,
        made.imbalance_of,
    )
    law = shuffled.law([[counts[i] for i in order] for counts in margins])
    assert law == tuple(made.law(margins)[i] for i in order)


@given(cases(), st.integers(1, 5))
@settings(deadline=None, max_examples=100)
def test_only_the_proportion_of_weights_matters(case: tuple[MarginalRule, list[list[int]]], times: int) -> None:
    """Weights 1:2 and 5:10 are the same rule."""
    made, margins = case
    heavier = rule(made.ratio, tuple(w * times for w in made.weights), made.distance, made.ties, made.imbalance_of)
    assert heavier.law(margins) == made.law(margins)


HAND = [[6, 3], [4, 5], [1, 1]]
"""Two arms, three factors at the new subject's levels.

Range with the subject in A: |7-3|, |5-5|, |2-1| = 4, 0, 1. In B: |6-4|, |4-6|, |1-2| = 2, 2, 1. A tie at 5.
"""


@pytest.mark.parametrize(
    ("distance", "weights", "scores", "preferred"),
    [
        ("range", (1, 1, 1), (5, 5), (0, 1)),
        ("range", (2, 1, 1), (9, 7), (1,)),
        ("range", (1, 2, 1), (5, 7), (0,)),
        ("variance", (1, 1, 1), (Fraction(17, 2), Fraction(9, 2)), (1,)),
        ("variance", (1, 4, 1), (Fraction(17, 2), Fraction(21, 2)), (0,)),
        ("sum", (1, 1, 1), (14, 12), (1,)),
        ("sum", (0, 1, 1), (7, 8), (0,)),
    ],
)
def test_worked_by_hand(
    distance: Distance,
    weights: tuple[int, ...],
    scores: tuple[Fraction, ...],
    preferred: tuple[int, ...],
) -> None:
    """Scores and preferred arms of the counts above; for two arms a variance is half the squared difference."""
    made = rule(weights=tuple(map(Fraction, weights)), distance=distance)
    assert made.scores(HAND) == scores
    assert made.preferred(HAND) == preferred


TIED = [[1, 1, 3]]
"""Three arms: the first two tie, the third is behind."""


@pytest.mark.parametrize(
    ("ties", "margins", "law"),
    [
        ("shared", TIED, ("2/5", "2/5", "1/5")),
        ("random_rank", TIED, ("9/20", "9/20", "1/10")),
        ("shared", [[0, 1, 3]], ("4/5", "1/10", "1/10")),
        ("random_rank", [[0, 1, 3]], ("4/5", "1/10", "1/10")),
        ("shared", [[2, 2, 2]], ("1/3", "1/3", "1/3")),
        ("random_rank", [[2, 2, 2]], ("1/3", "1/3", "1/3")),
    ],
)
def test_ties(ties: Literal["shared", "random_rank"], margins: Margins, law: tuple[str, ...]) -> None:
    """Shared halves p; a random rank gives p to one of the tied and an equal part of the rest to the other."""
    assert rule((1, 1, 1), ties=ties).law(margins) == tuple(map(Fraction, law))


def test_where_all_arms_tie_the_ratio_decides() -> None:
    """2:1 with n/r+1: the first subject leaves the same range in either arm."""
    assert rule((2, 1), imbalance_of="n/r+1").law([[0, 0]]) == (Fraction(2, 3), Fraction(1, 3))


def test_the_two_readings_of_an_unequal_ratio_differ() -> None:
    """(n+1)/r prefers the larger arm at once; n/r+1 sees a tie."""
    assert rule((2, 1)).preferred([[0, 0]]) == (0,)
    assert rule((2, 1), imbalance_of="n/r+1").preferred([[0, 0]]) == (0, 1)


def test_two_to_one_does_not_keep_its_ratio_for_each_subject() -> None:
    """Exact chance of the first arm for subjects 1 to 5, p = 0.8, one factor of one level: the known fault."""
    made = rule((2, 1))
    states = {(0, 0): Fraction(1)}
    chances = []
    for _ in range(5):
        following: dict[tuple[int, int], Fraction] = {}
        chance_of_first = Fraction(0)
        for (first, second), chance in states.items():
            law = made.law([[first, second]])
            chance_of_first += chance * law[0]
            for state, step in (((first + 1, second), law[0]), ((first, second + 1), law[1])):
                following[state] = following.get(state, Fraction(0)) + chance * step
        states = following
        chances.append(f"{float(chance_of_first):.2f}")
    assert chances == ["0.80", "0.32", "0.70", "0.78", "0.41"]


def test_sd_finds_a_tie_that_floats_miss() -> None:
    """Three arms: in the first or the third the variances are 7, 7/3 and 4/3, in two orders.

    Summed as floats in order of the factors the two scores differ in their last digit, and the tie is lost.
    """
    margins = [[0, 5, 0], [1, 3, 0], [1, 0, 2]]
    floats = [sum(stdev([n + (i == arm) for i, n in enumerate(counts)]) for counts in margins) for arm in range(3)]
    assert floats[0] != floats[2]
    assert rule((1, 1, 1), ONE * 3, "sd").preferred(margins) == (0, 2)


def test_sd_finds_a_tie_between_different_roots() -> None:
    """Two arms, weights 1, 2 and 3: differences 4, 4, 2 in the first and 2, 2, 4 in the second both weigh 18."""
    made = rule(weights=(Fraction(1), Fraction(2), Fraction(3)), distance="sd")
    assert made.preferred([[3, 0], [3, 0], [0, 3]]) == (0, 1)
    assert made.preferred([[3, 0], [3, 0], [3, 0]]) == (1,)


def test_certainty_is_allowed_and_leaves_no_chance_elsewhere() -> None:
    """p = 1 is deterministic: the plan's check warns of it."""
    made = MarginalRule((1, 1, 1), ONE, Fraction(1))
    assert made.law([[0, 1, 3]]) == (1, 0, 0)
    assert made.law(TIED) == (Fraction(1, 2), Fraction(1, 2), 0)


@pytest.mark.parametrize("p", [Fraction(0), Fraction(-1, 2), Fraction(3, 2)])
def test_it_refuses_what_is_no_probability(p: Fraction) -> None:
    """Between 0 and 1."""
    with pytest.raises(UnusablePlan):
        MarginalRule((1, 1), ONE, p)


@pytest.mark.parametrize(("ratio", "weight"), [((1, 0), 1), ((1, 1), -1)])
def test_it_refuses_shares_and_weights_below_their_least(ratio: tuple[int, ...], weight: int) -> None:
    """An arm without a share cannot be balanced."""
    with pytest.raises(UnusablePlan):
        MarginalRule(ratio, (Fraction(weight),), Fraction(4, 5))
