"""The re-randomization test by hand, against an enumeration of all sequences, and against its own simulation."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization import rerandomization as room
from irt.randomization.catalogue import method_of
from irt.randomization.design import design_of
from irt.randomization.methods.method import Levels, Method, Step
from irt.randomization.redrawing import Allocated
from irt.randomization.rerandomization import ImpossibleAllocation, NothingToCompare, extremeness, rerandomize
from irt.randomization.scores import NotARate, Statistic

SEX = {"name": "sex", "levels": ["m", "f"]}


def method(name: str, subjects: int, *factors: object, arms: str = "AB", **params: object) -> Method[Any]:
    """A method from the catalogue."""
    return method_of(
        design_of({"method": name, "arms": list(arms), "params": params, "factors": list(factors)}), subjects
    )


def trial(
    arms: Sequence[int],
    outcomes: Sequence[int | str | None],
    levels: Sequence[Levels] | None = None,
    responses: Sequence[int | None] | None = None,
) -> list[Allocated]:
    """Subjects in order."""
    return [
        Allocated(
            arm,
            None if outcome is None else Fraction(outcome),
            levels[at] if levels else (),
            responses[at] if responses else None,
        )
        for at, (arm, outcome) in enumerate(zip(arms, outcomes, strict=True))
    ]


def enumerated(of: Method[Any], subjects: Sequence[Allocated]) -> Fraction:
    """The p-value of the difference in means by every sequence, its chance and its plain means."""

    def difference(arms: Sequence[int]) -> Fraction:
        known = [(arm, subject.outcome) for arm, subject in zip(arms, subjects, strict=True)]
        groups = [[out for a, out in known if a == arm and out is not None] for arm in (0, 1)]
        if not all(groups):
            return Fraction(0)
        return abs(sum(groups[0]) / len(groups[0]) - sum(groups[1]) / len(groups[1]))

    least = difference([subject.arm for subject in subjects])
    total = Fraction(0)
    for sequence in product((0, 1), repeat=len(subjects)):
        memory, chance = of.start(), Fraction(1)
        for arm, subject in zip(sequence, subjects, strict=True):
            chance *= Fraction(of.law(memory, subject.levels)[arm])
            memory = of.after(memory, Step(arm, subject.levels, subject.response)) if chance else memory
            if not chance:
                break
        if chance and difference(sequence) >= least:
            total += chance
    return total


def random_trial(of: Method[Any], subjects: int, seed: int, binary: bool, factors: bool) -> list[Allocated]:
    """A trial run by the method itself."""
    random, memory, made = Random(seed), of.start(), []
    for _ in range(subjects):
        levels = (random.choice("mf"),) if factors else ()
        law = [float(chance) for chance in of.law(memory, levels)]
        arm = random.choices(range(len(law)), law)[0]
        outcome = Fraction(random.randrange(2) if binary else random.randrange(100), 1 if binary else 10)
        response = int(outcome) if binary else None
        memory = of.after(memory, Step(arm, levels, response))
        made.append(Allocated(arm, outcome, levels, response))
    return made


@pytest.mark.parametrize(
    ("statistic", "arms", "outcomes", "p_value", "observed"),
    [
        ("means", (0, 0, 1, 1), (1, 2, 3, 4), "1/3", "-2"),
        ("means", (0, 1, 0, 1), (1, 2, 3, 4), "2/3", "-1"),
        ("means", (1, 1, 0, 0), ("0.1", "0.2", "0.3", "0.6"), "1/3", "0.3"),
        ("rates", (0, 1, 1, 0), (1, 0, 0, 1), "1/3", "1"),
        ("ranks", (0, 0, 1, 1), (1, 2, 3, 1000), "1/3", "-2"),
        ("ranks", (0, 1, 0, 1), (5, 5, 7, 9), "1", "-1/2"),
    ],
)
def test_one_block_of_four_by_hand(
    statistic: Statistic, arms: tuple[int, ...], outcomes: tuple[int | str, ...], p_value: str, observed: str
) -> None:
    """Six sequences, each as likely: two, four (all but ABBA and BAAB) or all are at least as extreme."""
    made = rerandomize(method("permuted_block", 4, block_sizes=[4]), trial(arms, outcomes), statistic)
    assert (made.p_value, made.exact, made.error) == (Fraction(p_value), True, 0)
    assert made.observed == Fraction(observed)


def test_a_play_the_winner_urn_keeps_the_responses() -> None:
    """A succeeds, B fails. AB and BA are as extreme, 1/2 * 1/3 each: a second A, or B, is likelier."""
    made = rerandomize(
        method("play_the_winner", 2, initial=1, added=1), trial((0, 1), (1, 0), responses=(1, 0)), "rates"
    )
    assert made.p_value == Fraction(1, 3)
    assert made.one_arm_only == Fraction(2, 3)


def test_unequal_chances_weigh_the_sequences() -> None:
    """Efron, p = 3/4, outcomes 0, 0, 1: AAB and BBA are 3/32 each, AAA and BBB 1/32, all others 3/16."""
    of = method("efron", 3, p="3/4")
    assert rerandomize(of, trial((0, 0, 1), (0, 0, 1))).p_value == Fraction(3, 16)
    assert rerandomize(of, trial((0, 1, 1), (0, 0, 1))).p_value == Fraction(15, 16)


def test_three_arms_are_compared_by_what_they_explain() -> None:
    """Outcomes 0, 0, 3 in a block of three: any order explains all, so p is 1."""
    of = method("permuted_block", 3, arms="ABC", block_sizes=[3])
    made = rerandomize(of, trial((0, 1, 2), (0, 0, 3)))
    assert (made.p_value, made.observed) == (1, 6)


def test_a_subject_without_an_outcome_keeps_its_place() -> None:
    """As if it had not been compared: of the six sequences AABB and BBAA, ABAB and BABA give the pair its arms."""
    of = method("permuted_block", 4, block_sizes=[4])
    made = rerandomize(of, trial((0, 0, 1, 1), (1, None, 3, None)))
    assert made.p_value == Fraction(4, 6)
    assert made.one_arm_only == Fraction(2, 6)


CASES = [
    ("complete", {}, False),
    ("efron", {"p": "2/3"}, False),
    ("permuted_block", {"block_sizes": [2, 4]}, False),
    ("play_the_winner", {"initial": 1, "added": 2}, False),
    ("minimization", {"p": "4/5"}, True),
    ("hu_hu", {"p": "4/5", "weights": {"overall": 1, "stratum": 1, "margins": 1}}, True),
    ("thompson", {"burn_in": 2}, False),
]


@given(st.sampled_from(CASES), st.integers(2, 7), st.integers(0, 999), st.booleans())
@settings(deadline=None, max_examples=60)
def test_it_is_the_sum_over_all_sequences(
    case: tuple[str, dict[str, object], bool], subjects: int, seed: int, binary: bool
) -> None:
    """Merging histories changes nothing."""
    name, params, factors = case
    of = method(name, subjects, *([SEX] if factors else []), **params)
    made = random_trial(of, subjects, seed, binary, factors)
    if len({subject.arm for subject in made}) == 2:
        assert rerandomize(of, made).p_value == enumerated(of, made)


@pytest.mark.parametrize("case", CASES)
def test_the_simulation_agrees_with_the_exact_answer(
    case: tuple[str, dict[str, object], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within five of its own standard errors; the same seed gives the same trials."""
    name, params, factors = case
    of = method(name, 8, *([SEX] if factors else []), **params)
    made = random_trial(of, 8, 3, binary=True, factors=factors)
    exact = rerandomize(of, made)
    monkeypatch.setattr(room, "STEPS_MAX", 1)
    drawn = rerandomize(of, made, trials=4000, seed=1)
    assert (exact.exact, drawn.exact, drawn.histories) == (True, False, 4000)
    assert abs(float(drawn.p_value) - float(exact.p_value)) < 5 * drawn.error + 1 / 4000
    assert drawn == rerandomize(of, made, trials=4000, seed=1)


