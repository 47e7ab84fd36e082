"""Factorial designs: each component is minimized by itself, and the arm is the combination of what they chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from irt.randomization import margins
from irt.randomization.drawing import draw_named
from irt.randomization.marginal_rule import MarginalRule
from irt.randomization.scheme import Allocation, Probabilities, State, Subject, UnusablePlan
from irt.randomization.stream import Draw, Seed, Stream
from irt.study import randomization_plan
from irt.study.arms import Arm


@dataclass(frozen=True, slots=True)
class Component:
    """One treatment factor: its groups of arms, minimized in their own ratio on a stream of its own name."""

    name: str
    groups: tuple[str, ...]
    group_of: dict[str, str]
    factors: tuple[str, ...]
    rule: MarginalRule

    @classmethod
    def of(cls, plan: randomization_plan.Component) -> "Component":
        """The component of a plan; UnusablePlan where the groups and the ratio name different levels."""
        if plan.groups.keys() != plan.ratio.keys():
            raise UnusablePlan(f"The ratio of {plan.name} does not name the same levels as its groups.")
        group_of = {arm: group for group, arms in plan.groups.items() for arm in arms}
        if len(group_of) != sum(map(len, plan.groups.values())):
            raise UnusablePlan(f"An arm is in two groups of {plan.name}.")
        factors = tuple(weighted.factor for weighted in plan.minimization.factors)
        margins.refuse_ambiguous(factors)
        ratio = tuple(plan.ratio[group] for group in plan.groups)
        return cls(plan.name, tuple(plan.groups), group_of, factors, MarginalRule.of(plan.minimization, ratio))

    def probabilities(self, state: State, subject: Subject) -> Probabilities:
        """Each group's exact probability."""
        keys = margins.margin_keys(self.factors, subject)
        law = self.rule.law([self._group_counts(state, key) for key in keys])
        return tuple(zip(self.groups, law, strict=True))

    def _group_counts(self, state: State, key: str) -> list[int]:
        counts = dict.fromkeys(self.groups, 0)
        for arm, count in state.get(key, {}).items():
            counts[self.group_of[arm]] += count
        return list(counts.values())


@dataclass(frozen=True, slots=True)
class Factorial:
    """Several components; the arm is the only one that has the level each of them chose."""

    arms: tuple[str, ...]
    components: tuple[Component, ...]
    arm_of: dict[tuple[str, ...], str]

    @classmethod
    def of(cls, plan: randomization_plan.Factorial, arms: Sequence[Arm]) -> "Factorial":
        """The procedure of a plan; UnusablePlan where a combination has no arm or two."""
        components = tuple(Component.of(component) for component in plan.components)
        codes = tuple(arm.code for arm in arms)
        if any(set(component.group_of) != set(codes) for component in components):
            raise UnusablePlan("Every component must place every arm in one of its groups.")
        if len({component.name for component in components}) != len(components):
            raise UnusablePlan("Two components have the same name, so they would share their random numbers.")
        arm_of = {tuple(component.group_of[arm] for component in components): arm for arm in codes}
        if not len(arm_of) == len(codes) == prod(len(component.groups) for component in components):
            raise UnusablePlan("Every combination of the components' levels must belong to exactly one arm.")
        return cls(codes, components, arm_of)

    def stratum(self, subject: Subject) -> str:
        """No list: one stream for each component serves all subjects."""
        return ""

    def state_keys(self, subject: Subject) -> tuple[str, ...]:
        """A row for each factor that any component balances, at the subject's level."""
        factors = dict.fromkeys(factor for component in self.components for factor in component.factors)
        return margins.margin_keys(factors, subject)

    def probabilities(self, state: State, subject: Subject) -> Probabilities:
        """The product, arm by arm, of its groups' probabilities."""
        return self._joint([component.probabilities(state, subject) for component in self.components])

    def assign(self, state: State, subject: Subject, seed: Seed) -> Allocation:
        """Draws a group in each component; the arm is their combination."""
        rows = margins.seen(state, self.state_keys(subject))
        laws = [component.probabilities(rows, subject) for component in self.components]
        streams = [seed.stream("factorial", component.name) for component in self.components]
        groups, draws = self._draw(laws, streams, subject.number)
        arm = self.arm_of[groups]
        return Allocation(
            arm=arm,
            probabilities=self._joint(laws),
            draws=draws,
            stream_ids=tuple(stream.stream_id for stream in streams),
            seen=rows,
            after=margins.counted(rows, self.arms, arm),
        )

    def _draw(
        self, laws: Sequence[Probabilities], streams: Sequence[Stream], number: int
    ) -> tuple[tuple[str, ...], tuple[Draw, ...]]:
        drawn = [draw_named(law, stream, number) for law, stream in zip(laws, streams, strict=True)]
        return tuple(group for group, _ in drawn), tuple(draw for _, draw in drawn)

    def _joint(self, laws: Sequence[Probabilities]) -> Probabilities:
        chances = [dict(law) for law in laws]
        chance_of = {
            arm: prod((chance[group] for chance, group in zip(chances, groups, strict=True)), start=Fraction(1))
            for groups, arm in self.arm_of.items()
        }
        return tuple((arm, chance_of[arm]) for arm in self.arms)
