"""The log of incidents and serious breaches: to read, to write in, to take away, to close with a signature."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_incidents import HEADS, IncidentLine, incident_row, incidents_of
from irt.reads.blinded_people import place_in
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import not_found
from irt.services.incidents import (
    SAID_MAX,
    CloseIncident,
    NoteIncident,
    StepIncident,
    close_incident,
    note_incident,
    step_incident,
)
from irt.services.log_reading import LogReading, log_reading
from irt.states.incident import INCIDENT, WORDS, IncidentEvent
from irt.states.records import Mode
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may
from web.blinded.typed import signing_in
from web.downloads import table_answer, table_in
from web.forms import Fields


@dataclass(frozen=True)
class IncidentsView(BlindedView):
    """Every incident, and the form for another one where the reader may write."""

    study_id: int
    incidents: tuple[IncidentLine, ...]
    records: bool
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""


@dataclass(frozen=True)
class IncidentView(BlindedView):
    """One incident with what may be written under it now; `role`: in which the reader closes it."""

    study_id: int
    one: IncidentLine
    steps: tuple[tuple[str, str], ...]
    role: str
    code_needed: bool
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""


class IncidentPages(Controller):
    """Incidents of one study."""

    path = "/studies/{study_id:int}/incidents"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int]) -> Response[Any]:
        """The newest first, with what is left of the seven days."""
        return _list(desk, study_id)

    @post("/", sync_to_thread=True)
    def note(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[Any]:
        """Notes what happened."""
        try:
            ask = NoteIncident(
                study_id=study_id,
                what=_said(data, "what"),
                known_at=_moment(data.get("known_at", ""), desk.now) or desk.now,
                happened_at=_moment(data.get("happened_at", ""), desk.now),
                subjects=data.get("subjects", "").replace(",", " ").split(),
                sites=data.get("sites", "").replace(",", " ").split(),
            )
            noted = desk.press(note_incident, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _list(desk, study_id, data, refusal)
        return go(f"/studies/{study_id}/incidents/{noted.number}")

    @post("/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], study_id: FromPath[int], data: Fields) -> Response[Any]:
        """The whole log as a file."""
        desk.who.actor.require(Permission.VIEW_INCIDENTS, study_id)
        with desk.store.reading() as connection:
            lines = incidents_of(connection, study_id, desk.now)
            place = place_in(connection, desk.who.actor, study_id, None)
        ask = LogReading(
            study_id=study_id, what="incident log", permission=Permission.VIEW_INCIDENTS, rows=len(lines)
        )
        desk.press(log_reading, ask, desk.key())
        name, mode = (
            ("incidents", Mode.PRODUCTION) if place is None else (f"incidents-{place.protocol}", place.mode)
        )
        return table_answer(name, mode, desk.now, HEADS, map(incident_row, lines), table_in(data))

    @get("/{number:str}", sync_to_thread=True)
    def show_one(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str]
    ) -> Response[Any]:
        """One incident and everything that was written under it."""
        return _one(desk, study_id, number)

    @post("/{number:str}", sync_to_thread=True)
    def step(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Writes under it, or closes it with a signature."""
        try:
            if "password" in data:
                closing = CloseIncident(
                    study_id=study_id, number=number, said=_said(data, "said"), signing=signing_in(data)
                )
                desk.press(close_incident, closing, data.get("command_key", ""))
            else:
                event = data.get("event", "")
                if event not in set(IncidentEvent):
                    raise BadInput("Choose what it is you write. Nothing was booked.")
                ask = StepIncident(
                    study_id=study_id, number=number, event=IncidentEvent(event), said=_said(data, "said")
                )
                desk.press(step_incident, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _one(desk, study_id, number, data, refusal)
        return go(f"/studies/{study_id}/incidents/{number}")


def _list(
    desk: Desk, study_id: int, typed: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Response[str]:
    desk.who.actor.require(Permission.VIEW_INCIDENTS, study_id)
    with desk.store.reading() as connection:
        found = incidents_of(connection, study_id, desk.now)
    view = IncidentsView(
        study_id=study_id,
        incidents=found,
        records=may(desk, Permission.RECORD_INCIDENT, study_id),
        command_key=desk.key(),
        typed=typed or {},
        refusal=refusal.sentence if refusal else "",
    )
    status_code = refusal.status_code if refusal else 200
    return desk.page(
        "records/incidents.html", view, "Incidents", "Records", study_id=study_id, status_code=status_code
    )


def _one(
    desk: Desk,
    study_id: int,
    number: str,
    typed: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response[str]:
    desk.who.actor.require(Permission.VIEW_INCIDENTS, study_id)
    with desk.store.reading() as connection:
        found = incidents_of(connection, study_id, desk.now)
        code_needed = code_will_be_needed(connection, desk.who.actor, study_id)
    one = next((each for each in found if each.number == number), None)
    if one is None:
        raise not_found("incident")
    decides = may(desk, Permission.DECIDE_INCIDENT, study_id)
    view = IncidentView(
        study_id=study_id,
        one=one,
        steps=tuple(_possible(desk, one, decides, study_id)),
        role=words(desk.who.actor.require(Permission.DECIDE_INCIDENT, study_id).role)
        if decides and (one.status, IncidentEvent.CLOSE) in INCIDENT
        else "",
        code_needed=code_needed,
        command_key=desk.key(),
        typed={name: value for name, value in (typed or {}).items() if name not in ("password", "code")},
        refusal=refusal.sentence if refusal else "",
    )
    status_code = refusal.status_code if refusal else 200
    return desk.page(
        *("records/incident.html", view, f"Incident {number}", "Records"),
        study_id=study_id,
        status_code=status_code,
    )


def _possible(desk: Desk, one: IncidentLine, decides: bool, study_id: int) -> list[tuple[str, str]]:
    """What the reader may write under it now."""
    if not may(desk, Permission.RECORD_INCIDENT, study_id):
        return []
    return [
        (event.value, WORDS[event])
        for event in IncidentEvent
        if (one.status, event) in INCIDENT
        and event is not IncidentEvent.CLOSE
        and (decides or event is IncidentEvent.ACT)
    ]


def _said(data: Mapping[str, str], name: str) -> str:
    said = data.get(name, "").strip()
    if not said or len(said) > SAID_MAX:
        raise BadInput(f"Say what it is about, in at most {SAID_MAX} characters. Nothing was booked.")
    return said


def _moment(typed: str, now: datetime) -> datetime | None:
    """A time as the field sends it, in UTC; none where it was left empty."""
    if not typed.strip():
        return None
    try:
        found = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise BadInput(f"'{typed}' is not a time. Nothing was booked. Write it as {now:%Y-%m-%dT%H:%M}.") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