def test_a_simulated_p_value_is_never_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    """(x + 1) / (B + 1): ten trials none of which is as extreme give 1/11."""
    monkeypatch.setattr(room, "LAWS_MAX", 1)
    of = method("permuted_block", 20, block_sizes=[20])
    told: list[tuple[int, int]] = []
    made = rerandomize(
        of, trial([0] * 10 + [1] * 10, range(20)), trials=10, tell=lambda done, asked: told.append((done, asked))
    )
    assert made.p_value == Fraction(1, 11)
    assert made.error == pytest.approx((1 / 11 * 10 / 11 / 10) ** 0.5)
    assert told == [(10, 10)]


def test_a_fair_test_is_uniform_at_most() -> None:
    """Over all trials of a design, p is at most 1/3 in no more than a third of them."""
    of = method("permuted_block", 4, block_sizes=[4])
    sequences = [arms for arms in product((0, 1), repeat=4) if sum(arms) == 2]
    p_values = [rerandomize(of, trial(arms, (1, 2, 4, 9))).p_value for arms in sequences]
    for level in set(p_values):
        assert sum(p <= level for p in p_values) <= float(level) * len(p_values) + 1e-12


@pytest.mark.parametrize(
    ("groups", "value"), [(((2, 3), (2, 7)), "2"), (((0, 0), (4, 7)), "0"), (((1, 1), (1, 2), (1, 6)), "14")]
)
def test_extremeness(groups: tuple[tuple[int, int], ...], value: str) -> None:
    """Distance of two means; none where an arm is empty; three arms' sum of squares."""
    assert extremeness(groups) == Fraction(value)


def test_refusals() -> None:
    """A rate that is none, an arm alone, an arm the law could not have given."""
    of = method("permuted_block", 4, block_sizes=[4])
    with pytest.raises(NotARate, match="subject 2"):
        rerandomize(of, trial((0, 1), (1, 2)), "rates")
    with pytest.raises(NothingToCompare):
        rerandomize(of, trial((0, 1), (1, None)))
    with pytest.raises(ImpossibleAllocation, match="subject 3"):
        rerandomize(of, trial((0, 0, 0), (1, 2, 3)))


def test_very_long_numbers_stay_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a machine word, in trials too."""
    monkeypatch.setattr(room, "LAWS_MAX", 1)
    of = method("permuted_block", 4, block_sizes=[4])
    made = rerandomize(of, trial((0, 0, 1, 1), (1, 2, 3, 10**20)), trials=600)
    assert float(made.p_value) == pytest.approx(1 / 3, abs=0.1)
