"""The re-randomization test: how often the trial's own law would give a difference as large as the one observed.

The null hypothesis is sharp: every subject's outcome would have been the same in any arm. Subjects keep their
order, levels and outcomes; only the arms are drawn anew, by the law of the design. For a response-adaptive design
the responses are kept likewise, each known before the next subject comes. A subject without an outcome keeps its
place and is not compared.

Where all histories can be weighed (those with one memory and one set of arms' sums count together) the p-value is
exact. Else trials are drawn with Philox, and p = (x + 1) / (B + 1) for x of B trials at least as extreme, which is
never too small on average (Phipson and Smyth 2010).
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from math import sqrt
from typing import Any, NamedTuple

import numpy as np

from irt.errors import BadInput
from irt.randomization.assessment.sequences import Tell, quiet
from irt.randomization.methods.method import Method, Step
from irt.randomization.redrawing import Allocated, Groups, drawn_groups, groups_of
from irt.randomization.scores import Statistic, scores_of
from irt.randomization.study_path import TRIALS as PATH_TRIALS
from irt.randomization.study_path import StudyPath, drawn_paths

STEPS_MAX = 400_000
LAWS_MAX = 40_000
"""Steps that are weighed, and laws that are asked for, before trials are drawn instead: some seconds of each."""
TRIALS = 10_000

Number = Fraction | float


class NothingToCompare(BadInput):
    """Fewer than two arms with an outcome."""

    def __init__(self) -> None:
        super().__init__("Fewer than two arms have a subject with an outcome, so there is nothing to compare.")


class ImpossibleAllocation(BadInput):
    """A subject in an arm that the design could not have given."""

    def __init__(self, subject: int) -> None:
        super().__init__(
            f"The design gives subject {subject} no chance of the arm that stands there, so this trial was not run "
            "by it. Check the design, the order of the subjects and their levels."
        )


class Verdict(NamedTuple):
    """What the test found.

    `observed`: the first arm's mean score less the second's; for more arms the sum of squares between arms.
    `histories`: steps weighed, or trials drawn. `error`: the standard error of p by chance alone, 0 where exact.
    `one_arm_only`: how likely a trial is that leaves nobody to compare in one of two arms; it counts as no
    difference.
    """

    p_value: Number
    exact: bool
    observed: Fraction
    histories: int
    error: float
    one_arm_only: Number


def rerandomize(
    method: Method[Any],
    subjects: Sequence[Allocated],
    statistic: Statistic = "means",
    trials: int = TRIALS,
    seed: int = 0,
    tell: Tell = quiet,
) -> Verdict:
    """Two-sided; for more than two arms, of any difference among them. Named refusals where there is no test."""
    scores, unit = scores_of([subject.outcome for subject in subjects], statistic)
    observed = _groups_of(method, subjects, scores)
    if sum(count > 0 for count, _ in observed) < 2:
        raise NothingToCompare
    weighed = _weigh(method, subjects, scores)
    if weighed is not None:
        chances, steps = weighed
        p_value, empty = _share_of(chances, observed)
        return Verdict(p_value, True, _shown(observed, unit), steps, 0.0, empty)
    return _of_drawn(drawn_groups(method, subjects, scores, trials, seed, tell), observed, unit)


def rerandomize_path(
    path: StudyPath,
    outcomes: Sequence[Fraction | None],
    statistic: Statistic = "means",
    trials: int = PATH_TRIALS,
    seed: int = 0,
    tell: Tell = quiet,
) -> Verdict:
    """The same for a study that one method does not tell: its own draws are made again with other chance."""
    scores, unit = scores_of(list(outcomes), statistic)
    given = np.array([[path.arms.index(each.arm)] for each in path.asked], dtype=np.int8)
    (observed,) = groups_of(given, scores, len(path.arms))
    if sum(count > 0 for count, _ in observed) < 2:
        raise NothingToCompare
    drawn = groups_of(drawn_paths(path, trials, seed, tell), scores, len(path.arms))
    return _of_drawn(Counter(drawn), observed, unit)


def extremeness(groups: Groups) -> Fraction:
    """The distance of two means, or what the arms' means explain of the sum of squares; exact."""
    if len(groups) == 2:
        (first, first_sum), (second, second_sum) = groups
        if not first or not second:
            return Fraction(0)
        return abs(Fraction(first_sum, first) - Fraction(second_sum, second))
    total = sum(own for _, own in groups)
    between = sum((Fraction(own * own, count) for count, own in groups if count), start=Fraction(0))
    return between - Fraction(total * total, sum(count for count, _ in groups))


