"""Designs of adaptive methods: the smallest, every setting, and what is refused by name."""

from fractions import Fraction
from typing import Any

import pytest

from irt.randomization.adaptive_builders import WeightNotUsed
from irt.randomization.catalogue import FactorNotUsed, FactorsMissing, cautions, method_of
from irt.randomization.design import Design, design_of
from irt.randomization.methods.boin import Boin
from irt.randomization.methods.doubly_adaptive import DoublyAdaptive
from irt.randomization.methods.hu_hu import HuHu
from irt.randomization.methods.minimization import Minimization
from irt.randomization.methods.thompson import Thompson
from irt.randomization.scheme import UnusablePlan
from irt.randomization.settings import PlannedNumberMissing, SettingMissing, UnknownSetting, UnusableSetting

SEX = {"name": "sex", "levels": ["m", "f"]}
AGE = {"name": "age", "levels": ["young", "old"], "weight": "3/2"}
HU_HU = {"p": "0.85", "weights": {"overall": 1, "stratum": 2, "margins": ["1/2", 0.5]}}
PLAIN: dict[str, dict[str, Any]] = {
    "minimization": {"p": "4/5"},
    "biased_coin_minimization": {"p": "4/5"},
    "hu_hu": {"p": "4/5", "weights": {"overall": 1, "stratum": 1, "margins": 1}},
    "atkinson_da": {},
    "play_the_winner": {"initial": 1, "added": 1},
    "doubly_adaptive": {"target": "urn"},
    "thompson": {},
    "three_plus_three": {},
    "boin": {"target": "0.3"},
}
BALANCING = ("minimization", "biased_coin_minimization", "hu_hu", "atkinson_da")


def design(method: str, params: object, *factors: object, ratio: list[int] | None = None) -> Design:
    """Two arms."""
    return design_of(
        {"method": method, "arms": ["A", "B"], "ratio": ratio, "params": params, "factors": list(factors)}
    )


@pytest.mark.parametrize("method", PLAIN)
def test_the_smallest_design_gives_a_fair_first_law(method: str) -> None:
    """Or the lowest dose."""
    factors = [SEX] if method in BALANCING else []
    made = method_of(design(method, PLAIN[method], *factors))
    levels = ("m",) if factors else ()
    first = (1, 0) if method in {"three_plus_three", "boin"} else (Fraction(1, 2), Fraction(1, 2))
    assert made.law(made.start(), levels) == first
    assert made.ratio == (1, 1)


@pytest.mark.parametrize("method", PLAIN)
def test_an_unknown_setting_is_refused_by_name(method: str) -> None:
    """With the names there are."""
    factors = [SEX] if method in BALANCING else []
    with pytest.raises(UnknownSetting, match="probability"):
        method_of(design(method, {**PLAIN[method], "probability": 1}, *factors))


@pytest.mark.parametrize("method", PLAIN)
def test_factors_are_used_or_refused(method: str) -> None:
    """Never ignored."""
    with pytest.raises(FactorsMissing if method in BALANCING else FactorNotUsed):
        method_of(design(method, PLAIN[method], *([] if method in BALANCING else [SEX])))


@pytest.mark.parametrize(
    ("method", "setting"),
    [
        ("minimization", "p"),
        ("hu_hu", "p"),
        ("play_the_winner", "initial"),
        ("doubly_adaptive", "target"),
        ("boin", "target"),
    ],
)
def test_a_missing_setting_is_named(method: str, setting: str) -> None:
    """What has no default is never guessed."""
    params = {name: value for name, value in PLAIN[method].items() if name != setting}
    with pytest.raises(SettingMissing, match=f"needs its setting {setting}"):
        method_of(design(method, params, *([SEX] if method in BALANCING else [])))


def test_minimization_takes_every_choice_of_its_rule() -> None:
    """Weights stand with the factors."""
    params = {"p": 0, "distance": "sd", "tie_rule": "random_rank", "scaling": "divide_then_add"}
    made = method_of(design("minimization", {**params, "p": "0.7"}, SEX, AGE, ratio=[2, 1]))
    assert isinstance(made, Minimization)
    rule = made.rule
    assert (rule.ratio, rule.weights, rule.probability) == ((2, 1), (1, Fraction(3, 2)), Fraction(7, 10))
    assert (rule.distance, rule.ties, rule.imbalance_of) == ("sd", "random_rank", "n/r+1")


@pytest.mark.parametrize("method", ["minimization", "biased_coin_minimization"])
def test_an_unequal_ratio_is_warned_of(method: str) -> None:
    """It does not hold for each subject."""
    assert cautions(design(method, {"p": "4/5"}, SEX)) == ()
    (caution,) = cautions(design(method, {"p": "4/5"}, SEX, ratio=[2, 1]))
    assert "does not give each subject the planned shares" in caution.sentence


