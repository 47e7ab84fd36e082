"""Designs side by side: how well each one balances and how badly it keeps its secret, for the planned trial."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from irt.randomization.assessment import strata
from irt.randomization.assessment.assess import Question, assess, sequences
from irt.randomization.assessment.characteristics import Characteristics
from irt.randomization.assessment.chronological_bias import chronological_bias, trend
from irt.randomization.assessment.estimates import estimated_together
from irt.randomization.assessment.sequences import Tell, quiet
from irt.randomization.assessment.usual_designs import title
from irt.randomization.design import Design
from irt.randomization.scheme import UnusablePlan


@dataclass(frozen=True, slots=True)
class Compared:
    """One design on the plane (Zhao, Weng, Wu and Palesch 2012): less imbalance is left, less predictable is low.

    `balance`: the expected largest lead beyond the ratio, a mean over the strata where there are some.
    `predictability`: the expected share of correct best guesses. `drift`: the root mean square of the shift in the
    difference of means when responses rise evenly by one over the trial; None where it was not computed exactly.
    """

    title: str
    design: Design
    figures: Characteristics
    drift: float | None

    @property
    def balance(self) -> float:
        """Where the design lies from left to right."""
        return self.figures.imbalance.off_ratio_max

    @property
    def predictability(self) -> float:
        """Where the design lies from bottom to top."""
        return self.figures.directional / self.figures.subjects


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A design that cannot be used for this trial, and why."""

    title: str
    why: str


def compare(
    designs: Sequence[Design], question: Question, sizes: Sequence[int] = (), tell: Tell = quiet
) -> tuple[tuple[Compared, ...], tuple[LeftOut, ...]]:
    """Every design that can be used, in the given order; `sizes`: expected sizes of strata, one list each."""
    compared, left_out = [], []
    for done, design in enumerate(designs):
        tell(done, len(designs))
        try:
            compared.append(_compared(design, question, sizes))
        except UnusablePlan as refusal:
            left_out.append(LeftOut(title(design), refusal.sentence))
    return tuple(compared), tuple(left_out)


def _compared(design: Design, question: Question, sizes: Sequence[int]) -> Compared:
    if len(sizes) > 1:
        return Compared(title(design), design, _stratified(design, question, sizes), None)
    assessed, drift = assess(design, question), None
    if assessed.layers is not None:
        rise = trend("linear", question.subjects, 1 / question.subjects)
        drift = chronological_bias(assessed.layers, design.ratio, rise).root_mean_square
    return Compared(title(design), design, assessed.figures, drift)


def _stratified(design: Design, question: Question, sizes: Sequence[int]) -> Characteristics:
    """Exact where each stratum can be followed, else over simulated trials of all strata."""
    if len(design.arms) == 2 and not design.factors:
        figures = {size: assess(design, replace(question, subjects=size)).figures for size in set(sizes)}
        if all(each.exact for each in figures.values()):
            return strata.together([figures[size] for size in sizes], design.ratio)
    seeds = range(question.seed, question.seed + len(sizes))
    asked = [replace(question, subjects=size, seed=seed) for size, seed in zip(sizes, seeds, strict=True)]
    return estimated_together([sequences(design, each) for each in asked])


def best(compared: Sequence[Compared]) -> tuple[Compared, ...]:
    """The designs that no other one beats on both sides, from the most to the least balanced."""
    kept: list[Compared] = []
    for one in sorted(compared, key=lambda each: (each.balance, each.predictability)):
        if not kept or one.predictability < kept[-1].predictability:
            kept.append(one)
    return tuple(kept)
