"""Quality decisions: what waits, and the signature that lets kits be used again or never."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_quality import (
    KITS_AT_ONCE,
    HeldKit,
    QualityPage,
    kits_of_excursion,
    kits_to_decide,
    quality_page,
)
from irt.reads.blinded_signing import code_will_be_needed
from irt.services.decide_quality import DecideQuality, decide_quality
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import study_of
from web.blinded.typed import reason_in, signing_in, whole_in
from web.forms import Fields

DECISIONS = (("accept", "They may be used again"), ("reject", "They must never be used"))


@dataclass(frozen=True)
class QualityView(BlindedView):
    """What waits in one study, and what was decided just now."""

    page: QualityPage
    said: str = ""


@dataclass(frozen=True)
class DecideView(BlindedView):
    """The kits chosen, with the panel that signs the decision on them; passwords are never given back."""

    study_id: int
    kits: tuple[HeldKit, ...]
    excursion: str
    role: str
    code_needed: bool
    meaning: str
    command_key: str
    decisions: tuple[tuple[str, str], ...] = DECISIONS
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""

    @property
    def numbers(self) -> str:
        """The kit numbers as the form carries them."""
        return " ".join(kit.number for kit in self.kits)


class QualityPages(Controller):
    """The kits and excursions of a study that wait for quality."""

    path = "/quality"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self, desk: NamedDependency[Desk], after: FromQuery[str] = "", done: FromQuery[str] = ""
    ) -> Response[Any]:
        """Excursions and kits that wait, fifty kits at a time."""
        study_id = study_of(desk, Permission.DECIDE_QUALITY)
        if study_id is None:
            return go("/switch")
        desk.who.actor.require(Permission.DECIDE_QUALITY, study_id)
        with desk.store.reading() as connection:
            page = quality_page(connection, study_id, after)
        view = QualityView(page, "The decision is booked" if done == "true" else "")
        return desk.page("quality/quality.html", view, "Quality", "Quality", study_id=study_id)

    @get("/decide", sync_to_thread=True)
    def ask(
        self, desk: NamedDependency[Desk], study: FromQuery[int | None] = None, excursion: FromQuery[str] = ""
    ) -> Response[Any]:
        """The kits chosen and the signature panel."""
        if study is None:
            return go("/quality")
        numbers = " ".join(desk.request.query_params.getall("kit", []))
        return _page(desk, study, {"kits": numbers, "excursion": excursion})

    @post("/decide", sync_to_thread=True)
    def decide(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Signs the decision; the password is checked in this very request."""
        study_id = whole_in(data.get("study", ""), "the study")
        try:
            desk.press(decide_quality, _asked(study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, data, refusal)
        return go("/quality?done=true")


def _asked(study_id: int, data: Mapping[str, str]) -> DecideQuality:
    numbers, decision = data.get("kits", "").split(), data.get("decision_on_kits", "")
    if decision not in {code for code, _ in DECISIONS}:
        raise BadInput("The decision is missing. Nothing was decided. Say whether the kits may be used.")
    return DecideQuality(
        study_id=study_id,
        accept=numbers if decision == "accept" else [],
        reject=numbers if decision == "reject" else [],
        reason=reason_in(data),
        excursion=data.get("excursion") or None,
        signing=signing_in(data),
    )


def _page(desk: Desk, study_id: int, data: Mapping[str, str], refusal: Refusal | None = None) -> Response[Any]:
    grant = desk.who.actor.require(Permission.DECIDE_QUALITY, study_id)
    numbers, excursion = data.get("kits", "").split(), data.get("excursion", "")
    with desk.store.reading() as connection:
        if excursion and not numbers:
            kits = kits_of_excursion(connection, study_id, excursion)
        else:
            kits = kits_to_decide(connection, study_id, numbers[:KITS_AT_ONCE])
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    view = DecideView(
        study_id=study_id,
        kits=kits,
        excursion=excursion,
        role=words(grant.role),
        code_needed=code_needed,
        meaning=Meaning.DECIDE_QUALITY,
        command_key=desk.key(),
        typed={name: data.get(name, "") for name in ("reason", "decision_on_kits")},
        refusal=refusal.sentence if refusal else "",
    )
    return desk.page(
        "quality/decide.html",
        view,
        "Quality decision",
        "Quality",
        study_id=study_id,
        status_code=refusal.status_code if refusal else 200,
    )
