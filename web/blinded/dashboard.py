"""The project's dashboard: one study against its plan, many studies a row each, and the plan of enrolment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_activation import sites_reached
from irt.reads.blinded_dashboard import StudyDashboard, study_dashboard
from irt.reads.blinded_enrolment_plan import PlanLine, enrolment_plans
from irt.reads.blinded_people import place_in
from irt.services.log_reading import LogReading, log_reading
from irt.services.plan_enrolment import COUNT_MAX, PlanEnrolment, plan_enrolment
from irt.study.milestones import MILESTONE_WORDS, NEEDED, Milestone
from web.blinded.activation import NAVIGATION
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may, study_in, study_of
from web.blinded.typed import day_in, reason_in, whole_in
from web.downloads import table_answer, table_in
from web.forms import Fields
from web.frame import mode_of

_VIEW, _PLAN = Permission.VIEW_STUDY_LIFE, Permission.PLAN_ENROLMENT
_MILESTONE_HEADS = (
    *("Milestone", "Goal", "Planned", "Reached", "Foreseen, early", "Foreseen", "Foreseen, late"),
    *("Days behind plan", "State"),
)
_MONTH_HEADS = ("Month", "Planned", "Came", "Low, 5 %", "Middle", "High, 95 %")
COUNTRIES_SHOWN = 50


@dataclass(frozen=True)
class DashboardView(BlindedView):
    """One study."""

    found: StudyDashboard
    may_plan: bool
    many: bool
    command_key: str

    @property
    def behind(self) -> int | None:
        """Subjects fewer than planned by today; below 0 where there are more."""
        planned = self.found.enrolment.planned_by_today
        return None if planned is None else planned - self.found.enrolment.randomized


@dataclass(frozen=True)
class StudiesView(BlindedView):
    """Every study that the reader sees as a whole, a row each."""

    studies: tuple[StudyDashboard, ...]


@dataclass(frozen=True)
class PlanView(BlindedView):
    """The plans of a study, the one that holds first, and the form for the next."""

    study_id: int
    plans: tuple[PlanLine, ...]
    milestones: tuple[tuple[str, str, bool], ...]
    may_plan: bool
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""


class DashboardPages(Controller):
    """The dashboard of the study chosen."""

    path = "/dashboard"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """How the study stands today."""
        study_id = study_of(desk, _VIEW)
        if study_id is None:
            return go("/dashboard/studies")
        desk.who.actor.require(_VIEW, study_id)
        if sites_reached(desk.who.actor, _VIEW, study_id) is not None:
            return go("/activation")
        return _page(desk, study_id)

    @get("/{study_id:int}", sync_to_thread=True)
    def show_one(self, desk: NamedDependency[Desk], study_id: FromPath[int]) -> Response[Any]:
        """The same of a study that the table of studies leads to."""
        return _page(desk, study_id)

    @get("/studies", sync_to_thread=True)
    def studies(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """One row for each study."""
        mine = _studies(desk)
        if not mine:
            return go("/switch")
        with desk.store.reading() as connection:
            found = tuple(study_dashboard(connection, desk.who.actor, one, desk.now) for one in mine)
        return desk.page("life/studies.html", StudiesView(found), "My studies", NAVIGATION)

    @get("/plan", sync_to_thread=True)
    def plan(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """The plan that holds, those before it, and the form."""
        study_id = study_of(desk, _VIEW)
        return go("/switch") if study_id is None else _plan_page(desk, study_id)

    @post("/plan", sync_to_thread=True)
    def set_plan(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Sets another plan."""
        study_id = study_in(data)
        try:
            desk.press(plan_enrolment, _planned(study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _plan_page(desk, study_id, data, refusal)
        return go("/dashboard")

    @post("/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Milestones or months as a file; that it was taken is written down."""
        study_id, sheet, suffix = study_in(data), data.get("sheet", ""), table_in(data)
        with desk.store.reading() as connection:
            found = study_dashboard(connection, desk.who.actor, study_id, desk.now)
            place = place_in(connection, desk.who.actor, study_id, None)
        heads, rows = sheet_of(found, sheet)
        what = f"dashboard {sheet} export"
        ask = LogReading(study_id=study_id, what=what, permission=_VIEW, rows=len(rows))
        desk.press(log_reading, ask, desk.key())
        mode = mode_of(desk.who, place, desk.request.app.state.installation.settings.mode)
        return table_answer(f"dashboard_{sheet}_{found.protocol}", mode, desk.now, heads, rows, suffix)


def sheet_of(found: StudyDashboard, sheet: str) -> tuple[Sequence[str], list[list[object]]]:
    """A table of the dashboard; BadInput where there is none of that name."""
    if sheet == "milestones":
        return _MILESTONE_HEADS, [
            [
                *(one.words, one.goal, one.planned, one.reached, one.early, one.middle, one.late),
                *(one.behind_days, str(one.state)),
            ]
            for one in found.enrolment.milestones
        ]
    if sheet == "months":
        return _MONTH_HEADS, [
            [
                f"{one.month:%Y-%m}",
                _rounded(one.planned),
                one.reached,
                *map(_rounded, (one.low, one.middle, one.high)),
            ]
            for one in found.enrolment.months
        ]
    raise BadInput("The table is unknown. Nothing was taken. Press a button of the page.")


def _page(desk: Desk, study_id: int) -> Response[Any]:
    with desk.store.reading() as connection:
        found = study_dashboard(connection, desk.who.actor, study_id, desk.now)
    view = DashboardView(found, may(desk, _PLAN, study_id), len(_studies(desk)) > 1, desk.key())
    return desk.page("life/dashboard.html", view, "Dashboard", NAVIGATION, study_id=study_id)


def _rounded(count: float | None) -> float | None:
    return None if count is None else round(count, 1)


def _studies(desk: Desk) -> list[int]:
    """Studies that the person sees as a whole, by protocol."""
    actor = desk.who.actor
    found = {
        place.study_id: place.protocol
        for place in desk.who.places
        if actor.grant_for(_VIEW, place.study_id, None) is not None
        and sites_reached(actor, _VIEW, place.study_id) is None
    }
    return sorted(found, key=lambda one: (found[one], one))


def _planned(study_id: int, data: Mapping[str, str]) -> PlanEnrolment:
    subjects, sites = whole_in(data.get("subjects", ""), "subjects"), whole_in(data.get("sites", ""), "sites")
    if not (1 <= subjects <= COUNT_MAX and 1 <= sites <= COUNT_MAX):
        raise BadInput("A plan has at least one subject and one site. Nothing was booked. Correct the number.")
    typed = {one: data.get(one, "").strip() for one in Milestone}
    days = {one: day_in(day, date.min) for one, day in typed.items() if day}
    return PlanEnrolment(study_id=study_id, subjects=subjects, sites=sites, days=days, reason=reason_in(data))


def _plan_page(
    desk: Desk, study_id: int, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Response[str]:
    desk.who.actor.require_whole(_VIEW, study_id)
    with desk.store.reading() as connection:
        plans = enrolment_plans(connection, study_id)
    view = PlanView(
        study_id=study_id,
        plans=plans,
        milestones=tuple((one, MILESTONE_WORDS[one], one in NEEDED) for one in Milestone),
        may_plan=may(desk, _PLAN, study_id),
        command_key=desk.key(),
        typed=typed or _as_typed(plans),
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return desk.page("life/plan.html", view, "Plan of enrolment", NAVIGATION, study_id=study_id, status_code=status)


def _as_typed(plans: Sequence[PlanLine]) -> dict[str, str]:
    """The plan that holds, in the fields of the form; its reason is not."""
    if not plans:
        return {}
    plan = plans[0].plan
    days = {str(one): day.isoformat() for one, day in plan.days.items()}
    return {"subjects": str(plan.subjects), "sites": str(plan.sites), **days}
