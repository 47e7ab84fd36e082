"""The one door from a study's randomization plan to the procedure that follows it."""

from collections.abc import Sequence

from irt.randomization.factorial import Factorial
from irt.randomization.minimization import Minimization
from irt.randomization.open_cohort import OpenCohort
from irt.randomization.permuted_block import PermutedBlock
from irt.randomization.platform import Platform
from irt.randomization.scheme import Procedure
from irt.study import randomization_plan as plans
from irt.study.arms import Arm


def procedure_for(plan: plans.RandomizationPlan, arms: Sequence[Arm]) -> Procedure:
    """The procedure of a plan over the study's arms; UnusablePlan where its settings contradict themselves."""
    match plan:
        case plans.PermutedBlocks():
            return PermutedBlock.of(plan, arms)
        case plans.Minimization():
            return Minimization.of(plan, arms)
        case plans.Factorial():
            return Factorial.of(plan, arms)
        case plans.Platform():
            return Platform.of(plan, arms)
        case plans.OpenCohort():
            return OpenCohort.of(arms)
