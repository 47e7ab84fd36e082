"""A study's own law: its design as one method over all its subjects, each stratum by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from irt.randomization.catalogue import method_of
from irt.randomization.design import Design
from irt.randomization.dynamic import design_of
from irt.randomization.listed import design_of_list
from irt.randomization.methods.method import Law, Levels, Method, Step
from irt.study import randomization_plan as plans
from irt.study.definition import StudyDefinition

Memories = tuple[tuple[Levels, Any], ...]
"""The memory of each stratum in which something has happened, in their order."""


@dataclass(frozen=True, slots=True)
class Stratified:
    """A method that is followed in each stratum anew; a subject's levels are its factors, then its stratum."""

    method: Method[Any]
    factors: int

    @property
    def ratio(self) -> tuple[int, ...]:
        """The planned share of each arm."""
        return self.method.ratio

    def start(self) -> Memories:
        """No stratum has begun."""
        return ()

    def law(self, memory: Memories, levels: Levels = ()) -> Law:
        """The law in the subject's stratum."""
        return self.method.law(self.within(memory, levels), levels[: self.factors])

    def after(self, memory: Memories, step: Step) -> Memories:
        """The subject's stratum one step on."""
        stratum, own = step.levels[self.factors :], step.levels[: self.factors]
        moved = self.method.after(self.within(memory, step.levels), Step(step.arm, own, step.response))
        return tuple(sorted((dict(memory) | {stratum: moved}).items()))

    def within(self, memory: Memories, levels: Levels) -> Any:
        """The memory of the subject's stratum."""
        stratum = levels[self.factors :]
        kept = dict(memory)
        return kept[stratum] if stratum in kept else self.method.start()


@dataclass(frozen=True, slots=True)
class TrialLaw:
    """A design with the factors it looks at and those that part its subjects into strata."""

    design: Design
    strata: tuple[str, ...] = ()
    planned: int | None = None

    def method(self) -> Method[Any]:
        """One method over all subjects."""
        inner = method_of(self.design, self.planned)
        return Stratified(inner, len(self.design.factors)) if self.strata else inner

    def within(self, memory: Any, levels: Levels) -> Any:
        """The memory of the subject's stratum, out of that of the method over all."""
        inner = Stratified(method_of(self.design, self.planned), len(self.design.factors))
        return inner.within(memory, levels) if self.strata else memory

    def levels(self, entered: Mapping[str, str]) -> Levels:
        """A subject's levels as the method is asked; an empty one where none was entered."""
        return (*self.own_levels(entered), *self.stratum(entered))

    def own_levels(self, entered: Mapping[str, str]) -> Levels:
        """The levels that the design itself looks at."""
        return tuple(entered.get(factor.name, "") for factor in self.design.factors)

    def stratum(self, entered: Mapping[str, str]) -> Levels:
        """The subject's level of each factor that makes strata."""
        return tuple(entered.get(factor, "") for factor in self.strata)


def law_of(definition: StudyDefinition) -> TrialLaw | None:
    """The law of a study; None where its plan is no design of the catalogue (factorial, platform, cohorts)."""
    plan, drawn = definition.randomization, definition.arms_of(1)
    levels = {factor.code: definition.levels_of(factor.code) for factor in definition.factors}
    match plan:
        case plans.PermutedBlocks():
            weights = plan.size_weights or (1,) * len(plan.block_sizes)
            sizes = [size for size, weight in zip(plan.block_sizes, weights, strict=True) for _ in range(weight)]
            arms = tuple(arm.code for arm in drawn)
            ratio = tuple(arm.ratio for arm in drawn)
            return TrialLaw(Design(plan.method, arms, ratio, {"block_sizes": sizes}), plan.strata)
        case plans.Listed():
            return TrialLaw(design_of_list(plan, drawn), plan.strata, plan.positions)
        case plans.Minimization():
            return TrialLaw(design_of(plan, drawn, levels))
        case plans.OtherDesign():
            return TrialLaw(design_of(plan, drawn, levels), plan.strata, plan.planned_subjects)
        case _:
            return None
