"""A trial's own subjects allocated anew, many times, by the law of its design."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from irt.randomization.assessment.minimize_many import minimize_many
from irt.randomization.assessment.profiles import Profiles
from irt.randomization.assessment.sequences import Tell, batches, quiet
from irt.randomization.assessment.simulation import draw
from irt.randomization.methods.method import Levels, Method, Step
from irt.randomization.methods.minimization import Minimization

BATCH = 2_000
"""Trials drawn side by side."""
WHOLE_MAX = 1 << 62
"""Sums below are kept in machine words."""

Group = tuple[int, int]
"""Subjects compared in an arm, and the sum of their scores."""
Groups = tuple[Group, ...]


class Allocated(NamedTuple):
    """One subject of the trial, in the order of allocation."""

    arm: int
    outcome: Fraction | None
    levels: Levels = ()
    response: int | None = None


def drawn_groups(
    method: Method[Any],
    subjects: Sequence[Allocated],
    scores: Sequence[int | None],
    trials: int,
    seed: int,
    tell: Tell = quiet,
) -> dict[Groups, int]:
    """How often each set of groups came up in so many trials; the same seed, the same trials."""
    found: dict[Groups, int] = defaultdict(int)
    for arms in _all_arms(method, subjects, trials, seed, tell):
        for groups in groups_of(arms, scores, len(method.ratio)):
            found[groups] += 1
    return found


def _all_arms(
    method: Method[Any], subjects: Sequence[Allocated], trials: int, seed: int, tell: Tell
) -> Iterator[NDArray[np.int8]]:
    """The arms of all trials, batch by batch; one row a subject, one column a trial."""
    if isinstance(method, Minimization):
        profiles = Profiles(method.grid.factors, len(subjects), [subject.levels for subject in subjects])
        yield minimize_many(method.rule, profiles, trials, seed, tell).arms
        return
    done = 0
    for size, generator in batches(trials, seed, BATCH):
        yield _arms(method, subjects, size, generator)
        done += size
        tell(done, trials)


def _arms(
    method: Method[Any], subjects: Sequence[Allocated], trials: int, generator: np.random.Generator
) -> NDArray[np.int8]:
    """Trials with one memory ask for its law together."""
    arms = np.empty((len(subjects), trials), dtype=np.int8)
    memories: list[Any] = [method.start()]
    at = np.zeros(trials, dtype=np.intp)
    for row, subject in enumerate(subjects):
        laws = np.array([[float(chance) for chance in method.law(memory, subject.levels)] for memory in memories])
        given = draw(laws, at, generator)
        arms[row] = given
        ways, at = np.unique(at * len(method.ratio) + given, return_inverse=True)
        reached: dict[Hashable, int] = {}
        lead_to = []
        for way in ways.tolist():
            before, arm = divmod(way, len(method.ratio))
            memory = method.after(memories[before], Step(arm, subject.levels, subject.response))
            lead_to.append(reached.setdefault(memory, len(reached)))
        memories, at = list(reached), np.array(lead_to, dtype=np.intp)[at]
    return arms


def groups_of(arms: NDArray[np.int8], scores: Sequence[int | None], arms_in_all: int) -> list[Groups]:
    """The groups of each trial; one row a subject, one column a trial."""
    compared = [place for place, score in enumerate(scores) if score is not None]
    kind: Literal["int64", "object"] = "int64" if sum(abs(score or 0) for score in scores) < WHOLE_MAX else "object"
    values = np.array([scores[place] for place in compared], dtype=kind)
    given = arms[compared]
    columns = []
    for arm in range(arms_in_all):
        here = given == arm
        columns.append((here.sum(axis=0).tolist(), (values[:, None] * here).sum(axis=0).tolist()))
    return [tuple((counts[t], sums[t]) for counts, sums in columns) for t in range(arms.shape[1])]
