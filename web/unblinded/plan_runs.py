"""Optimization runs in the supply manager's hands: ask for one, watch bound and best plan move, stop it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, Refusal
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.unblinded_plans import RunLine, RunWatched, run_watched, runs
from irt.services.optimization_runs import CancelRun, StartOptimization, cancel_run, start_optimization
from irt.states.plan import RunStatus
from web.blinded.desk import Desk, go
from web.blinded.one_study import may, study_of
from web.blinded.typed import day_in, whole_in
from web.forms import Fields
from web.frame import frame_for
from web.render import unblinded_fragment
from web.session import BACKGROUND
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import NOT_KEPT, require_unblinded, secret_page

EARLIER = (("never", "No plan"), ("approved", "The last approved plan"), ("latest", "The last plan"))
"""What a run may go on from, where it is not as the study says."""
WEEKS, WEEKS_MAX, SECONDS_MAX = 12, 104, 3_600
PERCENT_MAX = 100


@dataclass(frozen=True)
class RunsView(UnblindedView):
    """The runs, newest first, and the form of a new one."""

    study_id: int
    runs: tuple[RunLine, ...]
    may_plan: bool
    today: date
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    earlier: Sequence[tuple[str, str]] = EARLIER


@dataclass(frozen=True)
class RunView(UnblindedView):
    """One run as it stands."""

    study_id: int
    run: RunWatched
    may_plan: bool
    command_key: str
    refusal: str = ""

    @property
    def under_way(self) -> bool:
        """Whether more may come."""
        return self.run.line.status is RunStatus.RUNNING

    @property
    def steps(self) -> list[tuple[float, float, float | None]]:
        """Seconds, bound and best plan in whole units of money, from the first bound on."""
        return [
            (step.seconds, step.bound / 100, None if step.cost is None else step.cost / 100)
            for step in self.run.steps
            if step.bound
        ]


class PlanRunPages(Controller):
    """Runs of a study."""

    path = "/supply/optimizer"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """The runs; blinded planners have their own page."""
        study_id = study_of(desk, Permission.VIEW_SUPPLY)
        if study_id is None:
            return go("/switch")
        desk.who.actor.require(Permission.VIEW_SUPPLY, study_id)
        return _list(desk, study_id) if desk.who.actor.unblinded_in(study_id) else go("/supply/plans")

    @post("/", sync_to_thread=True)
    def start(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Asks for a run; a worker calculates, and its page tells how it goes."""
        study_id = posted_plan_study(desk, data)
        try:
            started = desk.press(start_optimization, _asked(desk, study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _list(desk, study_id, data, refusal)
        return go(f"/supply/optimizer/runs/{started.run}")

    @get("/runs/{number:int}", sync_to_thread=True)
    def show_run(self, desk: NamedDependency[Desk], number: FromPath[int]) -> Response[Any]:
        """One run."""
        study_id = study_of(desk, Permission.VIEW_SUPPLY)
        return go("/switch") if study_id is None else _run_page(desk, study_id, number)

    @get("/runs/{number:int}/progress", sync_to_thread=True, opt={BACKGROUND: True})
    def progress(self, desk: NamedDependency[Desk], number: FromPath[int]) -> Response[Any]:
        """How far it is; asked by the page itself, so it keeps nobody signed in."""
        study_id = study_of(desk, Permission.VIEW_SUPPLY)
        if study_id is None:
            return go("/switch")
        view = _run_view(desk, study_id, number)
        part = unblinded_fragment(_RUN, "progress", view, frame_for(desk.who, desk.request, ""))
        return Response(part, media_type="text/html", headers=NOT_KEPT)

    @post("/runs/{number:int}/cancel", sync_to_thread=True)
    def cancel(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """Asks it to stop at its next step; the best plan so far is kept."""
        study_id = posted_plan_study(desk, data)
        try:
            desk.press(cancel_run, CancelRun(study_id=study_id, run=number), data.get("command_key", ""))
        except Refusal as refusal:
            return _run_page(desk, study_id, number, refusal)
        return go(f"/supply/optimizer/runs/{number}")


_RUN = "plans/run.html"


def posted_plan_study(
    desk: Desk, typed: Mapping[str, str], permission: Permission = Permission.RUN_RESUPPLY
) -> int:
    """The study that a form names, its sender unblinded there and allowed to plan."""
    number = typed.get("study", "")
    study_id = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    require_unblinded(desk, permission, study_id)
    return study_id


def _asked(desk: Desk, study_id: int, data: Mapping[str, str]) -> StartOptimization:
    weeks = _between(data.get("weeks", ""), "the weeks", WEEKS_MAX)
    seconds = _between(data.get("seconds", ""), "the seconds", SECONDS_MAX)
    return StartOptimization(
        study_id=study_id,
        day=day_in(data.get("day", ""), desk.now.date()),
        horizon_days=7 * weeks,
        title=data.get("title", "").strip()[:200],
        gap=_percent(data.get("gap", "")) / 100,
        seconds=seconds,
        settings=_earlier(desk, study_id, data.get("earlier", "")),
    )


def _earlier(desk: Desk, study_id: int, typed: str) -> dict[str, Any]:
    """The setting of the plan to go on from, with what the study says that changes cost; none as the study says."""
    if not typed:
        return {}
    if typed not in dict(EARLIER):
        raise BadInput("It is unknown which plan to go on from. Nothing was started. Choose one of the list.")
    with desk.store.reading() as connection:
        said = definition_in_force(connection, study_id).resupply.planning.earlier
    return {"planning": {"earlier": said.model_dump() | {"keep": typed}}}


def _between(typed: str, what: str, most: int) -> int:
    number = whole_in(typed, what)
    if not 1 <= number <= most:
        raise BadInput(
            f"{number} is not between 1 and {most} for {what}. Nothing was started. Enter another number."
        )
    return number


def _percent(typed: str) -> float:
    written = typed.strip().replace(",", ".")
    whole, _, rest = written.partition(".")
    if not (whole + rest).isdecimal() or not written.isascii() or len(written) > 8 or float(written) > PERCENT_MAX:
        raise BadInput(f"'{typed}' is not a gap in percent. Nothing was started. Enter it as 1 or 0.5.")
    return float(written)


def _list(
    desk: Desk, study_id: int, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Response[str]:
    require_unblinded(desk, Permission.VIEW_SUPPLY, study_id)
    with desk.store.reading() as connection:
        lines = runs(connection, study_id)
    view = RunsView(
        study_id=study_id,
        runs=lines,
        may_plan=may(desk, Permission.RUN_RESUPPLY, study_id),
        today=desk.now.date(),
        command_key=desk.key(),
        typed=typed or {"weeks": str(WEEKS), "gap": "1", "seconds": "60"},
        refusal=refusal.sentence if refusal else "",
    )
    status_code = refusal.status_code if refusal else 200
    return secret_page(desk, "plans/runs.html", view, "Plans", "Supply", study_id, status_code)


def _run_view(desk: Desk, study_id: int, number: int, refusal: Refusal | None = None) -> RunView:
    require_unblinded(desk, Permission.VIEW_SUPPLY, study_id)
    with desk.store.reading() as connection:
        run = run_watched(connection, study_id, number)
    may_plan = may(desk, Permission.RUN_RESUPPLY, study_id)
    return RunView(study_id, run, may_plan, desk.key(), refusal.sentence if refusal else "")


def _run_page(desk: Desk, study_id: int, number: int, refusal: Refusal | None = None) -> Response[str]:
    view = _run_view(desk, study_id, number, refusal)
    status_code = refusal.status_code if refusal else 200
    return secret_page(desk, _RUN, view, f"Optimization {number}", "Supply", study_id, status_code)
