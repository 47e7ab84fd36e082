"""The time machine: choose an instant and a person, and read what that person could see then."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_past import Past, past_of, people_ever
from irt.services.log_reading import LogReading, log_reading
from web.blinded.desk import Desk, desk_of


@dataclass(frozen=True)
class TimeMachineView(BlindedView):
    """The form as typed, and what came out; nothing before somebody asked."""

    study_id: int
    people: tuple[tuple[str, str], ...]
    person: str
    typed: str
    past: Past | None
    refusal: str = ""


class TimeMachinePages(Controller):
    """What one person could see at one instant."""

    path = "/studies/{study_id:int}/time-machine"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        person: FromQuery[str] = "",
        at: FromQuery[str] = "",
    ) -> Response[Any]:
        """The form, and beneath it what was asked for; that it was read stands in the history."""
        desk.who.actor.require(Permission.VIEW_AUDIT, study_id)
        desk.who.actor.require(Permission.VIEW_ACCESS, study_id)
        past, refused = None, None
        with desk.store.reading() as connection:
            people = people_ever(connection, study_id)
            try:
                instant = instant_in(at, desk.now)
                if person:
                    past = past_of(connection, desk.who.actor, study_id, person, instant)
            except BadInput as refusal:
                refused = refusal
        if past is not None:
            _note(desk, past)
        view = TimeMachineView(
            study_id=study_id,
            people=tuple((name, f"{printed} ({name})") for name, printed in people),
            person=person,
            typed=at or f"{desk.now.astimezone(UTC):%Y-%m-%dT%H:%M}",
            past=past,
            refusal=refused.sentence if refused else "",
        )
        return desk.page(
            *("records/time_machine.html", view, "Time machine", "Records"),
            study_id=study_id,
            status_code=_status(refused),
        )


def instant_in(typed: str, now: datetime) -> datetime:
    """An instant as typed, in UTC where no zone stands in it; now where nothing was typed. Never a later one."""
    if not typed.strip():
        return now
    try:
        found = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise BadInput(
            f"'{typed}' is not an instant. Nothing was looked up. Write it as 2026-06-16T14:30."
        ) from None
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    if found > now:
        raise BadInput("That instant is still to come. Nothing was looked up. Choose an earlier one.")
    return found


def _status(refused: Refusal | None) -> int:
    return refused.status_code if refused else 200


def _note(desk: Desk, past: Past) -> None:
    details = {"person": past.username, "at": past.at.isoformat()}
    ask = LogReading(
        study_id=past.study_id, what="time machine", permission=Permission.VIEW_AUDIT, rows=1, details=details
    )
    desk.press(log_reading, ask, desk.key())
