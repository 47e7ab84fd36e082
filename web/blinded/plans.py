"""Shipment plans as blinded planners see them: what leaves for where and when, by blinding group."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.blinded_people import place_in
from irt.reads.blinded_plans import BlindedConsignment, BlindedPlan, BlindedPlanLine, blinded_plan, blinded_plans
from irt.reads.blinded_sites import study_at
from irt.reads.blinded_supply import approved_version
from irt.services.log_reading import LogReading, log_reading
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import study_in, study_of
from web.downloads import table_answer, table_in
from web.forms import Fields
from web.frame import mode_of

ROWS_A_PAGE = 50
_HEADS = ("Leaves", "Arrives", "From", "To", "Class", "Blinding group", "Kits", "Shipment")


@dataclass(frozen=True)
class PlansView(BlindedView):
    """The study's plans, newest first."""

    plans: tuple[BlindedPlanLine, ...]


@dataclass(frozen=True)
class PlaceLine(BlindedView):
    """What a plan sends to one place in all, by blinding group."""

    place: str
    consignments: int
    first: date
    kits: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class BlindedPlanView(BlindedView):
    """One plan: its consignments, a page at a time, and its places."""

    study_id: int
    line: BlindedPlanLine
    consignments: tuple[BlindedConsignment, ...]
    places: tuple[PlaceLine, ...]
    names: Mapping[str, str]
    all: int
    kits: int
    previous: str
    next: str
    command_key: str

    def words(self, kits: Mapping[str, int]) -> str:
        """Kits by blinding group, in words."""
        return ", ".join(f"{number} {self.names.get(group, group)}" for group, number in sorted(kits.items()))


class BlindedPlanPages(Controller):
    """Plans by blinding group."""

    path = "/supply/plans"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """The plans."""
        study_id = study_of(desk, Permission.VIEW_SUPPLY)
        if study_id is None:
            return go("/switch")
        desk.who.actor.require(Permission.VIEW_SUPPLY, study_id)
        with desk.store.reading() as connection:
            view = PlansView(blinded_plans(connection, study_id))
        return desk.page("plans/list.html", view, "Plans", "Supply", study_id=study_id)

    @get("/{number:int}", sync_to_thread=True)
    def show_one(
        self, desk: NamedDependency[Desk], number: FromPath[int], page: FromQuery[int] = 1
    ) -> Response[Any]:
        """One plan."""
        study_id = study_of(desk, Permission.VIEW_SUPPLY)
        if study_id is None:
            return go("/switch")
        desk.who.actor.require(Permission.VIEW_SUPPLY, study_id)
        view = _view(desk, study_id, number, page)
        return desk.page("plans/plan.html", view, f"Plan {number}", "Supply", study_id=study_id)

    @post("/{number:int}/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """The consignments as a file; that it was taken is written down."""
        study_id, suffix = study_in(data), table_in(data)
        desk.who.actor.require(Permission.VIEW_SUPPLY, study_id)
        plan, names = _read(desk, study_id, number)
        rows = [row for one in plan.consignments for row in _rows(one, names)]
        what = f"plan {number} export"
        ask = LogReading(study_id=study_id, what=what, permission=Permission.VIEW_SUPPLY, rows=len(rows))
        desk.press(log_reading, ask, desk.key())
        with desk.store.reading() as connection:
            place = place_in(connection, desk.who.actor, study_id, None)
        mode = mode_of(desk.who, place, desk.request.app.state.installation.settings.mode)
        return table_answer(f"plan_{number}", mode, desk.now, _HEADS, rows, suffix)


def _read(desk: Desk, study_id: int, number: int) -> tuple[BlindedPlan, dict[str, str]]:
    with desk.store.reading() as connection:
        study = study_at(connection, study_id, approved_version(connection, study_id))
        return blinded_plan(connection, study_id, number), {one.code: one.name for one in study.blinding_groups}


def _view(desk: Desk, study_id: int, number: int, page: int) -> BlindedPlanView:
    plan, names = _read(desk, study_id, number)
    last = max(-(-len(plan.consignments) // ROWS_A_PAGE), 1)
    page = min(max(page, 1), last)
    address = f"/supply/plans/{number}?page="
    return BlindedPlanView(
        study_id=study_id,
        line=plan.line,
        consignments=plan.consignments[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE],
        places=_places(plan, names),
        names=names,
        all=len(plan.consignments),
        kits=sum(sum(one.by_group.values()) for one in plan.consignments if not one.to_depot),
        previous=f"{address}{page - 1}" if page > 1 else "",
        next=f"{address}{page + 1}" if page < last else "",
        command_key=desk.key(),
    )


def _places(plan: BlindedPlan, names: Mapping[str, str]) -> tuple[PlaceLine, ...]:
    kits: dict[str, Counter[str]] = {}
    days: dict[str, list[date]] = {}
    for one in plan.consignments:
        kits.setdefault(one.place, Counter()).update({names.get(g, g): n for g, n in one.by_group.items()})
        days.setdefault(one.place, []).append(one.dispatch_on)
    return tuple(
        PlaceLine(place, len(days[place]), min(days[place]), tuple(sorted(kits[place].items())))
        for place in sorted(kits)
    )


def _rows(one: BlindedConsignment, names: Mapping[str, str]) -> list[tuple[object, ...]]:
    journey = (one.dispatch_on, one.expected_on, one.origin, one.place, one.storage)
    return [(*journey, names.get(group, group), kits, one.shipment) for group, kits in sorted(one.by_group.items())]
