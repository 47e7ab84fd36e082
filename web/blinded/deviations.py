"""Deviations, followed until their kits are decided on, then closed by quality with a signature."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_deviations import DeviationLine, deviation_of, deviations_of
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import not_found
from irt.services.close_deviation import ASSESSMENT_MAX, CloseDeviation, close_deviation
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import study_of
from web.blinded.typed import signing_in
from web.forms import Fields


@dataclass(frozen=True)
class DeviationsView(BlindedView):
    """Every deviation of one study, open ones first."""

    study_id: int
    deviations: tuple[DeviationLine, ...]


@dataclass(frozen=True)
class DeviationView(BlindedView):
    """One deviation with the panel that closes it; passwords are never given back."""

    study_id: int
    one: DeviationLine
    role: str
    code_needed: bool
    command_key: str
    meaning: str = Meaning.DECIDE_QUALITY
    assessment: str = ""
    refusal: str = ""


class DeviationPages(Controller):
    """Deviations by number."""

    path = "/quality/deviations"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """What is open, and what came of the others."""
        study_id = study_of(desk, Permission.DECIDE_QUALITY)
        if study_id is None:
            return go("/switch")
        desk.who.actor.require(Permission.DECIDE_QUALITY, study_id)
        with desk.store.reading() as connection:
            found = deviations_of(connection, study_id, desk.now)
        view = DeviationsView(study_id, found)
        return desk.page("quality/deviations.html", view, "Deviations", "Quality", study_id=study_id)

    @get("/{study_id:int}/{number:str}", sync_to_thread=True)
    def show_one(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str]
    ) -> Response[Any]:
        """One deviation, where its kits are, and the panel that closes it."""
        return _page(desk, study_id, number, {})

    @post("/{study_id:int}/{number:str}", sync_to_thread=True)
    def close(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Signs what came of it; the password is checked in this very request."""
        try:
            typed = data.get("assessment", "").strip()
            if not typed or len(typed) > ASSESSMENT_MAX:
                raise BadInput(f"Say what came of it, in at most {ASSESSMENT_MAX} characters. Nothing was booked.")
            ask = CloseDeviation(study_id=study_id, number=number, assessment=typed, signing=signing_in(data))
            desk.press(close_deviation, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, number, data, refusal)
        return go(f"/quality/deviations/{study_id}/{number}")


def _page(
    desk: Desk, study_id: int, number: str, data: Mapping[str, str], refusal: Refusal | None = None
) -> Response[Any]:
    grant = desk.who.actor.require(Permission.DECIDE_QUALITY, study_id)
    with desk.store.reading() as connection:
        one = deviation_of(connection, study_id, number, desk.now)
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    if one is None:
        raise not_found("deviation")
    view = DeviationView(
        study_id,
        one,
        words(grant.role),
        code_needed,
        desk.key(),
        assessment=data.get("assessment", ""),
        refusal=refusal.sentence if refusal else "",
    )
    status = refusal.status_code if refusal else 200
    return desk.page(
        "quality/deviation.html", view, f"Deviation {number}", "Quality", study_id=study_id, status_code=status
    )
