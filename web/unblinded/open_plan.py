"""A kept plan opened for its pages: problem and plan as values, and the names a page may say at each place."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy import Connection

from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_explain import small_sites
from irt.reads.unblinded_plans import ConsignmentShown, PlanShown, plan_files, plan_shown
from irt.study.definition import StudyDefinition
from optimization.live.carbon import carbon_factors
from optimization.plan import Consignment, Plan
from optimization.plan_file import read_plan
from optimization.problem import FREE_NODE, NodeKind, Problem
from optimization.problem_file import read_problem
from optimization.story.carbon import CarbonFactors
from optimization.story.plan_sheet import day_of
from web.blinded.desk import Desk
from web.formats import day as day_words
from web.unblinded.secret_page import require_unblinded


@dataclass(frozen=True)
class OpenPlan:
    """A plan of a study; `small`: sites with too few subjects for kit types to be named beside them.

    `factors`: by which its carbon is told.
    """

    study_id: int
    shown: PlanShown
    problem: Problem
    plan: Plan
    small: frozenset[str]
    groups: Mapping[str, str]
    factors: CarbonFactors

    def named(self, place: str, kit: str) -> str:
        """What a kit type is called at a place: by its blinding group where too few subjects are."""
        return self.groups.get(kit, kit) if place in self.small else kit

    def kits_named(self, place: str, kits: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
        """Kits by type, as they are called at a place, by name."""
        told: Counter[str] = Counter()
        for kit, number in kits:
            told[self.named(place, kit)] += number
        return tuple(sorted(told.items()))

    def kits_of(self, one: Consignment) -> tuple[tuple[str, int], ...]:
        """What a consignment holds, as it is called where it goes."""
        destination = self.problem.lanes[one.lane].destination
        return self.kits_named(destination, ((self.problem.lots[lot].kit, kits) for lot, kits in one.lines))

    def choices(self, place: str) -> Mapping[str, tuple[str, ...]]:
        """The kit types whose stock may be shown at a place, by the name they have there."""
        found: dict[str, list[str]] = {}
        for kit in sorted(self.problem.kit_types):
            found.setdefault(self.named(place, kit), []).append(kit)
        return {name: tuple(kits) for name, kits in found.items()}

    def day(self, number: int) -> date:
        """The calendar day of a day of the horizon."""
        return day_of(self.problem, number)

    def place_words(self, node: str) -> str:
        """What a node is called: the centre that holds stock for nothing by its depot's code, homes by country."""
        if node == FREE_NODE:
            return self._centre
        known = self.problem.nodes.get(node)
        if known is None or not known.kind.only_ready:
            return node
        return f"{'Homes' if known.kind is NodeKind.HOMES else 'Kept for homes'} in {known.country}"

    @property
    def causes(self) -> tuple[tuple[int, str], ...]:
        """What no plan can serve: kits and why, days as dates; at small sites by blinding group."""
        return tuple((cause["kits"], self._said(cause["words"])) for cause in self.shown.verdict.get("causes", ()))

    def _said(self, words: str) -> str:
        if any(re.search(rf"\b{re.escape(site)}\b", words) for site in self.small):
            for kit, group in self.groups.items():
                words = re.sub(rf"\b{re.escape(kit)}\b", group, words)
        return re.sub(r"\bday (\d+)\b", lambda found: day_words(self.day(int(found[1]))), words)

    def kept(self, one: Consignment) -> ConsignmentShown | None:
        """How a consignment was kept: what is wanted of it, and the shipment it became.

        A lane's goods may leave on the next working day instead; their order stays, so they are paired in it.
        """
        return self._kept.get((one.lane, one.temp, one.dispatch_day))

    @cached_property
    def _kept(self) -> dict[tuple[str, str, int], ConsignmentShown]:
        legs: dict[tuple[str, str], list[ConsignmentShown]] = defaultdict(list)
        for leg in sorted(self.shown.consignments, key=lambda leg: leg.dispatch_on):
            legs[leg.lane, leg.storage].append(leg)
        paired: dict[tuple[str, str, int], ConsignmentShown] = {}
        for one in self.plan.consignments:
            if left := legs[one.lane, one.temp]:
                paired[one.lane, one.temp, one.dispatch_day] = left.pop(0)
        return paired

    @cached_property
    def _centre(self) -> str:
        from_centre = {lane.id for lane in self.problem.lanes.values() if lane.origin == FREE_NODE}
        codes = (leg.origin for leg in self.shown.consignments if leg.lane in from_centre)
        return next(codes, FREE_NODE)


def open_plan(desk: Desk, study_id: int, number: int) -> OpenPlan:
    """The plan, for a reader who may know kit types; NotFound where the study has none of that number."""
    require_unblinded(desk, Permission.VIEW_SUPPLY, study_id)
    with desk.store.reading() as connection:
        return opened_plan(connection, study_id, number)


def opened_plan(connection: Connection, study_id: int, number: int) -> OpenPlan:
    """The same within a transaction, for who was let in already."""
    shown, files = plan_shown(connection, study_id, number), plan_files(connection, study_id, number)
    problem = read_problem(json.dumps(files.problem))
    places = [node.id for node in problem.nodes.values() if node.kind.uses_kits]
    small = small_sites(connection, study_id, places)
    definition = definition_in_force(connection, study_id)
    factors = carbon_factors(definition.resupply.planning.carbon)
    return OpenPlan(study_id, shown, problem, read_plan(files.plan), small, _groups(definition), factors)


def place_of(opened: OpenPlan, typed: str) -> int:
    """Which of the plan's consignments an address means; BadInput where there is none."""
    if not (typed.isascii() and typed.isdigit() and int(typed) < len(opened.plan.consignments)):
        raise BadInput("The plan has no such consignment. Choose one of the list.")
    return int(typed)


def _groups(definition: StudyDefinition) -> dict[str, str]:
    return {kit.code: definition.blinding_group(kit.blinding_group).name for kit in definition.kit_types}