@pytest.mark.parametrize(
    ("method", "p", "arms", "ratio", "told"),
    [
        ("minimization", "1/3", ["A", "B", "C"], None, []),
        ("minimization", "0.33", ["A", "B", "C"], None, ["BelowFairShare"]),
        ("minimization", "1/2", ["A", "B"], None, []),
        ("minimization", "0.49", ["A", "B"], None, ["BelowFairShare"]),
        ("minimization", "0.4", ["A", "B"], [2, 1], ["BelowFairShare", "UnequalMinimization"]),
        ("biased_coin_minimization", "0.4", ["A", "B"], [2, 1], ["UnequalMinimization"]),
        ("biased_coin_minimization", "0.3", ["A", "B"], [2, 1], ["BelowFairShare", "UnequalMinimization"]),
    ],
)
def test_a_p_below_the_fair_share_is_warned_of(
    method: str, p: str, arms: list[str], ratio: list[int] | None, told: list[str]
) -> None:
    """Chance alone would give the preferred arm more: the method would work against balance."""
    asked = design_of({"method": method, "arms": arms, "ratio": ratio, "params": {"p": p}, "factors": [SEX]})
    assert [caution.name for caution in cautions(asked)] == told


def test_hu_hu_has_a_weight_for_each_margin() -> None:
    """One number stands for all."""
    made = method_of(
        design(
            "hu_hu", {**HU_HU, "weights": {**HU_HU["weights"], "margins": [1, "1/2"]}}, SEX, {**SEX, "name": "x"}
        )
    )  # type: ignore[dict-item]  # a plain mapping
    assert isinstance(made, HuHu)
    assert made.margins == (1, Fraction(1, 2))


def test_thompson_with_a_growing_power_needs_the_planned_number() -> None:
    """Named, not guessed."""
    with pytest.raises(PlannedNumberMissing):
        method_of(design("thompson", {"power": "n/2N"}))
    made = method_of(design("thompson", {"power": "n/2N", "least": "0.1", "burn_in": 4}), 80)
    assert isinstance(made, Thompson)
    assert (made.power, made.planned, made.least, made.burn_in.subjects) == (None, 80, Fraction(1, 10), 4)


def test_doubly_adaptive_takes_another_prior() -> None:
    """(s + 1) / (n + 2)."""
    made = method_of(design("doubly_adaptive", {"target": "rsihr", "prior": [1, 1], "gamma": 0}))
    assert isinstance(made, DoublyAdaptive)
    assert (made.prior, made.gamma) == ((1, 1), 0)


def test_boin_takes_its_rates() -> None:
    """Instead of 0.6 and 1.4 of the target."""
    made = method_of(
        design("boin", {"target": "0.3", "safe": "0.2", "toxic": "0.4", "cohort": 1, "backfill": True})
    )
    assert isinstance(made, Boin)
    assert (made.safe, made.toxic, made.cohort_size, made.backfill) == (Fraction(1, 5), Fraction(2, 5), 1, True)


@pytest.mark.parametrize(
    ("method", "params", "factors", "ratio", "refusal"),
    [
        ("hu_hu", PLAIN["hu_hu"], [AGE], None, WeightNotUsed),
        ("atkinson_da", {}, [AGE], None, WeightNotUsed),
        ("atkinson_da", {}, [SEX], [2, 1], UnusablePlan),
        ("hu_hu", {"p": "4/5", "weights": {"overall": 1, "stratum": 1, "margin": 1}}, [SEX], None, UnknownSetting),
        (
            "hu_hu",
            {"p": "4/5", "weights": {"overall": 1, "stratum": 1, "margins": ["x"]}},
            [SEX],
            None,
            UnusableSetting,
        ),
        ("minimization", {"p": "4/5", "distance": "far"}, [SEX], None, UnusableSetting),
        ("minimization", {"p": "6/5"}, [SEX], None, UnusablePlan),
        ("doubly_adaptive", {"target": "urn", "prior": [1]}, [], None, UnusablePlan),
        ("three_plus_three", {}, [], [2, 1], UnusablePlan),
        ("boin", {"target": "0.3", "backfill": "perhaps"}, [], None, UnusableSetting),
        ("boin", {"target": 0}, [], None, UnusablePlan),
    ],
)
def test_what_cannot_be_built_is_refused(
    method: str, params: object, factors: list[object], ratio: list[int] | None, refusal: type[Exception]
) -> None:
    """Each by its name."""
    with pytest.raises(refusal):
        method_of(design(method, params, *factors, ratio=ratio))
