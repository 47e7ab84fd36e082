"""Why a plan sends what it sends, why not otherwise, and what the next plan is to keep or leave out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.errors import BadInput, Refusal
from irt.services.edit_plan import EditPlan, edit_plan
from irt.services.optimization_runs import StartOptimization, start_optimization
from irt.states.plan import EditKind
from optimization.plan import Consignment
from optimization.story.binding import BindingRule, binding_rules, reasons_of
from optimization.story.tracing import Fed
from optimization.story.why import Alternative, Why, why, why_not
from web.blinded.desk import Desk, go
from web.blinded.typed import day_in, reason_in, whole_in
from web.forms import Fields
from web.unblinded.open_desk import open_desk_of
from web.unblinded.open_plan import OpenPlan, open_plan, place_of
from web.unblinded.plan_pages import chosen_plan, consignment_row, consignments_view, plan_page
from web.unblinded.plan_runs import posted_plan_study
from web.unblinded.plan_views import RULE_ADVICE, RULE_WORDS, BindingRow, ReasonsView, WayRow, WhyView, head_of

CHECKED_ROWS_MAX = 100_000
"""Consignments whose reasons a page tells, times the rows of their plan: a few seconds of the checker."""
PLACES_TOLD = 3
_CHOSEN = "one-"


class PlanReasonPages(Controller):
    """Reasons and wishes."""

    path = "/supply/optimizer/{number:int}"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/consignments/{place:str}", sync_to_thread=True)
    def show_why(self, desk: NamedDependency[Desk], number: FromPath[int], place: FromPath[str]) -> Response[Any]:
        """One consignment with its reasons."""
        opened = chosen_plan(desk, number)
        return plan_page(desk, opened, "why", _why_view(desk, opened, place_of(opened, place)))

    @get("/reasons", sync_to_thread=True)
    def reasons(self, desk: NamedDependency[Desk], number: FromPath[int]) -> Response[Any]:
        """The rules that drive the cost; a question in the address is answered."""
        opened = chosen_plan(desk, number)
        typed = dict(desk.request.query_params)
        try:
            return plan_page(desk, opened, "reasons", _reasons_view(desk, opened, typed))
        except Refusal as refusal:
            view = _reasons_view(desk, opened, {}, refusal)
            return plan_page(desk, opened, "reasons", view, refusal.status_code)

    @post("/edits", sync_to_thread=True)
    def edit(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """Keeps, leaves out or frees the ticked consignments when the next plan builds on this one."""
        study_id = posted_plan_study(desk, data)
        opened = open_plan(desk, study_id, number)
        try:
            for ask, key in _edits(opened, data):
                desk.press(edit_plan, ask, key)
        except Refusal as refusal:
            view = consignments_view(desk, opened, 1, data.get("search", ""), refusal)
            return plan_page(desk, opened, "consignments", view, refusal.status_code)
        return go(f"/supply/optimizer/{number}/consignments")

    @post("/again", sync_to_thread=True)
    def again(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """Asks for the next plan, which follows the wishes laid down on this one."""
        study_id = posted_plan_study(desk, data)
        opened = open_plan(desk, study_id, number)
        try:
            started = desk.press(start_optimization, _next(opened, desk.now.date()), data.get("command_key", ""))
        except Refusal as refusal:
            view = consignments_view(desk, opened, 1, "", refusal)
            return plan_page(desk, opened, "consignments", view, refusal.status_code)
        return go(f"/supply/optimizer/runs/{started.run}")


def _next(opened: OpenPlan, today: date) -> StartOptimization:
    """From the same day on, or from today where that is past."""
    run = opened.shown.run
    return StartOptimization(
        study_id=opened.study_id,
        day=max(run.day, today),
        horizon_days=run.horizon_days,
        title=run.title,
        parent=opened.shown.number,
        **{name: run.goal[name] for name in ("gap", "seconds", "seed")},
    )


def _edits(opened: OpenPlan, data: Mapping[str, str]) -> list[tuple[EditPlan, str]]:
    """One wish for each ticked consignment, each with a key of its own."""
    kind, reason = data.get("kind", ""), reason_in(data)
    if kind not in list(EditKind):
        raise BadInput("Say what the next plan is to do with them. Nothing was changed.")
    chosen = [place_of(opened, name.removeprefix(_CHOSEN)) for name in data if name.startswith(_CHOSEN)]
    if not chosen:
        raise BadInput("No consignment is ticked. Nothing was changed. Tick those you mean.")
    lanes, nodes = opened.problem.lanes, opened.problem.nodes
    ends = (nodes[lanes[opened.plan.consignments[at].lane].destination] for at in chosen)
    if any(end.kind.only_ready for end in ends):
        raise BadInput(
            "Parcels to homes leave when their kits are dispensed, whatever a plan says. Nothing was changed. "
            "Tick consignments to sites or depots."
        )
    key = data.get("command_key", "")
    return [(_edit(opened, at, EditKind(kind), reason), key and f"{key}-{at}") for at in chosen]


def _edit(opened: OpenPlan, at: int, kind: EditKind, reason: str) -> EditPlan:
    one = opened.plan.consignments[at]
    kept = opened.kept(one)
    return EditPlan(
        study_id=opened.study_id,
        plan=opened.shown.number,
        lane=one.lane,
        storage=one.temp,
        dispatch_on=kept.dispatch_on if kept else opened.day(one.dispatch_day),
        kind=kind,
        reason=reason,
    )


def _why_view(desk: Desk, opened: OpenPlan, at: int) -> WhyView:
    told = why(opened.problem, opened.plan, at)
    ways = [way_row(opened, each) for each in told.alternatives]
    return WhyView(
        head=head_of(desk, opened),
        row=consignment_row(opened, at),
        uses=_uses(opened, told),
        spare_kits=told.spare_kits,
        latest=opened.day(told.latest_day),
        first_need=None if told.first_need is None else opened.day(told.first_need),
        ways=ways,
        next_best=None if told.next_best is None else way_row(opened, told.next_best),
        binding=None if told.binding is None else _within(way_row(opened, told.binding)),
        advice="" if told.binding is None else _begun_small(RULE_ADVICE.get(told.binding.repriced.codes[0], "")),
    )


def _uses(opened: OpenPlan, told: Why) -> tuple[tuple[date, str, str, int], ...]:
    """When, where and as what its kits are taken, added up by the name they have there."""
    taken: dict[tuple[int, str, str], int] = {}
    for each in told.fed:
        where, place = _taken_by(opened, each)
        key = (each.day, where, opened.named(place, opened.problem.lots[each.lot].kit))
        taken[key] = taken.get(key, 0) + each.kits
    return tuple((opened.day(day), where, name, kits) for (day, where, name), kits in sorted(taken.items()))


def _taken_by(opened: OpenPlan, each: Fed) -> tuple[str, str]:
    """In words, and the place whose names hold."""
    if each.dispensing is not None:
        return f"visits at site {each.dispensing.site}", each.dispensing.site
    sent = opened.plan.consignments[each.consignment or 0]
    destination = opened.problem.lanes[sent.lane].destination
    return f"sent on to {opened.place_words(destination)}", destination


def way_row(opened: OpenPlan, each: Alternative) -> WayRow:
    """One other way, as the page says it."""
    broken = each.repriced.broken
    return WayRow(
        way=each.way,
        day=opened.day(each.day),
        cents=each.repriced.cents,
        forbidden="; ".join(RULE_WORDS[code] for code in each.repriced.codes),
        details="" if not broken or opened.small else broken[0].words,
        price=each.price,
    )


def _within(row: WayRow) -> WayRow:
    """As it stands within a sentence."""
    return replace(row, forbidden=_begun_small(row.forbidden))


def _begun_small(words: str) -> str:
    return words[:1].lower() + words[1:]


def _reasons_view(
    desk: Desk, opened: OpenPlan, typed: Mapping[str, str], refusal: Refusal | None = None
) -> ReasonsView:
    problem, plan = opened.problem, opened.plan
    rows = len(plan.consignments) + len(plan.dispensings)
    weighed = min(max(CHECKED_ROWS_MAX // max(rows, 1), 1), len(plan.consignments))
    return ReasonsView(
        head=head_of(desk, opened, refusal),
        binding=tuple(_binding_row(opened, rule) for rule in binding_rules(reasons_of(problem, plan, weighed))),
        weighed=weighed,
        all=len(plan.consignments),
        lanes=tuple(
            (lane.id, f"{opened.place_words(lane.origin)} to {lane.destination}") for lane in problem.lanes.values()
        ),
        temps=tuple((temp, temp) for temp in problem.temps),
        kits=tuple((kit, kit) for kit in sorted(problem.kit_types)),
        first=problem.start,
        last=opened.day(problem.horizon_days - 1),
        typed=typed,
        answer=_answer(opened, typed) if typed.get("lane") else None,
    )


def _binding_row(opened: OpenPlan, rule: BindingRule) -> BindingRow:
    lanes = (opened.problem.lanes[lane] for lane in rule.lanes[:PLACES_TOLD])
    places = tuple(opened.place_words(lane.destination) for lane in lanes)
    return BindingRow(RULE_WORDS[rule.code], rule, places, RULE_ADVICE.get(rule.code, ""))


def _answer(opened: OpenPlan, typed: Mapping[str, str]) -> WayRow:
    """What one more consignment would do; BadInput where the question cannot be read."""
    problem = opened.problem
    lane, temp, day = typed["lane"], typed.get("temp", ""), day_in(typed.get("day", ""), problem.start)
    at = (day - problem.start).days
    if lane not in problem.lanes or temp not in problem.temps or not 0 <= at < problem.horizon_days:
        raise BadInput("The plan has no such lane, class or day. Choose them from the lists.")
    kits = {kit: whole_in(typed.get(f"kits-{kit}") or "0", kit) for kit in problem.kit_types}
    wanted = {kit: number for kit, number in kits.items() if number}
    if not wanted or any(problem.kit_types[kit].temp != temp for kit in wanted):
        raise BadInput("Say how many kits of which types of that class. Nothing was reckoned.")
    return way_row(opened, why_not(problem, opened.plan, Consignment(lane, temp, at, {}, ()), wanted))
