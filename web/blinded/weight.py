"""The body weight of a visit: one person types it, another types it again without being shown the number."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from sqlmodel import SQLModel

from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_weight import WeightView, weight_page
from irt.services.weigh_subject import ConfirmWeight, EnterWeight, confirm_weight, enter_weight
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import day_in, weight_in, whole_in
from web.forms import Fields
from web.press import answered


@dataclass(frozen=True)
class WeightPage(BlindedView):
    """The form, with what was typed. `anew` asks for a first entry although there is one."""

    page: WeightView
    command_key: str
    on_day: str
    weight: str = ""
    anew: bool = False
    problem: str = ""

    @property
    def confirms(self) -> bool:
        """Whether the form confirms what somebody else entered."""
        return self.page.weighed.entered_at is not None and not self.anew

    @property
    def possible(self) -> bool:
        """Whether this person can go on: nobody confirms an own entry, or one that is confirmed."""
        return not self.confirms or not (self.page.weighed.own or self.page.weighed.confirmed_at)

    @property
    def anew_href(self) -> str:
        """The form for a first entry that takes the place of the one there is."""
        return f"{_address(self.page)}&anew=yes"


class WeightPages(Controller):
    """The weight of one visit of one subject."""

    path = "/studies/{study_id:int}/subjects/{number:str}/weight"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        visit: FromQuery[str],
        occurrence: FromQuery[int] = 0,
        unscheduled: FromQuery[str] = "",
        anew: FromQuery[str] = "",
    ) -> Response[str]:
        """Who typed the weight so far, and the field to type it."""
        page = _read(desk, study_id, number, visit, occurrence, unscheduled)
        return _page(desk, page, {"anew": anew})

    @post(sync_to_thread=True)
    def weigh(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Books the first entry, or the second one that must be the same."""
        occurrence = whole_in(data.get("occurrence", "0"), "the visit")
        page = _read(desk, study_id, number, data.get("visit", ""), occurrence, data.get("unscheduled", ""))
        return answered(
            lambda: _press(desk, page, data),
            lambda _: go(_onward(page, data)),
            lambda refusal: _page(desk, page, data, refusal),
        )


def _press(desk: Desk, page: WeightView, data: Mapping[str, str]) -> SQLModel:
    weight_kg = weight_in(data.get("weight", ""))
    if weight_kg is None:
        raise BadInput("The weight is missing. Nothing was booked. Enter kilograms, as 71.5.")
    facts = {
        "study_id": page.study_id,
        "subject": page.subject,
        "visit": page.visit,
        "occurrence": page.occurrence,
        "unscheduled": page.unscheduled,
        "weight_kg": weight_kg,
        "on_day": day_in(data.get("on_day", ""), page.today),
    }
    key = data.get("command_key", "")
    if data.get("act") == "confirm":
        return desk.press(confirm_weight, ConfirmWeight.model_validate(facts), key)
    return desk.press(enter_weight, EnterWeight.model_validate(facts), key)


def _onward(page: WeightView, data: Mapping[str, str]) -> str:
    """A confirmed weight leads to the kits; a first entry stays, and says who is waited for."""
    if data.get("act") != "confirm":
        return _address(page)
    if page.unscheduled:
        return f"{page.address}/unscheduled"
    return f"{page.address}/dispense?visit={page.visit}&occurrence={page.occurrence}"


def _address(page: WeightView) -> str:
    unscheduled = "&unscheduled=yes" if page.unscheduled else ""
    return f"{page.address}/weight?visit={page.visit}&occurrence={page.occurrence}{unscheduled}"


def _read(desk: Desk, study_id: int, number: str, visit: str, occurrence: int, unscheduled: str) -> WeightView:
    with desk.store.reading() as connection:
        return weight_page(
            connection,
            desk.who.actor,
            study_id,
            number,
            visit,
            occurrence,
            desk.now,
            unscheduled=bool(unscheduled),
        )


def _page(desk: Desk, page: WeightView, typed: Mapping[str, str], refusal: Refusal | None = None) -> Response[str]:
    view = WeightPage(
        page,
        desk.key(),
        typed.get("on_day") or page.today.isoformat(),
        # A number that was refused as the second one is not kept: it is read from the scale again.
        "" if typed.get("act") == "confirm" else typed.get("weight", ""),
        bool(typed.get("anew")) or typed.get("act") == "enter",
        refusal.sentence if refusal else "",
    )
    return desk.page(
        "subjects/weight.html",
        view,
        f"Body weight {page.subject}",
        "Worklist",
        study_id=page.study_id,
        site_id=page.site_id,
        status_code=refusal.status_code if refusal else 200,
    )
