"""Every method by the name that a design gives it, with its settings and how it is built."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, NamedTuple

from irt.randomization import adaptive_builders as adaptive
from irt.randomization.design import Design
from irt.randomization.methods.adjustable_biased_coin import AdjustableBiasedCoin
from irt.randomization.methods.big_stick import BigStick
from irt.randomization.methods.block_urn import BlockUrn
from irt.randomization.methods.brick_tunnel import BrickTunnel
from irt.randomization.methods.chen import Chen
from irt.randomization.methods.complete import Complete
from irt.randomization.methods.efron import Efron
from irt.randomization.methods.generalized_biased_coin import GeneralizedBiasedCoin
from irt.randomization.methods.mass_weighted_urn import MassWeightedUrn
from irt.randomization.methods.max_entropy import MaxEntropy
from irt.randomization.methods.maximal import Maximal
from irt.randomization.methods.method import Method
from irt.randomization.methods.permuted_block import PermutedBlocks
from irt.randomization.methods.random_allocation import RandomAllocation
from irt.randomization.methods.truncated_binomial import TruncatedBinomial
from irt.randomization.methods.wei_urn import WeiUrn
from irt.randomization.scheme import UnusablePlan
from irt.randomization.settings import Settings, rational


class UnknownMethod(UnusablePlan):
    """A method that the catalogue does not have."""

    def __init__(self, name: str) -> None:
        near = get_close_matches(name, CATALOGUE, n=3, cutoff=0.4) or sorted(CATALOGUE)
        super().__init__(f"There is no method {name[:40]}. Near it: {', '.join(near)}.")


class FactorNotUsed(UnusablePlan):
    """A design with factors that its method does not look at."""


class FactorsMissing(UnusablePlan):
    """A design without the factors that its method balances."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One method: how it is built, the names of its settings, and whether it balances factors.

    `fixed_number` tells that the planned number of subjects must be known before the first of them.
    """

    build: Callable[[Design, Settings], Method[Any]]
    settings: tuple[str, ...] = ()
    factors: bool = False
    fixed_number: bool = False


Build = Callable[[Settings], Method[Any]]


def _restricted(build: Build, *settings: str, fixed_number: bool = False) -> Entry:
    """A method that looks at nothing but the arms given."""
    return Entry(lambda _, given: build(given), settings, fixed_number=fixed_number)


def _maximal(given: Settings) -> Method[Any]:
    return Maximal(given.ratio, given.subjects, given.whole("mti"), given.flag("terminal_balance", default=True))


CATALOGUE: dict[str, Entry] = {
    "complete": _restricted(lambda given: Complete(given.ratio)),
    "random_allocation": _restricted(
        lambda given: RandomAllocation(given.ratio, given.subjects), fixed_number=True
    ),
    "permuted_block": _restricted(
        lambda given: PermutedBlocks(given.ratio, given.wholes("block_sizes")), "block_sizes"
    ),
    "truncated_binomial": _restricted(
        lambda given: TruncatedBinomial(given.ratio, given.subjects), fixed_number=True
    ),
    "efron": _restricted(lambda given: Efron(given.ratio, given.rational("p")), "p"),
    "adjustable_biased_coin": _restricted(
        lambda given: AdjustableBiasedCoin(given.ratio, given.rational("a")), "a"
    ),
    "generalized_biased_coin": _restricted(
        lambda given: GeneralizedBiasedCoin(given.ratio, given.rational("rho")), "rho"
    ),
    "wei_urn": _restricted(
        lambda given: WeiUrn(given.ratio, given.rational("initial"), given.rational("added")), "initial", "added"
    ),
    "big_stick": _restricted(lambda given: BigStick(given.ratio, given.whole("mti")), "mti"),
    "chen": _restricted(lambda given: Chen(given.ratio, given.whole("mti"), given.rational("p")), "mti", "p"),
    "block_urn": _restricted(lambda given: BlockUrn(given.ratio, given.whole("lambda")), "lambda"),
    "brick_tunnel": _restricted(lambda given: BrickTunnel(given.ratio)),
    "maximal": _restricted(_maximal, "mti", "terminal_balance", fixed_number=True),
    "mass_weighted_urn": _restricted(lambda given: MassWeightedUrn(given.ratio, given.rational("alpha")), "alpha"),
    "max_entropy": _restricted(lambda given: MaxEntropy(given.ratio, given.rational("eta")), "eta"),
    "minimization": Entry(adaptive.minimization, ("distance", "p", "tie_rule", "scaling"), factors=True),
    "biased_coin_minimization": Entry(
        adaptive.biased_coin_minimization, ("p", "distance", "scaling"), factors=True
    ),
    "hu_hu": Entry(adaptive.hu_hu, ("p", "weights"), factors=True),
    "atkinson_da": Entry(adaptive.atkinson_da, ("start_up",), factors=True),
    "play_the_winner": Entry(adaptive.play_the_winner, ("initial", "added")),
    "doubly_adaptive": Entry(
        adaptive.doubly_adaptive,
        ("target", "gamma", "burn_in", "burn_in_by", "prior"),
    ),
    "thompson": Entry(adaptive.thompson, ("power", "burn_in", "burn_in_by", "least", "most")),
    "three_plus_three": Entry(adaptive.three_plus_three, ("highest",)),
    "boin": Entry(adaptive.boin, ("target", "safe", "toxic", "cohort", "cutoff", "backfill")),
}


def entry_of(design: Design) -> Entry:
    """The entry of a design's method; a named refusal where method, settings or factors do not go together."""
    entry = CATALOGUE.get(design.method)
    if entry is None:
        raise UnknownMethod(design.method)
    design.settings().only(entry.settings)
    if design.factors and not entry.factors:
        names = ", ".join(factor.name for factor in design.factors)
        raise FactorNotUsed(f"{design.method} does not look at factors. Leave out {names}, or stratify by it.")
    if entry.factors and not design.factors:
        raise FactorsMissing(f"{design.method} balances factors. Name at least one under factors.")
    return entry


