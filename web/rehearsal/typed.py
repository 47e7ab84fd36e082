"""What people type in a rehearsal, as the simulation reckons with it."""

from decimal import Decimal
from typing import Any

from irt.study.definition import StudyDefinition
from irt.study.randomization_plan import Platform
from simulation.engine.randomizing import NO_WEIGHT


def weight_at(definition: StudyDefinition, visit: str | None, weight_kg: float) -> Decimal | None:
    """A weight at a visit whose kits follow it, within what there is a dose for; None at any other."""
    doses = [rule.by_weight for rule in definition.dispensing if rule.by_weight and visit in rule.visits]
    if not doses:
        return None
    exact = Decimal(str(weight_kg)).quantize(NO_WEIGHT)
    return min(max(exact, doses[0].weight_kg_min), doses[0].weight_kg_max)


def agents_of(definition: StudyDefinition) -> dict[str, Any]:
    """Agents that a subject may get: in a simulation everybody may get every one."""
    plan = definition.randomization
    return {"agents": [agent.code for agent in plan.agents]} if isinstance(plan, Platform) else {}
