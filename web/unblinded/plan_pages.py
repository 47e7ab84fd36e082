"""One plan: what it comes to, its consignments, the stock and expiry to come, the network."""

from dataclasses import replace
from itertools import groupby
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import BadInput
from irt.reads.unblinded_plans import run_watched
from irt.services.log_reading import LogReading, log_reading
from optimization.problem import Node
from optimization.story.carbon import LaneCarbon, carbon_by_lane, consignment_grams
from optimization.story.charges import consignment_charges, total_cents
from optimization.story.comparison import COMPONENT_WORDS, Candidate, Figures, figures
from optimization.story.cost_table import CostRow, costs_by_class, costs_by_depot, costs_by_lane
from optimization.story.demand_band import chance_band
from optimization.story.expiry_waterfall import expiry_waterfall, waste_by_lot
from optimization.story.network_map import network_map
from optimization.story.stock_projection import stock_projection
from web import charts
from web.blinded.desk import Desk, go
from web.blinded.one_study import study_of
from web.downloads import table_answer, table_in
from web.forms import Fields
from web.frame import mode_of
from web.unblinded.open_desk import open_desk_of
from web.unblinded.open_plan import OpenPlan, open_plan
from web.unblinded.plan_files import SHEETS
from web.unblinded.plan_forecast import stock_forecast
from web.unblinded.plan_runs import posted_plan_study
from web.unblinded.plan_views import (
    ConsignmentRow,
    ConsignmentsView,
    ExpiryView,
    NetworkView,
    PlanView,
    StockView,
    head_of,
)
from web.unblinded.secret_page import secret_page, whole_study

ROWS_A_PAGE = 50
_BAND = (
    "The line is the plan. The band holds 90 % of what may come if each wanted kit came by chance on its own: "
    "an assumption that knows no subject by name."
)


