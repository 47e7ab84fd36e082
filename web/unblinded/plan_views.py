"""What the pages of one plan are made from: the head they share, and a view for each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import Refusal
from irt.reads.unblinded_plans import ConsignmentShown, PlanShown, RunLine
from irt.states.plan import EditKind, RunStatus
from optimization.check.verdict import Code
from optimization.plan import Consignment
from optimization.story.binding import BindingRule
from optimization.story.carbon import LaneCarbon
from optimization.story.comparison import Figures, MeasureRow
from optimization.story.cost_table import CostRow
from optimization.story.expiry_waterfall import ExpiryMonth, LotWaste
from optimization.story.plan_changes import PlanChange
from optimization.story.stock_projection import StockProjection
from optimization.story.why import OtherWay
from web.blinded.desk import Desk
from web.blinded.one_study import may
from web.unblinded.open_plan import OpenPlan
from web.unblinded.plan_files import SHEETS
from web.unblinded.plan_forecast import ForecastView

RULE_WORDS: Mapping[Code, str] = {
    Code.CALENDAR: "Calendar: no departure, or a place is closed",
    Code.HOLD: "No box holds its temperature for the journey",
    Code.TEMPERATURE: "Temperature class",
    Code.SHIPPER_CAPACITY: "Room in the boxes",
    Code.STOCK: "Service: kits would not be there when they are needed",
    Code.EXPIRY: "Lots would have expired",
    Code.DO_NOT_DISPENSE: "Lots would be too close to expiry to be given",
    Code.RELEASE: "Lot not released for the country",
    Code.LICENCE: "Import licence",
    Code.STORE: "Room in the store",
    Code.DEMAND: "Nothing is wanted",
    Code.KIT: "Kit type",
    Code.INTEGER: "Whole numbers of kits",
    Code.DUPLICATE: "One consignment a day, lane and class",
    Code.LANE: "No such lane",
    Code.LOT: "No such lot",
    Code.DAY: "Outside the days of the plan",
    Code.BLIND: "Blinding: every kit type of a group goes together",
    Code.EMPTY: "Nothing would be in it",
}
"""How the checker's rules are called on a page."""

RULE_ADVICE: Mapping[Code, str] = {
    Code.CALENDAR: "Ask the depot or the site for that day",
    Code.HOLD: "Qualify a box that holds longer, or a faster lane",
    Code.TEMPERATURE: "Qualify the lane for the class",
    Code.SHIPPER_CAPACITY: "Qualify a larger box",
    Code.STOCK: "Stock on hand before, or a faster lane",
    Code.EXPIRY: "Ask for a later expiry, or pack fresher lots",
    Code.DO_NOT_DISPENSE: "Ask for a later expiry, or pack fresher lots",
    Code.RELEASE: "Ask for the lot's release there",
    Code.LICENCE: "Renew or extend the licence",
    Code.STORE: "Ask the place for more room",
    Code.BLIND: "Nothing: it keeps the arms hidden",
    Code.DUPLICATE: "Send it with the other consignment of that day",
}
"""What could be done about a rule; others are how a plan is written down."""


@dataclass(frozen=True)
class PlanHead(UnblindedView):
    """The head of every page of a plan."""

    study_id: int
    shown: PlanShown
    sheets: Sequence[tuple[str, str]]
    may_plan: bool
    may_approve: bool
    carbon_words: str
    command_key: str
    refusal: str = ""


@dataclass(frozen=True)
class PlanView(UnblindedView):
    """The overview: figures, what is proven, what it costs by depot, class and place."""

    head: PlanHead
    figures: Figures
    steps: Sequence[tuple[float, float, float | None]]
    by_depot: Sequence[CostRow]
    by_class: Sequence[CostRow]
    components: Sequence[tuple[str, str]]
    parts: Sequence[tuple[str, float]]
    carbon_source: str
    rule_rows: Sequence[Mapping[str, Any]] = ()
    causes: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True)
class ConsignmentRow(UnblindedView):
    """One consignment in the list; `place` is its place in the plan.

    `to_homes`: parcels to patients, or what is kept for more of them; dispensing raises those.
    """

    place: int
    sent: Consignment
    origin: str
    destination: str
    leaves: date
    arrives: date
    kits: tuple[tuple[str, int], ...]
    boxes: str
    cents: int
    grams: int
    edit: EditKind | None
    shipment: str
    stayed: str = ""
    to_homes: bool = False

    @property
    def number(self) -> int:
        """All kits of it."""
        return sum(kits for _, kits in self.kits)


@dataclass(frozen=True)
class ConsignmentsView(UnblindedView):
    """A page of the plan's consignments, and the wishes that the next plan follows."""

    head: PlanHead
    rows: Sequence[ConsignmentRow]
    today: date
    total: int
    search: str
    previous: str
    next: str


