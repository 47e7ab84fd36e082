"""The check before a draw: whether the first kits of every arm the subject could get are there."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from irt.errors import Refusal
from irt.randomization.scheme import Subject as RandomizationSubject
from irt.reads.candidates import candidates_at, candidates_at_depot
from irt.services.choose_at_depot import days_to_the_door
from irt.services.subjects import LockedSubject
from irt.services.work import Work
from irt.study.definition import StudyDefinition
from irt.study.delivery import kits_at_site
from irt.study.dispensing import KitNeed
from irt.study.dispensing_schedule import kits_due, rule_for
from irt.study.schedule import treatment_days
from irt.supply.dispensing_window import dispensing_windows
from irt.supply.kit_selection import Candidate, lacking


class RandomizationNotPossible(Refusal):
    """The stock check failed before the draw; the same words whatever was missing (L09)."""

    tells_supply = True

    def __init__(self, trace: str, candidates: dict[str, Any]) -> None:
        super().__init__(
            "Randomization is not possible at this site at the moment. Nothing was drawn. Supply has been told.",
            trace,
        )
        self.candidates = candidates


class StockSeen(NamedTuple):
    """What the check saw, kept for replay; `servable` names arms only where the draw is forced to these."""

    seen: dict[str, Any]
    servable: tuple[str, ...] | None = None


def all_arms_check(
    work: Work,
    subject: LockedSubject,
    facts: RandomizationSubject,
    dose_level: str | None,
    weight_kg: Decimal | None,
    *,
    may_force: bool = False,
) -> StockSeen:
    """What is there; RandomizationNotPossible where one arm could not be served today.

    Where a draw may be forced, only if none could.
    """
    definition = subject.definition
    visit = next((v for v in definition.visits if v.kind == "randomization" and v.dispenses), None)
    if not definition.conduct.all_arms_on_site or visit is None:
        return StockSeen({})
    arms = _possible_arms(definition, facts)
    needs = {arm: _first_kits(definition, arm, dose_level, visit.code, weight_kg) for arm in arms}
    kit_types = {need.kit_type for due in needs.values() for need in due}
    most = sum(need.quantity for due in needs.values() for need in due)
    candidates = _candidates(work, subject, visit.code, kit_types, most)
    windows = dispensing_windows(
        definition, subject.site.country, kit_types, treatment_days(definition, visit.code)
    )
    today = subject.site.today(work.at) + timedelta(days=days_to_the_door(work, subject, visit.code))
    seen = {"kits": sorted([c.number or c.lot, c.kit_type, c.expiry.isoformat()] for c in candidates)}
    short = {arm: missing for arm, due in needs.items() if (missing := lacking(candidates, due, today, windows))}
    if not short:
        return StockSeen({**seen, "every_arm_can_be_served": True})
    servable = tuple(arm for arm in arms if arm not in short)
    if not may_force or not servable:
        raise RandomizationNotPossible(f"all-arms check failed before the draw: {short}", {**seen, "short": short})
    return StockSeen({**seen, "short": short}, servable)


def _possible_arms(definition: StudyDefinition, facts: RandomizationSubject) -> Iterable[str]:
    """Every arm that is open to the subject; in a platform study those of the agents the subject may get."""
    plan = definition.randomization
    if facts.open_arms is not None:
        return facts.open_arms
    if plan.method != "platform":
        return [arm.code for arm in definition.arms]
    agents = [agent for agent in plan.agents if agent.code in facts.agents]
    return [arm for agent in agents for arm in (agent.active, agent.placebo)]


def _first_kits(
    definition: StudyDefinition, arm: str, dose_level: str | None, visit: str, weight_kg: Decimal | None
) -> Sequence[KitNeed]:
    """The kits of the first visit; a weight not known yet counts as the lightest the study has a dose for."""
    by_weight = rule_for(definition, arm, dose_level, visit).by_weight
    if by_weight is not None and weight_kg is None:
        weight_kg = by_weight.weight_kg_min
    return kits_due(definition, arm, dose_level, visit, weight_kg)


def _candidates(work: Work, subject: LockedSubject, visit: str, kit_types: set[str], most: int) -> list[Candidate]:
    """Kits at the site, or at its depot where that depot sends the kits of the visit to subjects' homes."""
    definition, site = subject.definition, subject.site
    if kits_at_site(definition.delivery, site.country).has(home=definition.goes_home(visit)):
        return candidates_at(
            work.connection, subject.study_id, site.id, site.country, site.label_group, kit_types, lock=False
        )
    return candidates_at_depot(
        work.connection, subject.study_id, site.depot_id, site.country, site.label_group, kit_types, most
    )
