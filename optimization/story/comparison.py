"""Plans side by side: what each costs, how well it serves, how much it sends and wastes, what is proven of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from optimization.plan import Plan
from optimization.problem import NodeKind, Problem
from optimization.result import Component, CostSplit
from optimization.story.carbon import CarbonFactors, carbon_by_lane, carbon_total
from optimization.story.charges import charges
from optimization.story.cost_table import cost_split
from optimization.story.expiry_waterfall import expiry_waterfall
from optimization.story.stock_book import stock_book, tally


class Unit(StrEnum):
    """What a figure counts; shares are fractions of one."""

    CENTS = "cents"
    SHARE = "share"
    KITS = "kits"
    CONSIGNMENTS = "consignments"
    GRAMS = "grams"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plan under a name, for its own problem; the bound where one is proven for it."""

    name: str
    problem: Problem
    plan: Plan
    bound: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What one plan comes to. `overage`: kits at sites that nobody used, as a share of those used.

    Consignments and kits sent are those that the plan raises; parcels to homes are told apart.
    """

    name: str
    cost: CostSplit
    service: float
    unmet: int
    overage: float
    wasted: int
    consignments: int
    kits_sent: int
    kits_to_homes: int
    grams: int
    bound: int | None

    @property
    def gap(self) -> float | None:
        """(cost - bound) / bound; None without a bound above zero."""
        return (self.cost.total - self.bound) / self.bound if self.bound else None


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure of all plans, in their order; None where a plan has none."""

    group: str
    measure: str
    unit: Unit
    values: tuple[float | int | None, ...]

    def against_first(self, index: int) -> float | None:
        """The plan's difference to the first one: of shares in points, of anything else as a share of it."""
        first, value = self.values[0], self.values[index]
        if first is None or value is None or index == 0:
            return None
        if self.unit is Unit.SHARE:
            return value - first
        return (value - first) / first if first else None


COMPONENT_WORDS = {
    Component.FIXED: "Journeys",
    Component.SHIPPERS: "Shippers",
    Component.KITS: "Kits on the way",
    Component.HOLDING: "Holding",
    Component.WASTE: "Kits wasted",
    Component.UNMET: "Kits missing",
}


def figures(one: Candidate, factors: CarbonFactors) -> Figures:
    """What the plan comes to."""
    problem = one.problem
    split = cost_split(charges(problem, one.plan))
    used = sum(use.kits for use in one.plan.dispensings)
    wanted = problem.kits_wanted
    own, to_homes = _sent(problem, one.plan)
    return Figures(
        name=one.name,
        cost=split,
        service=used / wanted if wanted else 1.0,
        unmet=wanted - used,
        overage=_unused_at_sites(problem, one.plan) / used if used else 0.0,
        wasted=sum(month.wasted for month in expiry_waterfall(problem, one.plan)),
        consignments=len(own),
        kits_sent=sum(own),
        kits_to_homes=sum(to_homes),
        grams=carbon_total(problem, one.plan, factors),
        bound=one.bound,
    )


def compare(candidates: Sequence[Candidate], factors: CarbonFactors) -> tuple[MeasureRow, ...]:
    """Every measure in the order of the table: result, cost, effort and footprint, proof."""
    each = [figures(one, factors) for one in candidates]
    rows = [
        _row("Result", "Total cost", Unit.CENTS, [one.cost.total for one in each]),
        _row("Result", "Kits served when wanted", Unit.SHARE, [one.service for one in each]),
        _row("Result", "Kits missing", Unit.KITS, [one.unmet for one in each]),
    ]
    rows += [
        _row("Cost", words, Unit.CENTS, [getattr(one.cost, component.value) for one in each])
        for component, words in COMPONENT_WORDS.items()
    ]
    effort = "Effort and footprint"
    at_home = [one.kits_to_homes for one in each]
    homes = [_row(effort, "Kits in parcels to homes", Unit.KITS, at_home)] if any(at_home) else []
    return (
        *rows,
        _row(effort, "Consignments", Unit.CONSIGNMENTS, [one.consignments for one in each]),
        _row(effort, "Kits sent", Unit.KITS, [one.kits_sent for one in each]),
        *homes,
        _row(effort, "Kits wasted", Unit.KITS, [one.wasted for one in each]),
        _row(effort, "Overage at sites", Unit.SHARE, [one.overage for one in each]),
        _row(effort, "Carbon (CO₂e)", Unit.GRAMS, [one.grams for one in each]),
        _row("Proof", "Proven bound", Unit.CENTS, [one.bound for one in each]),
        _row("Proof", "Gap to bound", Unit.SHARE, [one.gap for one in each]),
    )


def carbon_beside(
    candidates: Sequence[Candidate], factors: CarbonFactors
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Grams of every lane that any of the plans uses, by its name."""
    each = [
        {lane.lane: lane.grams for lane in carbon_by_lane(one.problem, one.plan, factors)} for one in candidates
    ]
    return tuple((lane, tuple(told.get(lane, 0) for told in each)) for lane in sorted(set[str]().union(*each)))


def _row(group: str, measure: str, unit: Unit, values: Sequence[float | int | None]) -> MeasureRow:
    return MeasureRow(group, measure, unit, tuple(values))


def _sent(problem: Problem, plan: Plan) -> tuple[list[int], list[int]]:
    """Kits of each consignment that the plan raises, and of the parcels that are raised when they are dispensed."""
    own, to_homes = [], []
    for one in plan.consignments:
        kind = problem.nodes[problem.lanes[one.lane].destination].kind
        kits = sum(number for _, number in one.lines)
        if not kind.only_ready:
            own.append(kits)
        elif kind is NodeKind.HOMES:
            to_homes.append(kits)
    return own, to_homes


def _unused_at_sites(problem: Problem, plan: Plan) -> int:
    at_sites = [at for at in stock_book(problem, plan) if at.node.kind.uses_kits]
    told = [tally(at, problem.horizon_days) for at in at_sites]
    return sum(one.expired + one.left for one in told)
