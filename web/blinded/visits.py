"""Visits outside the usual way: held without kits, skipped, marked in error, or not planned at all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
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
from irt.services.work import Work
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


@dataclass(frozen=True)
class _Mark:
    """A mark on a visit: the service that books it and its ask, from the visit, what was typed and today."""

    service: Callable[[Work, Any], SQLModel]
    ask: Callable[[dict[str, Any], Mapping[str, str], date], SQLModel]


def _recorded(visit: dict[str, Any], data: Mapping[str, str], today: date) -> RecordVisit:
    return RecordVisit(**visit, on_day=day_in(data.get("on_day", ""), today))


def _skipped(visit: dict[str, Any], data: Mapping[str, str], today: date) -> SkipVisit:
    return SkipVisit(**visit, on_day=day_in(data.get("on_day", ""), today), reason=reason_in(data))


def _corrected(visit: dict[str, Any], data: Mapping[str, str], _today: date) -> CorrectVisit:
    return CorrectVisit(**visit, reason=reason_in(data))


_MARKS = {
    "record": _Mark(record_visit, _recorded),
    "skip": _Mark(skip_visit, _skipped),
    "correct": _Mark(correct_visit, _corrected),
}
_SUBJECT = "/studies/{study_id:int}/subjects/{number:str}"


class _MarkPages(Controller):
    """The form of a mark and its press; the last word of the address says which."""

    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        visit: FromQuery[str] = "",
        occurrence: FromQuery[str] = "0",
    ) -> Response[str]:
        """Which visit is meant, when, and why."""
        typed = {"visit": f"{visit}~{occurrence}"} if visit else {}
        return _page(desk, _template(desk), _facts(desk, study_id, number), typed)

    @post(sync_to_thread=True)
    def mark(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Marks the visit that was chosen and goes back to the subject."""
        mark, facts = _MARKS[_word(desk)], _facts(desk, study_id, number)

        def press() -> SQLModel:
            visit = {"study_id": study_id, "subject": number, **_visit_in(data)}
            return desk.press(mark.service, mark.ask(visit, data, facts.today), data.get("command_key", ""))

        return answered(
            press,
            lambda _: go(facts.address),
            lambda refusal: _page(desk, _template(desk), facts, data, refusal),
        )


class RecordPages(_MarkPages):
    """A visit without kits took place."""

    path = f"{_SUBJECT}/record"


class SkipPages(_MarkPages):
    """A visit did not take place."""

    path = f"{_SUBJECT}/skip"


class CorrectPages(_MarkPages):
    """A visit was marked in error."""

    path = f"{_SUBJECT}/correct"


class UnscheduledPages(Controller):
    """A visit that was not planned."""

    path = f"{_SUBJECT}/unscheduled"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str]) -> Response[str]:
        """Whose kits are given at a visit that was not planned."""
        facts = _facts(desk, study_id, number)
        return _page(desk, "subjects/unscheduled.html", facts, {"visit": facts.last_dispensing})

    @post(sync_to_thread=True)
    def assign(
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


def _word(desk: Desk) -> str:
    """The last word of the address: which mark it is."""
    return desk.request.url.path.rsplit("/", 1)[-1]


def _template(desk: Desk) -> str:
    return f"subjects/{_word(desk)}.html"


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
