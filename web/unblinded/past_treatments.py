"""The time machine of the statistician's room: what one person could see of treatments at one instant."""

from dataclasses import dataclass
from datetime import UTC
from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.views import UnblindedView
from irt.errors import BadInput
from irt.reads.blinded_past import people_ever
from irt.reads.unblinded_past import PastTreatments, past_treatments, require_reader
from web.blinded.desk import Desk, go
from web.blinded.time_machine import instant_in
from web.unblinded.open_desk import open_desk_of
from web.unblinded.room import chosen_study, room_page, write_down


@dataclass(frozen=True)
class PastTreatmentsView(UnblindedView):
    """The form as typed, and what came out; nothing before somebody asked."""

    study_id: int
    people: tuple[tuple[str, str], ...]
    person: str
    typed: str
    past: PastTreatments | None
    refusal: str = ""


class PastTreatmentPages(Controller):
    """What one person could see of treatments."""

    path = "/randomization/time-machine"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self, desk: NamedDependency[Desk], person: FromQuery[str] = "", at: FromQuery[str] = ""
    ) -> Response[Any]:
        """The form, and beneath it what was asked for; that it was read stands in the history."""
        study_id = chosen_study(desk)
        if study_id is None:
            return go("/switch")
        require_reader(desk.who.actor, study_id)
        past, refused = None, None
        with desk.store.reading() as connection:
            people = people_ever(connection, study_id)
            try:
                instant = instant_in(at, desk.now)
                if person:
                    past = past_treatments(connection, desk.who.actor, study_id, person, instant)
            except BadInput as refusal:
                refused = refusal
        if past is not None:
            rows = sum(kind.total for kind in past.kinds)
            write_down(desk, study_id, "treatments at an instant", rows, person=person, at=past.at.isoformat())
        view = PastTreatmentsView(
            study_id=study_id,
            people=tuple((name, f"{printed} ({name})") for name, printed in people),
            person=person,
            typed=at or f"{desk.now.astimezone(UTC):%Y-%m-%dT%H:%M}",
            past=past,
            refusal=refused.sentence if refused else "",
        )
        status = refused.status_code if refused else 200
        return room_page(desk, "time_machine.html", view, "Time machine", study_id, status)
