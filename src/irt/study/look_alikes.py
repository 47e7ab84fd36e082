"""Arms that a blinded person cannot tell apart."""

from irt.study.definition import StudyDefinition
from irt.study.part import Code
from irt.study.randomization_plan import Platform


def look_alike_arms(definition: StudyDefinition) -> dict[Code | None, tuple[Code, ...]]:
    """Groups of arms that must look the same: by agent in a platform, else one group under None.

    In an open study nothing has to look the same, and there is no group.
    """
    if not definition.blinded:
        return {}
    if isinstance(definition.randomization, Platform):
        return {agent.code: (agent.active, agent.placebo) for agent in definition.randomization.agents}
    return {None: tuple(arm.code for arm in definition.arms)}