def _of_drawn(found: Mapping[Groups, int], observed: Groups, unit: int) -> Verdict:
    trials = sum(found.values())
    share, empty = _share_of({groups: Fraction(times, trials) for groups, times in found.items()}, observed)
    p = (share * trials + 1) / (trials + 1)
    return Verdict(p, False, _shown(observed, unit), trials, sqrt(p * (1 - p) / trials), empty)


def _shown(groups: Groups, unit: int) -> Fraction:
    """The statistic in the unit of the outcomes, with its sign for two arms."""
    if len(groups) > 2:
        return extremeness(groups) / unit**2
    (first, first_sum), (second, second_sum) = groups
    return (Fraction(first_sum, first) - Fraction(second_sum, second)) / unit


def _share_of(chances: dict[Groups, Number], observed: Groups) -> tuple[Number, Number]:
    """How likely what is at least as extreme is, and how likely two arms cannot be compared."""
    least = extremeness(observed)
    extreme = sum((chance for groups, chance in chances.items() if extremeness(groups) >= least), start=Fraction(0))
    empty = sum(
        (chance for groups, chance in chances.items() if len(groups) == 2 and not all(n for n, _ in groups)),
        start=Fraction(0),
    )
    return extreme, empty


def _joined(groups: Groups, arm: int, score: int | None) -> Groups:
    """The groups with one more subject; one without a score is not compared."""
    if score is None:
        return groups
    count, total = groups[arm]
    return (*groups[:arm], (count + 1, total + score), *groups[arm + 1 :])


def _groups_of(method: Method[Any], subjects: Sequence[Allocated], scores: Sequence[int | None]) -> Groups:
    """The groups as they were; ImpossibleAllocation where the law gives one of the arms no chance."""
    memory = method.start()
    groups: Groups = ((0, 0),) * len(method.ratio)
    for number, (subject, score) in enumerate(zip(subjects, scores, strict=True), start=1):
        if not method.law(memory, subject.levels)[subject.arm]:
            raise ImpossibleAllocation(number)
        memory = method.after(memory, Step(subject.arm, subject.levels, subject.response))
        groups = _joined(groups, subject.arm, score)
    return groups


def _weigh(
    method: Method[Any], subjects: Sequence[Allocated], scores: Sequence[int | None]
) -> tuple[dict[Groups, Number], int] | None:
    """How likely each set of groups is, and the steps that took; None where there are too many histories."""
    begin: Groups = ((0, 0),) * len(method.ratio)
    reached: dict[Hashable, dict[Groups, Number]] = {method.start(): {begin: Fraction(1)}}
    steps = laws = 0
    for subject, score in zip(subjects, scores, strict=True):
        laws += len(reached)
        if laws > LAWS_MAX:
            return None
        following: dict[Hashable, dict[Groups, Number]] = defaultdict(lambda: defaultdict(Fraction))
        for memory, weights in reached.items():
            for arm, chance in enumerate(method.law(memory, subject.levels)):
                if not chance:
                    continue
                steps += len(weights)
                if steps > STEPS_MAX:
                    return None
                onward = following[method.after(memory, Step(arm, subject.levels, subject.response))]
                for groups, weight in weights.items():
                    onward[_joined(groups, arm, score)] += weight * chance
        reached = following
    total: dict[Groups, Number] = defaultdict(Fraction)
    for weights in reached.values():
        for groups, weight in weights.items():
            total[groups] += weight
    return total, steps
