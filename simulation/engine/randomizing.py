"""Randomization by the production engine: its procedures, its stream, its check of all arms."""

from collections.abc import Mapping
from decimal import Decimal

from irt.randomization.procedures import procedure_in
from irt.randomization.scheme import Row, Subject
from irt.randomization.stream import Seed
from irt.study.definition import StudyDefinition
from irt.study.dispensing import KitNeed
from irt.study.dispensing_schedule import kits_due, rule_for
from irt.study.open_arms import open_agents, open_arms
from irt.study.randomization_plan import Platform
from irt.study.schedule import treatment_days
from simulation.engine.giving import can_give
from simulation.engine.world import Asked, Site, World

NO_WEIGHT = Decimal("0.1")


class Dispenser:
    """What is due at a visit by the study's own rules, looked up once."""

    def __init__(self, definition: StudyDefinition) -> None:
        self._definition = definition
        self._due: dict[tuple[str, str | None, str, Decimal | None], tuple[tuple[str, int], ...]] = {}
        self._days: dict[tuple[str, int], int] = {}

    def asked(
        self, arm: str, level: str | None, visit: tuple[str, int], weight_kg: float, who: int, words: str = ""
    ) -> Asked:
        """The kits due to a subject at a visit, and how long they must last."""
        code, occurrence = visit
        if visit not in self._days:
            self._days[visit] = treatment_days(self._definition, code, occurrence)
        return Asked(self._kits(arm, level, code, weight_kg), self._days[visit], who, words or code)

    def _kits(self, arm: str, level: str | None, code: str, weight_kg: float) -> tuple[tuple[str, int], ...]:
        dose = rule_for(self._definition, arm, level, code).by_weight
        weight = None
        if dose is not None:
            exact = Decimal(str(weight_kg)).quantize(NO_WEIGHT)
            weight = min(max(exact, dose.weight_kg_min), dose.weight_kg_max)
        key = arm, level, code, weight
        if key not in self._due:
            needs: tuple[KitNeed, ...] = kits_due(self._definition, arm, level, code, weight)
            self._due[key] = tuple((need.kit_type, need.quantity) for need in needs)
        return self._due[key]


class Randomizer:
    """Draws arms one subject after the other; remembers as the product's rows do."""

    def __init__(self, world: World, dispenser: Dispenser) -> None:
        self._world, self._dispenser = world, dispenser
        self._procedure = procedure_in(world.definition)
        self._seed = Seed(world.inputs.allocation_key, world.definition.study.protocol)
        self._rows: dict[str, Row] = {}
        visits = (visit for visit in world.definition.visits if visit.kind == "randomization" and visit.dispenses)
        self._first = next(visits, None)

    def can_serve_all_arms(self, site: Site, level: str | None, weight_kg: float) -> bool:
        """The production check before the draw, where the study asks for it."""
        world = self._world
        if not world.definition.conduct.all_arms_on_site or self._first is None:
            return True
        visit = self._first.code, 0
        arms = open_arms(world.definition, 1, [], world.date_of(world.day))
        codes = [arm.code for arm in world.definition.arms] if arms is None else arms
        return all(can_give(world, site, self._dispenser.asked(arm, level, visit, weight_kg, 0)) for arm in codes)

    def draw(self, number: int, levels: Mapping[str, str]) -> str:
        """The arm of the so-maniest subject, from 1."""
        definition, today = self._world.definition, self._world.date_of(self._world.day)
        plan = definition.randomization
        agents = [agent.code for agent in plan.agents] if isinstance(plan, Platform) else []
        eligible = agents or [arm.code for arm in definition.arms_of(1)]
        facts = Subject(
            number,
            levels,
            open_agents(definition, agents, today),
            None,
            open_arms(definition, 1, eligible, today),
        )
        state = {key: self._rows.get(key, {}) for key in self._procedure.state_keys(facts)}
        allocation = self._procedure.assign(state, facts, self._seed)
        self._rows.update(allocation.after)
        return allocation.arm
