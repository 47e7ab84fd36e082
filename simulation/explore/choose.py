"""The best of several plans: all on the same chances, until the others are clearly behind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulation.analysis.arrays import Floats
from simulation.analysis.paired import Comparison, difference_of
from simulation.analysis.refusals import UnusableReplications
from simulation.analysis.selection import Selected, Selecting, select_best
from simulation.explore.experiment import Looked
from simulation.explore.uncertainty import trial_by_trial
from simulation.spec.scenario import Scenario

PLANS_MAX = 20
AT_A_TIME = 25
"""Replications are played in batches and looked at one by one, so that workers have something to do."""
Columns = Mapping[str, Floats]
PlayTo = Callable[[Scenario, int], Columns]
"""A scenario and a number of replications to the columns of at least so many, from index 0."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen plan; and of every other, how much more of the figure it has, where both were played."""

    selected: Selected
    behind: tuple[Comparison | None, ...]


def choose(scenarios: Sequence[Scenario], looked: Looked, selecting: Selecting, play: PlayTo) -> Choice:
    """The scenario with the least of the figure, as `select_best` promises.

    Raises: UnusableReplications for fewer than two plans, more than PLANS_MAX, or one that is there twice.
    """
    if not 2 <= len(scenarios) <= PLANS_MAX or len({each.hash for each in scenarios}) < len(scenarios):
        raise UnusableReplications(f"A choice is between two and {PLANS_MAX} different scenarios.")
    outcomes = _Outcomes(scenarios, looked, selecting.most, play)
    selected = select_best(outcomes.ask, len(scenarios), selecting)
    return Choice(selected, tuple(_behind(outcomes, selected, place) for place in range(len(scenarios))))


def _behind(outcomes: "_Outcomes", selected: Selected, place: int) -> Comparison | None:
    """Over the replications that the two have in common."""
    if place == selected.best:
        return None
    both = range(min(selected.replications[place], selected.replications[selected.best]))
    best, other = outcomes.ask((selected.best, place), both).T
    return difference_of(best, other)


class _Outcomes:
    """What has been played, by plan."""

    def __init__(self, scenarios: Sequence[Scenario], looked: Looked, most: int, play: PlayTo) -> None:
        self._scenarios, self._looked, self._most, self._play = scenarios, looked, most, play
        self._played: dict[int, Floats] = {}

    def ask(self, policies: tuple[int, ...], at: range) -> Floats:
        """Outcomes, shape (indexes, policies)."""
        return np.array([self._of(policy, at.stop)[at.start : at.stop] for policy in policies]).T

    def _of(self, policy: int, replications: int) -> Floats:
        if len(self._played.get(policy, ())) < replications:
            asked = min(-(-replications // AT_A_TIME) * AT_A_TIME, max(self._most, replications))
            self._played[policy] = trial_by_trial(self._looked, self._play(self._scenarios[policy], asked))
        return self._played[policy]
