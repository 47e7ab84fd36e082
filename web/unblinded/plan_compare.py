"""Plans side by side: costs, service, overage, carbon and proof, and what one changes against the other."""

from collections.abc import Sequence
from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.reads.unblinded_plans import runs
from optimization.story.comparison import COMPONENT_WORDS, Candidate, compare, figures
from optimization.story.plan_changes import ChangeKind, PlanChange, plan_changes
from web.blinded.desk import Desk, desk_of
from web.unblinded.open_plan import OpenPlan, open_plan
from web.unblinded.plan_pages import FACTORS, chosen_plan, plan_page
from web.unblinded.plan_views import CompareView, head_of

BESIDE_MAX = 4
_WITH = "with-"


class PlanComparePages(Controller):
    """A plan beside others."""

    path = "/supply/optimizer/{number:int}/compare"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], number: FromPath[int]) -> Response[Any]:
        """The plan beside those ticked; without any, beside the one it builds on or the one before it."""
        opened = chosen_plan(desk, number)
        return plan_page(desk, opened, "compare", _view(desk, opened))


def _view(desk: Desk, opened: OpenPlan) -> CompareView:
    with desk.store.reading() as connection:
        others = [run for run in runs(connection, opened.study_id) if run.plan not in (None, opened.shown.number)]
    chosen = _chosen(desk, opened, [run.plan for run in others if run.plan is not None])
    beside = [open_plan(desk, opened.study_id, number) for number in chosen]
    candidates = [_candidate(each) for each in (*beside, opened)]
    told = [figures(each, FACTORS) for each in candidates]
    return CompareView(
        head=head_of(desk, opened),
        others=others,
        chosen=chosen,
        names=[each.name for each in candidates],
        rows=compare(candidates, FACTORS),
        parts=list(COMPONENT_WORDS.values()),
        splits=[
            (each.name, [getattr(each.cost, component.value) / 100 for component in COMPONENT_WORDS])
            for each in told
        ],
        changes=_by_kind(opened, beside),
    )


def _candidate(opened: OpenPlan) -> Candidate:
    return Candidate(f"Plan {opened.shown.number}", opened.problem, opened.plan, opened.shown.bound)


def _chosen(desk: Desk, opened: OpenPlan, known: Sequence[int]) -> list[int]:
    asked = [number for number in known if f"{_WITH}{number}" in desk.request.query_params]
    if asked:
        return asked[:BESIDE_MAX]
    parent, number = opened.shown.run.parent, opened.shown.number
    if parent is not None and parent in known:
        return [parent]
    earlier = [each for each in known if each < number]
    return [max(earlier)] if earlier else []


def _by_kind(opened: OpenPlan, beside: Sequence[OpenPlan]) -> dict[str, Sequence[PlanChange]]:
    """What the plan changes against the first beside it, where both begin on one day."""
    if not beside or beside[0].problem.start != opened.problem.start:
        return {}
    before = beside[0].plan
    known = all(one.lane in opened.problem.lanes for one in before.consignments)
    found = plan_changes(opened.problem, before, opened.plan) if known else ()
    return {str(kind): [change for change in found if change.kind is kind] for kind in ChangeKind}
