"""The independent statistician asks for a planned unblinding, and takes the list of one that was granted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from pydantic import ValidationError

from irt.blinding.roles import Permission
from irt.blinding.unblinding import Purpose, ScopeKind
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_planned_unblindings import PlanLine, locked_at, planned_unblindings
from irt.reads.blinded_signing import code_will_be_needed
from irt.services.plan_unblinding import PlanUnblinding, plan_unblinding
from irt.services.take_unblinded_list import TakeUnblindedList, take_unblinded_list
from irt.states.table import words
from web.blinded.desk import Desk, go
from web.blinded.one_study import study_in
from web.blinded.typed import signing_in
from web.blinded.unblinding import mode_of_study
from web.downloads import file_answer, file_name
from web.forms import Fields
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page

_ASKED = ("reason", "stays_blinded", "safeguards")


@dataclass(frozen=True)
class PlannedListsView(UnblindedView):
    """Plans so far, and the form."""

    study_id: int
    plans: tuple[PlanLine, ...]
    locked_at: datetime | None
    code_needed: bool
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    purposes: tuple[tuple[str, str], ...] = tuple((str(each), words(each)) for each in Purpose)
    scopes: tuple[tuple[str, str], ...] = tuple((str(each), words(each)) for each in ScopeKind)


class PlannedListPages(Controller):
    """Planned unblindings, as who holds the lists works with them."""

    path = "/unblinding/planned"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study: FromQuery[int] = 0) -> Response[Any]:
        """What was asked for and decided, and the form."""
        study_id = study or desk.who.study_id
        return go("/switch") if study_id is None else _page(desk, study_id)

    @post("/", sync_to_thread=True)
    def ask(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Asks another person under a signature."""
        study_id = study_in(data)
        try:
            done = desk.press(plan_unblinding, _plan(study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, data, refusal)
        return go(f"/unblinding/plans/{study_id}/{done.number}")

    @post("/{study_id:int}/{number:str}/list", status_code=200, sync_to_thread=True)
    def take(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """The list of a granted plan, once its number is typed again and signed for; the hash stands in the log."""
        try:
            ask = TakeUnblindedList(
                study_id=study_id, number=number, again=data.get("again", ""), signing=signing_in(data)
            )
            done = desk.press(take_unblinded_list, ask, data.get("command_key", ""))
            if done.content is None:
                raise BadInput("This was taken by an earlier press. Nothing is told twice. Sign once more.")
        except Refusal as refusal:
            return _page(desk, study_id, {}, refusal)
        name = file_name(f"UNBLINDED-{number}", mode_of_study(desk, study_id), desk.now)
        return file_answer(done.content, name, "text/csv")


def _plan(study_id: int, data: Mapping[str, str]) -> PlanUnblinding:
    try:
        return PlanUnblinding.model_validate(
            {
                "study_id": study_id,
                "purpose": data.get("purpose"),
                "scope": data.get("scope"),
                "values": [one.strip() for one in data.get("values", "").split(",") if one.strip()],
                "recipients": _recipients(data.get("recipients", "")),
                **{name: data.get(name, "").strip() for name in _ASKED},
                "signing": signing_in(data),
            }
        )
    except ValidationError:
        raise BadInput(
            "Something is missing. Nothing was booked. Choose purpose and scope, name each recipient on a line of "
            "its own as 'name; organisation; user name', and fill in the reasons."
        ) from None


def _recipients(typed: str) -> list[dict[str, str]]:
    """A line each: name; organisation; user name."""
    lines = ([part.strip() for part in line.split(";")] for line in typed.splitlines() if line.strip())
    return [dict(zip(("name", "organisation", "username"), parts, strict=False)) for parts in lines]


def _page(
    desk: Desk, study_id: int, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Response[Any]:
    require_unblinded(desk, Permission.PLAN_UNBLINDING, study_id)
    with desk.store.reading() as connection:
        plans = planned_unblindings(connection, study_id)
        locked = locked_at(connection, study_id)
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    told = {name: value for name, value in (typed or {}).items() if name not in ("password", "code")}
    said = refusal.sentence if refusal else ""
    view = PlannedListsView(study_id, plans, locked, code_needed, desk.key(), told, said)
    status = refusal.status_code if refusal else 200
    return secret_page(desk, "unblinding/planned.html", view, "Planned unblinding", "Unblinding", study_id, status)
