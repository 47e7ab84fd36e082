"""Visits outside the usual way: held without kits, skipped, marked in error, or not planned at all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_steps import StepFacts, step_facts
from irt.services.assign_kits import AssignKits, assign_kits
from irt.services.change_treatment import SkipVisit, skip_visit
from irt.services.correct_visit import CorrectVisit, correct_visit
from irt.services.record_visit import RecordVisit, record_visit
from irt.services.weigh_subject import WeightNotConfirmed
from irt.study.dispensing_schedule import WeightMissing, WeightOutOfBounds
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import day_in, reason_in, weight_in, whole_in
from web.forms import Fields
from web.press import answered


@dataclass(frozen=True)
class VisitPage(BlindedView):
    """The form about one visit, with what was typed."""

    facts: StepFacts
    command_key: str
    on_day: str
    visit: str
    reason: str = ""
    weight: str = ""
    weight_needed: bool = False
    weight_waits: bool = False
    problem: str = ""


class VisitPages(Controller):
    """Recorded, skipped, corrected and unscheduled visits of one subject."""

    path = "/studies/{study_id:int}/subjects/{number:str}"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/record", sync_to_thread=True)
    def record_form(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        visit: FromQuery[str] = "",
        occurrence: FromQuery[str] = "0",
    ) -> Response[str]:
        """Which visit without kits took place, and when."""
        return _form(desk, study_id, number, visit, occurrence)

    @post("/record", sync_to_thread=True)
    def record(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Books a visit without kits as done."""

        def press(facts: StepFacts, visit: dict[str, Any]) -> SQLModel:
            ask = RecordVisit(**visit, on_day=day_in(data.get("on_day", ""), facts.today))
            return desk.press(record_visit, ask, data.get("command_key", ""))

        return _marked(desk, study_id, number, data, press)

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
        return _form(desk, study_id, number, visit, occurrence)

    @post("/skip", sync_to_thread=True)
    def skip(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Books the visit as skipped."""

        def press(facts: StepFacts, visit: dict[str, Any]) -> SQLModel:
            ask = SkipVisit(**visit, on_day=day_in(data.get("on_day", ""), facts.today), reason=reason_in(data))
            return desk.press(skip_visit, ask, data.get("command_key", ""))

        return _marked(desk, study_id, number, data, press)

    @get("/correct", sync_to_thread=True)
    def correct_form(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        visit: FromQuery[str] = "",
        occurrence: FromQuery[str] = "0",
    ) -> Response[str]:
        """Which visit was marked in error, and why."""
        return _form(desk, study_id, number, visit, occurrence)

    @post("/correct", sync_to_thread=True)
    def correct(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Opens a visit again that was marked in error."""

        def press(_facts: StepFacts, visit: dict[str, Any]) -> SQLModel:
            ask = CorrectVisit(**visit, reason=reason_in(data))
            return desk.press(correct_visit, ask, data.get("command_key", ""))

        return _marked(desk, study_id, number, data, press)

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

        def press() -> int:
            ask = AssignKits(
                study_id=study_id,
                subject=number,
                visit=data.get("visit", ""),
                unscheduled=True,
                weight_kg=weight_in(data.get("weight", "")),
                on_day=day_in(data.get("on_day", ""), facts.today),
            )
            return desk.press(assign_kits, ask, data.get("command_key", "")).dispensing_id

        return answered(
            press,
            lambda dispensing_id: go(f"{facts.address}/dispense/{dispensing_id}"),
            lambda refusal: _page(desk, "subjects/unscheduled.html", facts, data, refusal),
        )


def _form(desk: Desk, study_id: int, number: str, visit: str, occurrence: str) -> Response[str]:
    typed = {"visit": f"{visit}~{occurrence}"} if visit else {}
    return _page(desk, _template(desk), _facts(desk, study_id, number), typed)


def _marked(
    desk: Desk,
    study_id: int,
    number: str,
    data: Mapping[str, str],
    press: Callable[[StepFacts, dict[str, Any]], SQLModel],
) -> Response[Any]:
    """Marks the visit that was chosen and goes back to the subject."""
    facts = _facts(desk, study_id, number)
    return answered(
        lambda: press(facts, {"study_id": study_id, "subject": number, **_visit_in(data)}),
        lambda _: go(facts.address),
        lambda refusal: _page(desk, _template(desk), facts, data, refusal),
    )


def _template(desk: Desk) -> str:
    """Each of these addresses has the page of its last word."""
    return f"subjects/{desk.request.url.path.rsplit('/', 1)[-1]}.html"


def _visit_in(data: Mapping[str, str]) -> dict[str, Any]:
    code, found, occurrence = data.get("visit", "").partition("~")
    if not found:
        raise BadInput("No visit was chosen. Nothing was booked. Choose the visit.")
    return {"visit": code, "occurrence": whole_in(occurrence, "the visit")}


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
        isinstance(refusal, WeightNotConfirmed),
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
