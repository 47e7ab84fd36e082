"""Lots on their routes: where each step stands for each country, what waits for the reader, and its signature."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.release_steps import ROUTE_PERMISSIONS, SIGNED_WITH, require_part
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_release import LotOnRoutes, Turn, lot_on_routes, lots_and_routes, turns
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import not_found
from irt.reads.unblinded_release import release_reasons
from irt.services.release_steps import SignReleaseStep, meaning_of, sign_release_step
from irt.states.release import ReleaseStepKind, StepOutcome, step_words
from irt.states.table import words
from web.blinded.desk import Desk, go
from web.blinded.one_study import study_of
from web.blinded.typed import signing_in
from web.forms import Fields
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page

COUNTRY = "country-"
_SAID = {
    StepOutcome.SIGNED: ("The step is signed", "The next step waits for those who sign it."),
    StepOutcome.REFUSED: ("The step is refused", "The lot goes no further there until it is signed."),
    StepOutcome.WITHDRAWN: ("The step is withdrawn", "From now on no kit of the lot is sent or given there."),
}


@dataclass(frozen=True)
class RoutesView(UnblindedView):
    """What waits for the reader, and every lot."""

    study_id: int
    waiting: tuple[Turn, ...]
    lots: tuple[LotOnRoutes, ...]


@dataclass(frozen=True)
class LotRouteView(UnblindedView):
    """One lot on its routes; `turns` are the steps that the reader may sign or withdraw."""

    study_id: int
    lot: LotOnRoutes
    turns: tuple[Turn, ...]
    reasons: Mapping[int, str]
    said: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class StepView(UnblindedView):
    """The panel that signs, refuses or withdraws one step; passwords are never given back."""

    study_id: int
    turn: Turn
    meanings: tuple[tuple[str, str], ...]
    role: str
    code_needed: bool
    command_key: str
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""


class ReleasePages(Controller):
    """The routes of a study's lots."""

    path = "/release"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """What waits for the reader, and how far every lot is."""
        study_id = study_of(desk, *ROUTE_PERMISSIONS)
        if study_id is None:
            return go("/switch")
        _require_part(desk, study_id)
        with desk.store.reading() as connection:
            waiting = tuple(turn for turn in turns(connection, desk.who.actor, study_id) if turn.to_sign)
            view = RoutesView(study_id, waiting, lots_and_routes(connection, study_id))
        return secret_page(desk, "release/lots.html", view, "Release of lots", "Release", study_id)

    @get("/{study_id:int}/{number:str}", sync_to_thread=True)
    def show_lot(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        done: FromQuery[str] = "",
    ) -> Response[str]:
        """Every step of one lot, country by country: who signed, when, and who is next."""
        _require_part(desk, study_id)
        with desk.store.reading() as connection:
            view = LotRouteView(
                study_id,
                lot_on_routes(connection, study_id, number),
                tuple(turn for turn in turns(connection, desk.who.actor, study_id) if turn.lot == number),
                release_reasons(connection, study_id),
                _SAID[StepOutcome(done)] if done in list(StepOutcome) else ("", ""),
            )
        return secret_page(desk, "release/lot.html", view, f"Route of lot {number}", "Release", study_id)

    @get("/{study_id:int}/{number:str}/{kind:str}", sync_to_thread=True)
    def ask(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], kind: FromPath[str]
    ) -> Response[str]:
        """The panel of one step."""
        return _page(desk, study_id, number, kind, {})

    @post("/{study_id:int}/{number:str}/{kind:str}", sync_to_thread=True)
    def sign(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        kind: FromPath[str],
        data: Fields,
    ) -> Response[Any]:
        """Signs, refuses or withdraws; the password is checked in this very request."""
        try:
            ask = SignReleaseStep(
                study_id=study_id,
                lot=number,
                kind=_kind(kind),
                outcome=_outcome(data),
                route=data.get("route", ""),
                countries=sorted(name.removeprefix(COUNTRY) for name in data if name.startswith(COUNTRY)),
                reason=data.get("reason", ""),
                signing=signing_in(data),
            )
            desk.press(sign_release_step, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, number, kind, data, refusal)
        return go(f"/release/{study_id}/{number}?done={ask.outcome}")


def _require_part(desk: Desk, study_id: int) -> None:
    """NotAllowed for everybody who signs no step of any route."""
    require_unblinded(desk, require_part(desk.who.actor, study_id), study_id)


def _kind(written: str) -> ReleaseStepKind:
    if written not in list(ReleaseStepKind):
        raise not_found("step")
    return ReleaseStepKind(written)


def _outcome(data: Mapping[str, str]) -> StepOutcome:
    written = data.get("meaning", "")
    if written not in list(StepOutcome):
        raise BadInput("It is not said whether you sign, refuse or withdraw. Nothing was signed. Choose one.")
    return StepOutcome(written)


def _page(
    desk: Desk,
    study_id: int,
    number: str,
    written: str,
    data: Mapping[str, str],
    refusal: Refusal | None = None,
) -> Response[str]:
    kind = _kind(written)
    require_unblinded(desk, SIGNED_WITH[kind], study_id)
    grant = desk.who.actor.require(SIGNED_WITH[kind], study_id)
    with desk.store.reading() as connection:
        lot_on_routes(connection, study_id, number)
        mine = turns(connection, desk.who.actor, study_id)
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    turn = next((one for one in mine if (one.lot, one.kind) == (number, kind)), None)
    turn = turn or Turn(number, kind, step_words(kind), (), ())
    may = {
        StepOutcome.SIGNED: turn.to_sign,
        StepOutcome.REFUSED: turn.to_sign,
        StepOutcome.WITHDRAWN: turn.to_withdraw,
    }
    view = StepView(
        study_id=study_id,
        turn=turn,
        meanings=tuple((str(outcome), meaning_of(kind, outcome)) for outcome, there in may.items() if there),
        role=words(grant.role),
        code_needed=code_needed,
        command_key=desk.key(),
        typed={name: value for name, value in data.items() if name not in ("password", "code")},
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return secret_page(desk, "release/step.html", view, f"Lot {number}", "Release", study_id, status)
