"""Randomization by the production engine: its procedures, its stream, its check of all arms."""

from collections.abc import Mapping, Sequence
from datetime import date
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
from simulation.engine.homes import sent_home
from simulation.engine.world import Asked, Site, World
from simulation.inputs.inputs import Inputs
from simulation.network import SitePlace

NO_WEIGHT = Decimal("0.1")


class Dispenser:
    """What is due at a visit by the study's own rules, looked up once."""

    def __init__(self, definition: StudyDefinition) -> None:
        self._definition = definition
        self._due: dict[tuple[str, str | None, str, Decimal | None], tuple[tuple[str, int], ...]] = {}
        self._days: dict[tuple[str, int], int] = {}
        self.first_visit = first_visit(definition)

    def can_serve_all_arms(self, world: World, site: Site, level: str | None, weight_kg: float) -> bool:
        """The production check before the draw, where the study asks for it."""
        if not world.definition.conduct.all_arms_on_site or self.first_visit is None:
            return True
        arms = arms_to_serve(world.definition, world.date_of(world.day))
        first = self.first_visit
        asked = (self.asked(arm, level, (first, 0), weight_kg, 0) for arm in arms)
        return all(can_give(world, site, sent_home(world, site, each, first)) for each in asked)

    def asked(
        self, arm: str, level: str | None, visit: tuple[str, int], weight_kg: float, who: int, words: str = ""
    ) -> Asked:
        """The kits due to a subject at a visit, and how long they must last."""
        code, occurrence = visit
        if visit not in self._days:
            self._days[visit] = treatment_days(self._definition, code, occurrence)
        return Asked(self.kits(arm, level, code, weight_kg), self._days[visit], who, words or code)

    def kits(self, arm: str, level: str | None, code: str, weight_kg: float) -> tuple[tuple[str, int], ...]:
        """Kit types and kits at a visit; weights beyond what the study has a dose for count as the nearest."""
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

    def __init__(self, definition: StudyDefinition, allocation_key: bytes) -> None:
        self._definition = definition
        self._procedure = procedure_in(definition)
        self._seed = Seed(allocation_key, definition.study.protocol)
        self._rows: dict[str, Row] = {}

    def draw(self, number: int, levels: Mapping[str, str], today: date) -> str:
        """The arm of the so-maniest subject, from 1."""
        definition, plan = self._definition, self._definition.randomization
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


def first_visit(definition: StudyDefinition) -> str | None:
    """The visit at which kits are given within the randomization."""
    visits = (visit.code for visit in definition.visits if visit.kind == "randomization" and visit.dispenses)
    return next(visits, None)


def arms_to_serve(definition: StudyDefinition, today: date) -> Sequence[str]:
    """Arms that somebody randomized on that day may get; of a platform, those of the agents that are open."""
    arms, plan = open_arms(definition, 1, [], today), definition.randomization
    if arms is None and isinstance(plan, Platform):
        agents = open_agents(definition, [agent.code for agent in plan.agents], today)
        return [arm for agent in plan.agents if agent.code in agents for arm in (agent.active, agent.placebo)]
    return [arm.code for arm in definition.arms] if arms is None else arms


def levels_of(inputs: Inputs, definition: StudyDefinition, site: SitePlace, person: int) -> dict[str, str]:
    """Factor -> level of a person; what the site knows nobody enters."""
    levels = {}
    known = {"country": site.country, "region": site.region, "site": site.number}
    for place, factor in enumerate(definition.factors):
        entered = int(inputs.people.levels[person, place])
        levels[factor.code] = known.get(factor.source) or factor.level_codes()[entered]
    return levels
