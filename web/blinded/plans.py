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
from irt.reads.blinded_plans import BlindedConsignment, BlindedPlan, BlindedPlanLine, blinded_plans
from optimization.story.groups_sent import sent_figures
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import study_of
from web.blinded.plan_opened import (
    BlindedPlanHead,
    OpenGroups,
    chosen_groups,
    head_of,
    plan_page,
    posted_groups,
    taken_away,
)
from web.forms import Fields

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

    head: BlindedPlanHead
    consignments: tuple[BlindedConsignment, ...]
    places: tuple[PlaceLine, ...]
    names: Mapping[str, str]
    kits: int
    previous: str
    next: str

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
        opened = chosen_groups(desk, number)
        return plan_page(desk, opened, "plan", _view(desk, opened, page))

    @post("/{number:int}/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], number: FromPath[int], data: Fields) -> Response[Any]:
        """The consignments as a file; that it was taken is written down."""
        opened = posted_groups(desk, data, number)
        rows = [row for one in opened.plan.consignments for row in _rows(one, opened.names)]
        return taken_away(desk, opened, data, "", _HEADS, rows)


def _view(desk: Desk, opened: OpenGroups, page: int) -> BlindedPlanView:
    plan = opened.plan
    last = max(-(-len(plan.consignments) // ROWS_A_PAGE), 1)
    page = min(max(page, 1), last)
    address = f"/supply/plans/{plan.line.number}?page="
    return BlindedPlanView(
        head=head_of(desk, opened),
        consignments=plan.consignments[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE],
        places=_places(plan, opened.names),
        names=opened.names,
        kits=sent_figures(opened.sent).all_kits,
        previous=f"{address}{page - 1}" if page > 1 else "",
        next=f"{address}{page + 1}" if page < last else "",
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
