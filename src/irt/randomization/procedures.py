"""The one door from a study's randomization plan to the procedure that follows it."""

from collections.abc import Mapping, Sequence

from irt.randomization.dynamic import Dynamic
from irt.randomization.factorial import Factorial
from irt.randomization.listed import Listed
from irt.randomization.open_cohort import OpenCohort
from irt.randomization.permuted_block import PermutedBlock
from irt.randomization.platform import Platform
from irt.randomization.scheme import Procedure
from irt.study import randomization_plan as plans
from irt.study.arms import Arm
from irt.study.definition import StudyDefinition


def procedure_for(
    plan: plans.RandomizationPlan, arms: Sequence[Arm], levels: Mapping[str, tuple[str, ...]] | None = None
) -> Procedure:
    """The procedure of a plan over the study's arms; UnusablePlan where its settings contradict themselves.

    `levels` are the known levels of the factors, for methods that look at more than the subject's own.
    """
    match plan:
        case plans.PermutedBlocks():
            return PermutedBlock.of(plan, arms)
        case plans.Minimization() | plans.OtherDesign():
            return Dynamic.of(plan, arms, levels)
        case plans.Factorial():
            return Factorial.of(plan, arms)
        case plans.Platform():
            return Platform.of(plan, arms)
        case plans.Listed():
            return Listed.of(plan, arms)
        case plans.OpenCohort():
            return OpenCohort.of(arms)


def procedure_in(definition: StudyDefinition, stage: int = 1) -> Procedure:
    """The procedure of a subject's first randomization in a study, or of a later one."""
    levels = {factor.code: definition.levels_of(factor.code) for factor in definition.factors}
    arms = definition.arms_of(stage)
    if stage == 1:
        return procedure_for(definition.randomization, arms, levels)
    return Dynamic.of(definition.later_randomizations[stage - 2].design, arms, levels, f"randomization {stage}")