class PlanPages(Controller):
    """A plan of a study."""

    path = "/supply/optimizer/{number:int}"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], number: FromPath[int]) -> Response[Any]:
        """The overview; blinded planners are shown theirs."""
        study_id = study_of(desk, Permission.VIEW_SUPPLY)
        if study_id is None:
            return go("/switch")
        desk.who.actor.require(Permission.VIEW_SUPPLY, study_id)
        if not desk.who.actor.unblinded_in(study_id):
            return go(f"/supply/plans/{number}")
        opened = open_plan(desk, study_id, number)
        return plan_page(desk, opened, "overview", _overview(desk, opened))

    @get("/consignments", sync_to_thread=True)
    def consignments(
        self,
        desk: NamedDependency[Desk],
        number: FromPath[int],
        page: FromQuery[int] = 1,
        search: FromQuery[str] = "",
    ) -> Response[Any]:
        """What leaves when, by day."""
        opened = chosen_plan(desk, number)
        return plan_page(
            desk, opened, "consignments", consignments_view(desk, opened, max(page, 1), search.strip())
        )

    @get("/stock", sync_to_thread=True)
    def stock(
        self,
        desk: NamedDependency[Desk],
        number: FromPath[int],
        place: FromQuery[str] = "",
        name: FromQuery[str] = "",
    ) -> Response[Any]:
        """The stock to come at one place."""
        opened = chosen_plan(desk, number)
        return plan_page(desk, opened, "stock", _stock(desk, opened, place, name))

    @get("/expiry", sync_to_thread=True)
    def expiry(self, desk: NamedDependency[Desk], number: FromPath[int]) -> Response[Any]:
        """Kits by the month in which they expire."""
        opened = chosen_plan(desk, number)
        return plan_page(desk, opened, "expiry", _expiry(desk, opened))

    @get("/network", sync_to_thread=True)
    def network(self, desk: NamedDependency[Desk], number: FromPath[int]) -> Response[Any]:
        """The network with what travels, and each lane's costs and carbon."""
        opened = chosen_plan(desk, number)
        return plan_page(desk, opened, "network", _network(desk, opened))

    @post("/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """One of the tables as a file; that it was taken is written down."""
        study_id = posted_plan_study(desk, data, Permission.VIEW_SUPPLY)
        suffix, chosen = table_in(data), data.get("sheet", "")
        if chosen not in SHEETS:
            raise BadInput("The table is unknown. Nothing was taken. Press a button of the page.")
        sheet = SHEETS[chosen][1](open_plan(desk, study_id, number))
        what = f"plan {number} {chosen} export"
        ask = LogReading(study_id=study_id, what=what, permission=Permission.VIEW_SUPPLY, rows=len(sheet.rows))
        desk.press(log_reading, ask, desk.key())
        mode = mode_of(desk.who, whole_study(desk, study_id), desk.request.app.state.installation.settings.mode)
        return table_answer(f"plan_{number}_{chosen}", mode, desk.now, sheet.heads, sheet.rows, suffix)


def chosen_plan(desk: Desk, number: int) -> OpenPlan:
    """The plan of that number in the study the reader chose, or the only one where they may see supply."""
    return open_plan(desk, study_of(desk, Permission.VIEW_SUPPLY) or 0, number)


def plan_page(
    desk: Desk, opened: OpenPlan, template: str, view: UnblindedView, status_code: int = 200
) -> Response[str]:
    """A page of a plan."""
    title = f"Plan {opened.shown.number}"
    return secret_page(desk, f"plans/{template}.html", view, title, "Supply", opened.study_id, status_code)


def figures_of(opened: OpenPlan) -> Figures:
    """What the plan comes to."""
    name = f"Plan {opened.shown.number}"
    return figures(Candidate(name, opened.problem, opened.plan, opened.shown.bound), opened.factors)


def _overview(desk: Desk, opened: OpenPlan) -> PlanView:
    with desk.store.reading() as connection:
        run = run_watched(connection, opened.study_id, opened.shown.run.number)
    told = figures_of(opened)
    return PlanView(
        head=head_of(desk, opened),
        figures=told,
        steps=tuple(
            (step.seconds, step.bound / 100, None if step.cost is None else step.cost / 100)
            for step in run.steps
            if step.bound and not opened.shown.run.rule
        ),
        by_depot=tuple(
            replace(row, name=opened.place_words(row.name)) for row in costs_by_depot(opened.problem, opened.plan)
        ),
        by_class=costs_by_class(opened.problem, opened.plan),
        components=tuple((component.value, words) for component, words in COMPONENT_WORDS.items()),
        parts=tuple(
            (words, getattr(told.cost, component.value) / 100) for component, words in COMPONENT_WORDS.items()
        ),
        carbon_source=opened.factors.source,
        rule_rows=opened.shown.verdict.get("rule", {}).get("settings", ()),
        causes=opened.causes,
    )


def consignments_view(
    desk: Desk, opened: OpenPlan, page: int, search: str, refusal: Any = None
) -> ConsignmentsView:
    """A page of the consignments whose places hold the words searched for."""
    wanted = search.casefold()
    lanes = opened.problem.lanes
    found = [
        place
        for place, one in enumerate(opened.plan.consignments)
        if wanted in f"{one.lane} {lanes[one.lane].origin} {lanes[one.lane].destination} {one.temp}".casefold()
    ]
    last = max(-(-len(found) // ROWS_A_PAGE), 1)
    page = min(page, last)
    address = f"/supply/optimizer/{opened.shown.number}/consignments?search={search}&page="
    return ConsignmentsView(
        head=head_of(desk, opened, refusal),
        rows=tuple(consignment_row(opened, at) for at in found[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]),
        today=desk.now.date(),
        total=len(found),
        search=search,
        previous=f"{address}{page - 1}" if page > 1 else "",
        next=f"{address}{page + 1}" if page < last else "",
    )


def consignment_row(opened: OpenPlan, at: int) -> ConsignmentRow:
    """One consignment as the list shows it."""
    one = opened.plan.consignments[at]
    lane, kept = opened.problem.lanes[one.lane], opened.kept(one)
    return ConsignmentRow(
        place=at,
        sent=one,
        origin=opened.place_words(lane.origin),
        destination=opened.place_words(lane.destination),
        leaves=kept.dispatch_on if kept else opened.day(one.dispatch_day),
        arrives=kept.expected_on if kept else opened.day(one.dispatch_day + lane.transit_days),
        kits=opened.kits_of(one),
        boxes=", ".join(f"{number} × {shipper}" for shipper, number in sorted(one.shippers.items()) if number),
        cents=total_cents(consignment_charges(opened.problem, one)),
        grams=consignment_grams(opened.problem, one, opened.factors),
        edit=kept.edit if kept else None,
        to_homes=opened.problem.nodes[lane.destination].kind.only_ready,
        shipment=kept.shipment if kept else "",
        stayed=kept.stayed if kept else "",
    )


def _expiry(desk: Desk, opened: OpenPlan) -> ExpiryView:
    lots = waste_by_lot(opened.problem, opened.plan)
    by_month = [
        (
            f"{month:%b %y}",
            sum(one.expired_at_sites + one.left_at_sites for one in each),
            sum(one.expired_at_depots for one in each),
        )
        for month, each in ((month, list(rows)) for month, rows in groupby(lots, key=lambda one: one.month))
    ]
    return ExpiryView(head_of(desk, opened), expiry_waterfall(opened.problem, opened.plan), lots, by_month)


def _stock(desk: Desk, opened: OpenPlan, place: str, name: str) -> StockView:
    problem = opened.problem
    places = sorted(problem.nodes.values(), key=lambda node: (not node.kind.uses_kits, node.id))
    if place not in problem.nodes:
        place = places[0].id
    choices = opened.choices(place)
    if name not in choices:
        name = next(iter(choices))
    band = chance_band(problem, place, frozenset(choices[name])) if problem.nodes[place].kind.uses_kits else None
    told = stock_projection(problem, opened.plan, place, choices[name], band)
    wanted = sum(row.kits for row in problem.demand if row.site == place and row.kit in choices[name])
    return StockView(
        head=head_of(desk, opened),
        places=tuple((node.id, _words_of(opened, node)) for node in places),
        names=tuple((each, each) for each in choices),
        place=place,
        name=name,
        grouped=place in opened.small,
        told=told,
        days=tuple(opened.day(day.day) for day in told.days),
        wanted=wanted,
        used=sum(day.used for day in told.days),
        band_words=_BAND if band else "",
        forecast=stock_forecast(desk, opened, place, choices[name]) if band else None,
    )


def _words_of(opened: OpenPlan, node: Node) -> str:
    if node.kind.only_ready:
        return opened.place_words(node.id)
    if node.kind.uses_kits:
        return f"Site {node.id} · {node.country}"
    return f"Depot {opened.place_words(node.id)}"


def _network(desk: Desk, opened: OpenPlan) -> NetworkView:
    problem, plan = opened.problem, opened.plan
    missing: dict[str, int] = {}
    for row in problem.demand:
        missing[row.site] = missing.get(row.site, 0) + row.kits
    for use in plan.dispensings:
        missing[use.site] -= use.kits
    costs = {row.name: row for row in costs_by_lane(problem, plan)}
    lanes: list[tuple[CostRow, LaneCarbon]] = [
        (costs[lane.lane], lane) for lane in carbon_by_lane(problem, plan, opened.factors) if lane.lane in costs
    ]
    picture = charts.network_picture(
        f"Network of plan {opened.shown.number}",
        network_map(problem, plan).renamed(opened.place_words),
        {site: kits for site, kits in missing.items() if kits > 0},
    )
    return NetworkView(head_of(desk, opened), picture, tuple(lanes), opened.factors.source)
