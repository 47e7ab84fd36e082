"""Every method by the name that a design gives it, with its settings and how it is built."""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from irt.randomization import adaptive_builders as adaptive
from irt.randomization.design import Design
from irt.randomization.methods.complete import Complete
from irt.randomization.methods.method import Method
from irt.randomization.scheme import UnusablePlan
from irt.randomization.settings import Settings


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


def _complete(design: Design, settings: Settings) -> Method[Any]:
    return Complete(design.ratio)


CATALOGUE: dict[str, Entry] = {
    "complete": Entry(_complete),
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
