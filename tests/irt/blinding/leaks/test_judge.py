"""The adversary finds what tells an arm, by its field, and nothing where nothing does."""

import random
from collections.abc import Callable

import numpy as np
import pytest

from irt.blinding.leaks.guesser import FOLDS, folds_of, guesses
from irt.blinding.leaks.judge import Truth, Verdict, judge
from irt.blinding.leaks.power import FIELD_LEVEL

Fields = dict[str, list[str]]
SITES = 20


def _trial(
    units: int, seed: int, leak: Callable[[bool, random.Random], Fields]
) -> tuple[dict[str, Fields], dict[str, Truth]]:
    """Units with fields of every kind that tell nothing, and one that may."""
    chance = random.Random(seed)
    seen, truth = {}, {}
    for number in range(units):
        one = chance.random() < 0.5
        truth[f"{number:05}"] = Truth(one, str(chance.randrange(SITES)))
        seen[f"{number:05}"] = {
            "number": [str(chance.randrange(10_000, 99_999))],
            "site": [str(number % SITES)],
            "visits": [f"2026-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}" for _ in range(3)],
            "product": ["Pen"] * chance.randrange(1, 4),
            "state": [chance.choice(["active", "stopped"])],
            "note": [" ".join(chance.choices(["taken", "given", "seen", "late", "early"], k=6))],
            **leak(one, chance),
        }
    return seen, truth


def _nothing(one: bool, chance: random.Random) -> Fields:
    return {}


def _pair(first: int, apart: int) -> list[str]:
    return [str(first), str(first + apart)]


LEAKS: dict[str, tuple[str, Callable[[bool, random.Random], Fields]]] = {
    "higher": ("size", lambda one, chance: {"higher": [str(round(chance.gauss(50 + 5 * one, 10), 3))]}),
    "wider": (
        "distance from the middle",
        lambda one, chance: {"wider": [str(round(chance.gauss(50, 12 if one else 6), 3))]},
    ),
    "odd": ("last character", lambda one, chance: {"odd": [str(2 * chance.randrange(10_000, 90_000) + one)]}),
    "more": ("how many", lambda one, chance: {"more": ["line"] * (chance.randrange(3, 6) + one)}),
    "in a row": ("spread", lambda one, chance: {"in a row": _pair(chance.randrange(1000, 9000), 90 if one else 7)}),
    "kind": ("kind", lambda one, chance: {"kind": [chance.choice("aab" if one else "abb")]}),
    "later": (
        "time of day",
        lambda one, chance: {
            "later": [f"2026-03-{chance.randrange(1, 29):02}T{chance.randrange(8, 14) + 2 * one:02}:30:00Z"]
        },
    ),
    "words": (
        "words",
        lambda one, chance: {"words": [f"case {chance.randrange(10**9)} " + ("was mild" if one else "was plain")]},
    ),
}


@pytest.mark.parametrize("name", LEAKS)
def test_a_leak_is_named_by_its_field_and_by_how_it_tells(name: str) -> None:
    """Whatever tells the arm: size, width, a digit, a count, an order, a kind, an hour, a word."""
    aspect, leak = LEAKS[name]
    judged = judge(*_trial(700, 11, leak), seed=1)
    assert judged.verdict == Verdict.FAIL
    assert {field.field for field in judged.named} == {name}
    assert aspect in {field.aspect for field in judged.named}
    assert all(field.p < FIELD_LEVEL and field.lower > 0.5 for field in judged.named)


def test_without_a_leak_nothing_is_named() -> None:
    """In twelve trials with fields of every kind; with subjects enough they pass."""
    judged = [judge(*_trial(300, seed, _nothing), seed) for seed in range(11)]
    assert [field for each in judged for field in each.named] == []
    assert {each.verdict for each in judged} == {Verdict.NOT_ENOUGH}
    enough = judge(*_trial(1300, 3, _nothing), seed=3)
    assert (enough.verdict, enough.named) == (Verdict.PASS, ())
    assert enough.upper < 0.55
    assert enough.power > 0.9


def test_a_field_that_says_the_same_is_told_beside_the_first() -> None:
    """It counts as one test."""
    alone = judge(*_trial(200, 5, LEAKS["higher"][1]), seed=1)
    seen, truth = _trial(200, 5, LEAKS["higher"][1])
    for fields in seen.values():
        fields["also higher"] = fields["higher"]
    both = judge(seen, truth, seed=1)
    assert both.tests == alone.tests
    first = next(field for field in (*both.named, *both.closest) if field.field == "also higher")
    assert "higher: size" in first.also


def test_what_chance_alone_could_do_is_not_named() -> None:
    """The more is tested elsewhere, the more it takes."""
    seen, truth = _trial(400, 7, LEAKS["higher"][1])
    assert judge(seen, truth, seed=1).named
    assert not judge(seen, truth, seed=1, among=10**12).named


def test_nobody_is_judged_where_nobody_is() -> None:
    """An empty trial has not enough subjects."""
    assert judge({}, {}, seed=1).verdict == Verdict.NOT_ENOUGH


def test_a_guesser_never_sees_what_it_is_judged_by() -> None:
    """Units of one site stay in one fold; columns of chance give an area that could be chance."""
    rng = np.random.default_rng(2)
    sites = np.repeat(np.arange(40), 15)
    folds = folds_of(sites, seed=4)
    assert all(len(set(folds[sites == site])) == 1 for site in range(40))
    assert np.bincount(folds).min() >= 600 // FOLDS - 15
    ones = rng.random(600) < 0.5
    scores = guesses(rng.normal(size=(600, 200)), ones, folds)
    assert abs(scores[ones].mean() - scores[~ones].mean()) < 0.2 * scores.std()
    few = folds_of(np.zeros(20, dtype=np.int64), seed=1)
    assert set(few) == set(range(FOLDS))
