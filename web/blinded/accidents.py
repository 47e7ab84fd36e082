"""Recording that somebody learned a treatment by accident, and deciding what follows. No page asks which."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from pydantic import ValidationError

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.unblinding import Consequence, How, Path, Told
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotAllowed, Refusal
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import not_found
from irt.reads.blinded_unblinding_log import LogLine, blinded_log
from irt.services.record_accident import DecideAccident, RecordAccident, decide_accident, record_accident
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may, study_in
from web.blinded.typed import signing_in
from web.blinded.unblinding import require_log
from web.forms import Fields


def _choices(kinds: type[How] | type[Told] | type[Consequence]) -> tuple[tuple[str, str], ...]:
    return tuple((str(each), words(each)) for each in kinds)


@dataclass(frozen=True)
class AccidentForm(BlindedView):
    """What is asked of somebody who records an accident; `said` is the number just given."""

    study_id: int
    study: str
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    said: str = ""
    hows: tuple[tuple[str, str], ...] = _choices(How)
    tolds: tuple[tuple[str, str], ...] = _choices(Told)


@dataclass(frozen=True)
class AccidentView(BlindedView):
    """One record; `role` is empty for those who only read it."""

    study_id: int
    line: LogLine
    role: str
    code_needed: bool
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    meaning: str = Meaning.DECIDE_ACCIDENT
    consequences: tuple[tuple[str, str], ...] = _choices(Consequence)


class AccidentPages(Controller):
    """Accidental unblindings of one study."""

    path = "/unblinding"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/accident", sync_to_thread=True)
    def ask(
        self, desk: NamedDependency[Desk], study: FromQuery[int] = 0, said: FromQuery[str] = ""
    ) -> Response[Any]:
        """The form, for everybody who works in a study."""
        study_id = study or desk.who.study_id
        return go("/switch") if study_id is None else _form(desk, study_id, said=said)

    @post("/accident", sync_to_thread=True)
    def record(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Books the record, its flag, its deviation and the neutral notices."""
        study_id = study_in(data)
        try:
            done = desk.press(record_accident, _accident(study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _form(desk, study_id, data, refusal)
        return go(f"/unblinding/accident?study={study_id}&said={done.number}")

    @get("/accidents/{study_id:int}/{number:str}", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str]) -> Response[Any]:
        """One record, and the panel that decides on it."""
        return _record(desk, study_id, number)

    @post("/accidents/{study_id:int}/{number:str}", sync_to_thread=True)
    def decide(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Signs what follows."""
        try:
            if data.get("consequence") not in list(Consequence) or not data.get("words", "").strip():
                raise BadInput("Choose what follows, and say why. Nothing was booked.")
            ask = DecideAccident(
                study_id=study_id,
                number=number,
                consequence=Consequence(data["consequence"]),
                words=data["words"].strip()[:1000],
                signing=signing_in(data),
            )
            desk.press(decide_accident, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _record(desk, study_id, number, data, refusal)
        return go("/unblinding")


def _accident(study_id: int, data: Mapping[str, str]) -> RecordAccident:
    try:
        learned_at = datetime.fromisoformat(data.get("learned_at", "")).replace(tzinfo=UTC)
        return RecordAccident.model_validate(
            {
                "study_id": study_id,
                "learned_at": learned_at,
                **{name: data.get(name, "").strip() for name in ("subject", "learner", "how", "told", "words")},
            }
        )
    except (ValidationError, ValueError):
        raise BadInput(
            "Something is missing. Nothing was booked. Name subject and person, choose how and what kind of thing, "
            "give the time, and say what happened in 10 to 1,000 letters."
        ) from None


def _form(
    desk: Desk,
    study_id: int,
    typed: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
    said: str = "",
) -> Response[Any]:
    study = next((place.study_name for place in desk.who.places if place.study_id == study_id), None)
    if study is None:
        raise NotAllowed("Your role cannot do this. Ask the study coordinator.")
    known = said if said.startswith("A-") and said[2:].isdecimal() else ""
    view = AccidentForm(study_id, study, desk.key(), typed or {}, refusal.sentence if refusal else "", known)
    status = refusal.status_code if refusal else 200
    return desk.page(
        "unblinding/accident.html",
        view,
        "Accidental unblinding",
        "Unblinding",
        study_id=study_id,
        status_code=status,
    )


def _record(
    desk: Desk,
    study_id: int,
    number: str,
    typed: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response[Any]:
    require_log(desk, study_id)
    actor = desk.who.actor
    with desk.store.reading() as connection:
        lines = blinded_log(connection, actor, study_id, desk.now)
        code_needed = code_will_be_needed(connection, actor, study_id)
    line = next((one for one in lines if one.path is Path.ACCIDENT and one.record == number), None)
    if line is None:
        raise not_found("record")
    decides = may(desk, Permission.DECIDE_UNBLINDING, study_id) and line.open
    role = words(actor.require(Permission.DECIDE_UNBLINDING, study_id).role) if decides else ""
    told = {name: value for name, value in (typed or {}).items() if name not in ("password", "code")}
    view = AccidentView(study_id, line, role, code_needed, desk.key(), told, refusal.sentence if refusal else "")
    status = refusal.status_code if refusal else 200
    return desk.page(
        "unblinding/record.html",
        view,
        f"Accident {number}",
        "Unblinding",
        study_id=study_id,
        status_code=status,
    )
