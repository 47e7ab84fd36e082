"""What is open to a subject on the day of the draw: agents of a platform, arms of a design in which they change."""

from datetime import date

from irt.errors import BadInput
from irt.study.definition import StudyDefinition
from irt.study.randomization_plan import OtherDesign, Platform


def open_agents(definition: StudyDefinition, eligible: list[str], on_day: date) -> tuple[str, ...]:
    """The agents the subject is eligible for that are open on the day, in the order of the study file."""
    plan = definition.randomization
    if not isinstance(plan, Platform):
        return ()
    _refuse_strange(eligible, {agent.code for agent in plan.agents}, "an agent")
    return tuple(
        agent.code
        for agent in plan.agents
        if agent.code in eligible and definition.arm(agent.active).is_open(on_day)
    )


def open_arms(definition: StudyDefinition, stage: int, eligible: list[str], on_day: date) -> tuple[str, ...] | None:
    """The arms the subject can get, in the order of the study file; None where these are all there are."""
    plan, arms = definition.plan_of(stage), definition.arms_of(stage)
    if not isinstance(plan, OtherDesign):
        return None
    codes = [arm.code for arm in arms if arm.is_open(on_day)]
    if plan.eligibility:
        _refuse_strange(eligible, {arm.code for arm in arms}, "an arm")
        codes = [code for code in codes if code in eligible]
    return None if len(codes) == len(arms) else tuple(codes)


def _refuse_strange(eligible: list[str], known: set[str], what: str) -> None:
    if strange := sorted(set(eligible) - known):
        raise BadInput(f"{strange[0]} is not {what} of this study. Nothing was drawn.")
