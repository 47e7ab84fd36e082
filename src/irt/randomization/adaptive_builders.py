"""How the methods that adapt to covariates or responses, and those that find a dose, are built from a design."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal, cast

from irt.randomization.design import Design
from irt.randomization.marginal_rule import MarginalRule
from irt.randomization.methods.atkinson_da import AtkinsonDA
from irt.randomization.methods.biased_coin_minimization import BiasedCoinMinimization
from irt.randomization.methods.boin import Boin
from irt.randomization.methods.doubly_adaptive import TARGETS, DoublyAdaptive
from irt.randomization.methods.factor_grid import FactorGrid
from irt.randomization.methods.hu_hu import HuHu
from irt.randomization.methods.method import Method
from irt.randomization.methods.minimization import Minimization
from irt.randomization.methods.play_the_winner import PlayTheWinner
from irt.randomization.methods.responses import BurnIn
from irt.randomization.methods.thompson import Thompson
from irt.randomization.methods.three_plus_three import ThreePlusThree
from irt.randomization.scheme import UnusablePlan
from irt.randomization.settings import Settings

DISTANCES = ("range", "variance", "sd", "sum")
SCALINGS: Mapping[str, Literal["(n+1)/r", "n/r+1"]] = {"add_then_divide": "(n+1)/r", "divide_then_add": "n/r+1"}
GROWING_POWER = "n/2N"
SHIFTING = ("minimization", "biased_coin_minimization")
"""Methods that balance an unequal ratio without keeping it for each subject."""


class WeightNotUsed(UnusablePlan):
    """A factor with a weight in a method that has weights of another kind, or none."""


def minimization(design: Design, settings: Settings) -> Method[Any]:
    """Pocock and Simon's minimization."""
    ties = cast(
        "Literal['shared', 'random_rank']", settings.choice("tie_rule", ("shared", "random_rank"), "shared")
    )
    return Minimization(_rule(design, settings, ties), FactorGrid(design.factors))


def biased_coin_minimization(design: Design, settings: Settings) -> Method[Any]:
    """Han, Enas and McEntegart's minimization."""
    return BiasedCoinMinimization(_rule(design, settings, "shared"), FactorGrid(design.factors))


def hu_hu(design: Design, settings: Settings) -> Method[Any]:
    """Hu and Hu's procedure; `margins` is one number for all factors or a list with one for each."""
    _refuse_weights(design)
    weights = settings.group("weights", ("overall", "stratum", "margins"))
    overall, stratum = weights.rational("overall"), weights.rational("stratum")
    margins = weights.rationals("margins")
    if not isinstance(weights.params["margins"], list | tuple):
        margins *= len(design.factors)
    return HuHu(settings.rational("p"), overall, stratum, margins, FactorGrid(design.factors), design.ratio)


def atkinson_da(design: Design, settings: Settings) -> Method[Any]:
    """Atkinson's biased coin."""
    _refuse_weights(design)
    start_up = settings.choice("start_up", ("model", "covariates"), "model")
    return AtkinsonDA(FactorGrid(design.factors), design.ratio, cast("Literal['model', 'covariates']", start_up))


def play_the_winner(design: Design, settings: Settings) -> Method[Any]:
    """Wei and Durham's urn."""
    return PlayTheWinner(design.ratio, settings.rational("initial"), settings.rational("added"))


def doubly_adaptive(design: Design, settings: Settings) -> Method[Any]:
    """Hu and Zhang's design."""
    target = cast("Literal['neyman', 'rsihr', 'urn']", settings.choice("target", tuple(TARGETS)))
    gamma = settings.rational("gamma", Fraction(2))
    if "prior" not in settings.params:
        return DoublyAdaptive(_burn_in(design, settings), target, gamma)
    prior = settings.rationals("prior")
    if len(prior) != 2:
        raise UnusablePlan("The prior of doubly_adaptive is a list of two numbers: successes and failures.")
    return DoublyAdaptive(_burn_in(design, settings), target, gamma, (prior[0], prior[1]))


def thompson(design: Design, settings: Settings) -> Method[Any]:
    """Thompson sampling."""
    growing = settings.params.get("power") == GROWING_POWER
    return Thompson(
        _burn_in(design, settings),
        None if growing else settings.rational("power", Fraction(1)),
        settings.rational("least", Fraction(0)),
        settings.rational("most", Fraction(1)),
        settings.subjects if growing else None,
    )


def three_plus_three(design: Design, settings: Settings) -> Method[Any]:
    """The 3+3 rule."""
    highest = settings.choice("highest", ("expand", "stop"), "expand")
    return ThreePlusThree(_doses(design), cast("Literal['expand', 'stop']", highest))


def boin(design: Design, settings: Settings) -> Method[Any]:
    """Liu and Yuan's interval design."""
    target = settings.rational("target")
    return Boin(
        _doses(design),
        target,
        settings.rational("safe", target * Fraction(3, 5)),
        settings.rational("toxic", target * Fraction(7, 5)),
        settings.whole("cohort", 3),
        settings.rational("cutoff", Fraction(19, 20)),
        settings.flag("backfill"),
    )


def _rule(design: Design, settings: Settings, ties: Literal["shared", "random_rank"]) -> MarginalRule:
    distance = cast("Literal['range', 'variance', 'sd', 'sum']", settings.choice("distance", DISTANCES, "range"))
    scaling = SCALINGS[settings.choice("scaling", tuple(SCALINGS), "add_then_divide")]
    weights = tuple(factor.weight for factor in design.factors)
    return MarginalRule(design.ratio, weights, settings.rational("p"), distance, ties, scaling)


def _burn_in(design: Design, settings: Settings) -> BurnIn:
    by = settings.choice("burn_in_by", ("complete", "permuted"), "complete")
    return BurnIn(settings.whole("burn_in", 0), design.ratio, cast("Literal['complete', 'permuted']", by))


def _doses(design: Design) -> tuple[int, ...]:
    """The arms of a dose escalation have no shares."""
    if len(set(design.ratio)) > 1:
        raise UnusablePlan(f"The arms of {design.method} are doses in rising order. Leave the ratio out.")
    return design.ratio


def _refuse_weights(design: Design) -> None:
    for factor in design.factors:
        if factor.weight != 1:
            raise WeightNotUsed(f"{design.method} does not use the weight of {factor.name}. Leave it out.")