@dataclass(frozen=True)
class WayRow(UnblindedView):
    """One other way: on which day, at what difference, and what forbids it."""

    way: OtherWay
    day: date
    cents: int
    forbidden: str
    details: str
    price: int | None = None


@dataclass(frozen=True)
class WhyView(UnblindedView):
    """Why one consignment: what it feeds and when, until when it could wait, what other ways would cost."""

    head: PlanHead
    row: ConsignmentRow
    uses: Sequence[tuple[date, str, str, int]]
    spare_kits: int
    latest: date
    first_need: date | None
    ways: Sequence[WayRow]
    next_best: WayRow | None
    binding: WayRow | None
    advice: str


@dataclass(frozen=True)
class BindingRow(UnblindedView):
    """A rule that drives the cost: its words, where it binds most, what could be done."""

    words: str
    rule: BindingRule
    places: tuple[str, ...]
    advice: str


@dataclass(frozen=True)
class ReasonsView(UnblindedView):
    """The rules that drive the cost, and the question after a consignment that the plan does not have."""

    head: PlanHead
    binding: Sequence[BindingRow]
    weighed: int
    all: int
    lanes: Sequence[tuple[str, str]]
    temps: Sequence[tuple[str, str]]
    kits: Sequence[tuple[str, str]]
    first: date
    last: date
    typed: Mapping[str, str] = field(default_factory=dict)
    answer: WayRow | None = None


@dataclass(frozen=True)
class StockView(UnblindedView):
    """The stock to come at one place, of one kit type or one blinding group."""

    head: PlanHead
    places: Sequence[tuple[str, str]]
    names: Sequence[tuple[str, str]]
    place: str
    name: str
    grouped: bool
    told: StockProjection
    days: Sequence[date]
    wanted: int
    used: int
    band_words: str
    forecast: ForecastView | None = None

    @property
    def place_words(self) -> str:
        """The place as the choice names it."""
        return dict(self.places)[self.place]

    @property
    def deliveries(self) -> list[tuple[int, int]]:
        """Days with arrivals, counted from the first one shown, and how many kits arrive."""
        return [(day.day, day.arrived) for day in self.told.deliveries]


@dataclass(frozen=True)
class ExpiryView(UnblindedView):
    """Kits by the month in which they expire."""

    head: PlanHead
    months: Sequence[ExpiryMonth]
    lots: Sequence[LotWaste]
    by_month: Sequence[tuple[str, int, int]]

    @property
    def month_words(self) -> list[str]:
        """The months as the picture names them."""
        return [f"{one.month:%b %y}" for one in self.months]


@dataclass(frozen=True)
class NetworkView(UnblindedView):
    """The network, with what is missing where."""

    head: PlanHead
    picture: str
    lanes: Sequence[tuple[CostRow, LaneCarbon]]
    source: str


@dataclass(frozen=True)
class RuleChoice(UnblindedView):
    """A rule that may be played beside the plan, and its newest run there."""

    method: str
    words: str
    run: RunLine | None

    @property
    def under_way(self) -> bool:
        """Whether it is being played."""
        return self.run is not None and self.run.status is RunStatus.RUNNING


@dataclass(frozen=True)
class CompareView(UnblindedView):
    """The plan beside others, and what it changes against the first of them."""

    head: PlanHead
    others: Sequence[RunLine]
    chosen: Sequence[int]
    names: Sequence[str]
    rows: Sequence[MeasureRow]
    parts: Sequence[str]
    splits: Sequence[tuple[str, Sequence[float]]]
    points: Sequence[tuple[str, float, float]]
    lanes: Sequence[tuple[str, Sequence[int]]]
    changes: Mapping[str, Sequence[PlanChange]]
    rules: Sequence[RuleChoice]
    carbon_source: str


@dataclass(frozen=True)
class ApproveView(UnblindedView):
    """The plan before its signature; after it, what of today and tomorrow was asked of depots, and what was not."""

    head: PlanHead
    role: str
    code_needed: bool
    due: int
    asked: Sequence[str]
    left: Sequence[ConsignmentShown]
    typed: Mapping[str, str]


def head_of(desk: Desk, opened: OpenPlan, refusal: Refusal | None = None) -> PlanHead:
    """The head, for the reader at the desk."""
    shown, study_id = opened.shown, opened.study_id
    return PlanHead(
        study_id=study_id,
        shown=shown,
        sheets=tuple((code, words) for code, (words, _) in SHEETS.items()),
        may_plan=may(desk, Permission.RUN_RESUPPLY, study_id),
        may_approve=shown.approved_at is None and may(desk, Permission.APPROVE_SHIPMENT, study_id),
        carbon_words=opened.factors.words,
        command_key=desk.key(),
        refusal=refusal.sentence if refusal else "",
    )
