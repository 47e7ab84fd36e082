"""Plans and rules side by side: costs, service, overage, carbon and proof, what one changes against another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from sqlalchemy import Connection

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, Refusal
from irt.reads.unblinded_plans import RunLine, runs
from irt.services.log_reading import LogReading, log_reading
from irt.services.optimization_runs import StartOptimization, start_optimization
from optimization.rules.tuning import METHOD_WORDS, Method
from optimization.story.comparison import (
    COMPONENT_WORDS,
    Candidate,
    MeasureRow,
    carbon_beside,
    compare,
    figures,
)
from optimization.story.plan_changes import ChangeKind, PlanChange, plan_changes
from optimization.story.plan_sheet import comparison_sheet
from web.blinded.desk import Desk, go
from web.downloads import table_answer, table_in
from web.forms import Fields
from web.frame import mode_of
from web.unblinded.open_desk import open_desk_of
from web.unblinded.open_plan import OpenPlan, open_plan, opened_plan
from web.unblinded.plan_pages import chosen_plan, plan_page
from web.unblinded.plan_runs import posted_plan_study
from web.unblinded.plan_views import CompareView, RuleChoice, head_of
from web.unblinded.secret_page import whole_study

BESIDE_MAX = 6
_WITH, _RULE = "with-", "rule-"


class PlanComparePages(Controller):
    """A plan beside others."""

    path = "/supply/optimizer/{number:int}/compare"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], number: FromPath[int]) -> Response[Any]:
        """Beside those ticked; without any, beside the rules on its problem, its parent or the plan before it."""
        opened = chosen_plan(desk, number)
        return plan_page(desk, opened, "compare", _view(desk, opened))

    @post("/rules", sync_to_thread=True)
    def play(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """Asks for one run for each ticked rule, on this plan's problem."""
        study_id = posted_plan_study(desk, data)
        opened = open_plan(desk, study_id, number)
        try:
            for method in _ticked(data):
                key = data.get("command_key", "")
                desk.press(start_optimization, _played(desk, opened, method), key and f"{key}-{method}")
        except Refusal as refusal:
            return plan_page(desk, opened, "compare", _view(desk, opened, refusal), refusal.status_code)
        return go(f"/supply/optimizer/{number}/compare")

    @post("/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """The table as a file, with the carbon of each lane; that it was taken is written down."""
        study_id, suffix = posted_plan_study(desk, data, Permission.VIEW_SUPPLY), table_in(data)
        opened = open_plan(desk, study_id, number)
        candidates = _candidates(desk, opened, _asked(data, _lines(desk, opened)))
        names = [each.name for each in candidates]
        sheet = comparison_sheet(
            names, compare(candidates, opened.factors), carbon_beside(candidates, opened.factors)
        )
        what = f"plan {number} comparison export"
        ask = LogReading(study_id=study_id, what=what, permission=Permission.VIEW_SUPPLY, rows=len(sheet.rows))
        desk.press(log_reading, ask, desk.key())
        mode = mode_of(desk.who, whole_study(desk, study_id), desk.request.app.state.installation.settings.mode)
        return table_answer(f"plan_{number}_comparison", mode, desk.now, sheet.heads, sheet.rows, suffix)


def _view(desk: Desk, opened: OpenPlan, refusal: Refusal | None = None) -> CompareView:
    lines = _lines(desk, opened)
    chosen = _asked(desk.request.query_params, lines) or _unasked(opened, lines)
    candidates = _candidates(desk, opened, chosen)
    told = [figures(each, opened.factors) for each in candidates]
    first = open_plan(desk, opened.study_id, chosen[0]) if chosen else None
    return CompareView(
        head=head_of(desk, opened, refusal),
        others=[line for line in lines if line.plan not in (None, opened.shown.number)],
        chosen=chosen,
        names=[each.name for each in candidates],
        rows=compare(candidates, opened.factors),
        parts=list(COMPONENT_WORDS.values()),
        splits=[
            (each.name, [getattr(each.cost, component.value) / 100 for component in COMPONENT_WORDS])
            for each in told
        ],
        points=[(each.name, each.service, each.cost.total / 100) for each in told],
        lanes=carbon_beside(candidates, opened.factors),
        changes=_by_kind(opened, first),
        rules=[_choice(method, lines, opened) for method in Method],
        carbon_source=opened.factors.source,
    )


@dataclass(frozen=True)
class PlansCompared(UnblindedView):
    """Every measure of several plans, in the order of their names; cents, shares of one, grams by lane."""

    names: tuple[str, ...]
    measures: tuple[MeasureRow, ...]
    carbon_grams_by_lane: Mapping[str, tuple[int, ...]]


def plans_compared(connection: Connection, study_id: int, number: int) -> PlansCompared:
    """The plan beside the newest of each rule on its problem; else beside the one it builds on or one before."""
    opened = opened_plan(connection, study_id, number)
    beside = _unasked(opened, runs(connection, study_id))
    candidates = [_candidate(opened_plan(connection, study_id, other)) for other in beside] + [_candidate(opened)]
    names = tuple(each.name for each in candidates)
    return PlansCompared(
        names, compare(candidates, opened.factors), dict(carbon_beside(candidates, opened.factors))
    )


def _lines(desk: Desk, opened: OpenPlan) -> Sequence[RunLine]:
    with desk.store.reading() as connection:
        return runs(connection, opened.study_id)


def _candidates(desk: Desk, opened: OpenPlan, chosen: Sequence[int]) -> list[Candidate]:
    beside = [open_plan(desk, opened.study_id, number) for number in chosen]
    return [_candidate(each) for each in (*beside, opened)]


def _candidate(opened: OpenPlan) -> Candidate:
    return Candidate(_called(opened), opened.problem, opened.plan, opened.shown.bound)


def _called(opened: OpenPlan) -> str:
    """A rule goes by its name, an optimized plan by its number."""
    rule = opened.shown.run.rule
    return METHOD_WORDS[Method(rule)] if rule else f"Plan {opened.shown.number}"


def _asked(typed: Mapping[str, Any], lines: Sequence[RunLine]) -> list[int]:
    """The plans that are ticked, oldest first."""
    known = sorted(line.plan for line in lines if line.plan is not None)
    return [number for number in known if f"{_WITH}{number}" in typed][:BESIDE_MAX]


def _unasked(opened: OpenPlan, lines: Sequence[RunLine]) -> list[int]:
    """The newest of each rule on the plan's problem; else the plan it builds on or the one before it."""
    number, run = opened.shown.number, opened.shown.run
    newest: dict[str, int] = {}
    for line in lines:
        if line.plan is not None and line.plan != number and line.beside in (number, run.beside) and line.rule:
            newest.setdefault(line.rule, line.plan)
    if newest:
        return sorted(newest.values())[:BESIDE_MAX]
    known = [line.plan for line in lines if line.plan is not None and not line.rule and line.plan < number]
    return [run.parent] if run.parent in known else known[:1]


def _choice(method: Method, lines: Sequence[RunLine], opened: OpenPlan) -> RuleChoice:
    """A rule with its newest run on this plan's problem, and the settings it came to."""
    number = opened.shown.run.beside or opened.shown.number
    newest = next((line for line in lines if line.rule == method and line.beside == number), None)
    return RuleChoice(str(method), METHOD_WORDS[method], newest)


def _ticked(data: Mapping[str, str]) -> list[Method]:
    chosen = [method for method in Method if f"{_RULE}{method}" in data]
    if not chosen:
        raise BadInput("No rule is ticked. Nothing was started. Tick those you want beside the plan.")
    return chosen


def _played(desk: Desk, opened: OpenPlan, method: Method) -> StartOptimization:
    run, beside = opened.shown.run, opened.shown.run.beside or opened.shown.number
    return StartOptimization(
        study_id=opened.study_id,
        day=max(run.day, desk.now.date()),
        horizon_days=run.horizon_days,
        title=f"{METHOD_WORDS[method]} beside plan {beside}",
        seconds=run.goal["seconds"],
        settings={"method": str(method), "beside": beside},
    )


def _by_kind(opened: OpenPlan, first: OpenPlan | None) -> dict[str, Sequence[PlanChange]]:
    """What the plan changes against the first beside it, where both begin on one day."""
    if first is None or first.problem.start != opened.problem.start:
        return {}
    before = first.plan
    known = all(one.lane in opened.problem.lanes for one in before.consignments)
    found = plan_changes(opened.problem, before, opened.plan) if known else ()
    return {str(kind): [change for change in found if change.kind is kind] for kind in ChangeKind}
