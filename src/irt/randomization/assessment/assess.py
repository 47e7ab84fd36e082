"""The one door of an assessment: exact wherever the design's law can be followed, else simulated with its error."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isnan
from typing import Any

from irt.randomization.assessment import exact
from irt.randomization.assessment.chain import Chain, MethodChain, RespondingChain
from irt.randomization.assessment.characteristics import Characteristics
from irt.randomization.assessment.estimates import estimated
from irt.randomization.assessment.hidden_blocks import HiddenBlocks
from irt.randomization.assessment.layers import STATES_MAX, Layer, TooManyStates, unfold
from irt.randomization.assessment.minimize_many import minimize_many
from irt.randomization.assessment.one_by_one import simulate_one_by_one
from irt.randomization.assessment.profiles import Profiles
from irt.randomization.assessment.sequences import Sequences, Tell, quiet
from irt.randomization.assessment.simulation import simulate
from irt.randomization.catalogue import method_of
from irt.randomization.design import Design
from irt.randomization.methods.method import Levels, Method
from irt.randomization.methods.minimization import Minimization
from irt.randomization.scheme import UnusablePlan

DOSE_FINDING = frozenset({"three_plus_three", "boin"})
RESPONSE_ADAPTIVE = frozenset({"play_the_winner", "doubly_adaptive", "thompson"})
TRIALS, TRIALS_OF_RESPONSES, TRIALS_ONE_BY_ONE = 10_000, 1_000, 500
ALLOCATIONS_MAX = 200_000_000
"""Subjects of all trials together; each takes a byte."""
COSTLY_STATES_MAX = 20_000
"""Of chains that merge little and whose laws cost much: weighed hidden blocks, and what responses teach."""


class NotAssessable(UnusablePlan):
    """A design that does not allocate between arms, or whose figures are asked of a design that has none."""


@dataclass(frozen=True)
class Question:
    """What is asked of a design: with how many subjects, and how it is simulated where it must be.

    `trials`: simulated trials (10,000; 1,000 where responses teach, 500 where subjects come one by one).
    `rates`: each arm's chance of success, for methods that learn from responses (1/2 each where not given).
    `real`: the levels of real subjects.
    """

    subjects: int
    trials: int | None = None
    seed: int = 0
    rates: Sequence[float] | None = None
    real: Sequence[Levels] | None = None


@dataclass(frozen=True, slots=True)
class Assessed:
    """A design's figures, and the layers they were read from where its law was followed."""

    figures: Characteristics
    layers: tuple[Layer, ...] | None


def assess(design: Design, question: Question, tell: Tell = quiet) -> Assessed:
    """Operating characteristics of a design; a named refusal where it cannot be used, or has none."""
    layers = exact_layers(design, question)
    if layers is None:
        return Assessed(estimated(sequences(design, question, tell)), None)
    figures = exact.characteristics(layers, design.ratio)
    if isnan(figures.directional):
        figures = _guessed(design, question, figures, tell)
    return Assessed(figures, layers)


def exact_layers(design: Design, question: Question) -> tuple[Layer, ...] | None:
    """The design unfolded; None where it has factors, more than two arms, or too many states."""
    if design.factors or len(design.arms) > 2:
        return None
    most = COSTLY_STATES_MAX if design.method in RESPONSE_ADAPTIVE else STATES_MAX
    try:
        return unfold(chain_of(design, question), question.subjects, most)
    except TooManyStates:
        return None


def chain_of(design: Design, question: Question) -> Chain:
    """The chain of a two-arm design without factors."""
    method = _method(design, question)
    sizes = set(design.params.get("block_sizes", ())) if design.method == "permuted_block" else set()
    if len(sizes) > 1:
        return HiddenBlocks((design.ratio[0], design.ratio[1]), design.settings().wholes("block_sizes"))
    rates = _rates(design, question)
    return MethodChain(method) if rates is None else RespondingChain(method, rates)


def sequences(design: Design, question: Question, tell: Tell = quiet) -> Sequences:
    """Simulated trials of any design."""
    method, rates = _method(design, question), _rates(design, question)
    if not design.factors:
        trials = _trials(question, TRIALS if rates is None else TRIALS_OF_RESPONSES)
        return simulate(method, question.subjects, trials, question.seed, rates, tell)
    profiles = Profiles(design.factors, question.subjects, question.real)
    if isinstance(method, Minimization):
        return minimize_many(method.rule, profiles, _trials(question, TRIALS), question.seed, tell)
    trials = _trials(question, TRIALS_ONE_BY_ONE)
    return simulate_one_by_one(method, profiles, trials, question.seed, rates, tell)


def _trials(question: Question, usual: int) -> int:
    """As many as asked for, else the usual number or as many as can be held."""
    most = ALLOCATIONS_MAX // question.subjects
    if most < 2 or (question.trials or 0) > most:
        raise NotAssessable(
            f"{question.trials or usual} trials of {question.subjects} subjects are more than can be simulated "
            "at once. Ask for fewer."
        )
    return question.trials or min(usual, most)


def _method(design: Design, question: Question) -> Method[Any]:
    if design.method in DOSE_FINDING:
        raise NotAssessable(f"{design.method} finds a dose: its figures are those of irt randomization boundaries.")
    if question.real is not None and len(question.real) < question.subjects:
        raise NotAssessable(f"{question.subjects} subjects are asked for, but {len(question.real)} are given.")
    return method_of(design, question.subjects)


def _rates(design: Design, question: Question) -> Sequence[float] | None:
    if design.method not in RESPONSE_ADAPTIVE:
        return None
    rates = question.rates or [0.5] * len(design.arms)
    if len(rates) != len(design.arms) or not all(0 <= rate <= 1 for rate in rates):
        raise NotAssessable("A chance of success is needed for every arm, each between 0 and 1.")
    return rates


def _guessed(design: Design, question: Question, figures: Characteristics, tell: Tell) -> Characteristics:
    """The best guess of a reader who does not see block sizes, by the law over all that went before.

    That law merges few histories, so it is followed exactly for short trials and simulated for long ones.
    """
    method = _method(design, question)
    try:
        layers = unfold(MethodChain(method), question.subjects, COSTLY_STATES_MAX)
        return replace(figures, directional=exact.characteristics(layers, design.ratio).directional)
    except TooManyStates:
        drawn = estimated(simulate(method, question.subjects, _trials(question, TRIALS), question.seed, None, tell))
    error = drawn.standard_errors["directional"]
    return replace(
        figures,
        exact=False,
        directional=drawn.directional,
        standard_errors={"directional": error},
        trials=drawn.trials,
    )
