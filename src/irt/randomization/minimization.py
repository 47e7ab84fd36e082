"""Minimization (Pocock and Simon 1975): the arm that leaves the margins most balanced is the likeliest."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from irt.randomization import margins
from irt.randomization.marginal_rule import MarginalRule
from irt.randomization.scheme import Allocation, Probabilities, State, Subject, draw_arm
from irt.randomization.stream import Seed
from irt.study import randomization_plan
from irt.study.arms import Arm


@dataclass(frozen=True, slots=True)
class Minimization:
    """Minimization over K arms; one draw for each subject, at the assignment number."""

    arms: tuple[str, ...]
    factors: tuple[str, ...]
    rule: MarginalRule

    @classmethod
    def of(cls, plan: randomization_plan.Minimization, arms: Sequence[Arm]) -> "Minimization":
        """The procedure of a plan."""
        factors = tuple(weighted.factor for weighted in plan.factors)
        margins.refuse_ambiguous(factors)
        rule = MarginalRule.of(plan, tuple(arm.ratio for arm in arms))
        return cls(tuple(arm.code for arm in arms), factors, rule)

    def stratum(self, subject: Subject) -> str:
        """No list: one stream serves all subjects."""
        return ""

    def state_keys(self, subject: Subject) -> tuple[str, ...]:
        """A row for each factor, at the subject's level."""
        return margins.margin_keys(self.factors, subject)

    def probabilities(self, state: State, subject: Subject) -> Probabilities:
        """The rule's law over the counts at the subject's levels."""
        return tuple(zip(self.arms, self.rule.law(self._margins(state, subject)), strict=True))

    def imbalances(self, state: State, subject: Subject) -> dict[str, Fraction | float]:
        """The weighted imbalance that each arm would leave."""
        return dict(zip(self.arms, self.rule.scores(self._margins(state, subject)), strict=True))

    def preferred(self, state: State, subject: Subject) -> tuple[str, ...]:
        """The arms that leave the least imbalance, ties included."""
        return tuple(self.arms[arm] for arm in self.rule.preferred(self._margins(state, subject)))

    def assign(self, state: State, subject: Subject, seed: Seed) -> Allocation:
        """Draws the arm and counts the subject in each of its rows."""
        rows = margins.seen(state, self.state_keys(subject))
        probabilities = self.probabilities(rows, subject)
        stream = seed.stream("minimization", self.stratum(subject))
        arm, draw = draw_arm(probabilities, stream, subject.number)
        after = margins.counted(rows, self.arms, arm)
        return Allocation(arm, probabilities, (draw,), (stream.stream_id,), rows, after)

    def _margins(self, state: State, subject: Subject) -> list[list[int]]:
        return [margins.counts(state.get(key, {}), self.arms) for key in self.state_keys(subject)]