def method_of(design: Design, subjects: int | None = None) -> Method[Any]:
    """The method of a design, for that many planned subjects where it needs to know; a named refusal else."""
    return entry_of(design).build(design, design.settings(subjects))


class Caution(NamedTuple):
    """Something to weigh before a design is used: its name, and a sentence."""

    name: str
    sentence: str


def cautions(design: Design) -> tuple[Caution, ...]:
    """What a statistician weighs, or justifies over a signature, before the design is used; empty for most."""
    return tuple(_cautions(design, entry_of(design)))


def _cautions(design: Design, entry: Entry) -> Iterator[Caution]:
    for name in ("p", "eta"):
        if name in entry.settings and rational(design.params.get(name)) == 1:
            yield Caution(
                "DeterministicAllocation",
                f"With {name} of 1 the next arm is often certain to anybody who knows the arms before. ICH E9 "
                "2.3.2 asks for an element of chance at each allocation: choose less, or sign a justification.",
            )
    fair, chance = fair_share(design), rational(design.params.get("p"))
    if fair is not None and chance is not None and chance < fair:
        yield Caution(
            "BelowFairShare",
            f"With a p of {chance}, below {fair}, {design.method} gives the arm that would balance best less than "
            "its fair share, and so works against balance. Choose more, unless that is meant.",
        )
    if design.method in adaptive.SHIFTING and len(set(design.ratio)) > 1:
        yield Caution(
            "UnequalMinimization",
            f"With an unequal ratio {design.method} does not give each subject the planned shares, so that a "
            "re-randomization distribution may be shifted. Look at the ratio of each subject before it is used.",
        )


def fair_share(design: Design) -> Fraction | None:
    """What the p of a minimization would be by chance alone; None of methods that do not minimize.

    p is that of one of K arms, or in biased-coin minimization that of the arm with the smallest share.
    """
    match design.method:
        case "minimization":
            return Fraction(1, len(design.arms))
        case "biased_coin_minimization":
            return Fraction(min(design.ratio), sum(design.ratio))
        case _:
            return None
