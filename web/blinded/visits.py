"""Visits outside the usual way: one that did not take place, and one that was not planned."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_steps import StepFacts, step_facts
from irt.services.assign_kits import AssignKits, assign_kits
from irt.services.change_treatment import SkipVisit, skip_visit
from irt.study.dispensing_schedule import WeightMissing, WeightOutOfBounds
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import day_in, reason_in, weight_in, whole_in
from web.forms import Fields


@dataclass(frozen=True)
class VisitPage(BlindedView):
    """The form of a visit to skip or of an unscheduled one, with what was typed."""

    facts: StepFacts
    command_key: str
    on_day: str
    visit: str
    reason: str = ""
    weight: str = ""
    weight_needed: bool = False
    problem: str = ""


class VisitPages(Controller):
    """Skipped and unscheduled visits of one subject."""

    path = "/studies/{study_id:int}/subjects/{number:str}"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/skip", sync_to_thread=True)
    def skip_form(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        visit: FromQuery[str] = "",
        occurrence: FromQuery[str] = "0",
    ) -> Response[str]:
        """Which visit did not take place, and why."""
        typed = {"visit": f"{visit}~{occurrence}"} if visit else {}
        return _page(desk, "subjects/skip.html", _facts(desk, study_id, number), typed)

    @post("/skip", sync_to_thread=True)
    def skip(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Books the visit as skipped."""
        facts = _facts(desk, study_id, number)
        try:
            code, occurrence = _visit_in(data)
            ask = SkipVisit(
                study_id=study_id,
                subject=number,
                visit=code,
                occurrence=occurrence,
                on_day=day_in(data.get("on_day", ""), facts.today),
                reason=reason_in(data),
            )
            desk.press(skip_visit, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, "subjects/skip.html", facts, data, refusal)
        return go(facts.address)

    @get("/unscheduled", sync_to_thread=True)
    def unscheduled_form(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str]
    ) -> Response[str]:
        """Whose kits are given at a visit that was not planned."""
        facts = _facts(desk, study_id, number)
        return _page(desk, "subjects/unscheduled.html", facts, {"visit": facts.last_dispensing})

    @post("/unscheduled", sync_to_thread=True)
    def unscheduled(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Assigns the kits of the visit named and opens the page to scan them."""
        facts = _facts(desk, study_id, number)
        try:
            ask = AssignKits(
                study_id=study_id,
                subject=number,
                visit=data.get("visit", ""),
                unscheduled=True,
                weight_kg=weight_in(data.get("weight", "")),
                on_day=day_in(data.get("on_day", ""), facts.today),
            )
            done = desk.press(assign_kits, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, "subjects/unscheduled.html", facts, data, refusal)
        return go(f"{facts.address}/dispense/{done.dispensing_id}")


def _visit_in(data: Mapping[str, str]) -> tuple[str, int]:
    code, found, occurrence = data.get("visit", "").partition("~")
    if not found:
        raise BadInput("No visit was chosen. Nothing was booked. Choose the visit.")
    return code, whole_in(occurrence, "the visit")


def _facts(desk: Desk, study_id: int, number: str) -> StepFacts:
    with desk.store.reading() as connection:
        return step_facts(connection, desk.who.actor, study_id, number, Permission.DISPENSE, desk.now)


def _page(
    desk: Desk, template: str, facts: StepFacts, typed: Mapping[str, str], refusal: Refusal | None = None
) -> Response[str]:
    view = VisitPage(
        facts,
        desk.key(),
        typed.get("on_day") or facts.today.isoformat(),
        typed.get("visit", ""),
        typed.get("reason", ""),
        typed.get("weight", ""),
        isinstance(refusal, WeightMissing | WeightOutOfBounds) or bool(typed.get("weight")),
        refusal.sentence if refusal else "",
    )
    return desk.page(
        template,
        view,
        f"Visit of {facts.subject}",
        "Subjects",
        study_id=facts.study_id,
        site_id=facts.site_id,
        status_code=refusal.status_code if refusal else 200,
    )
