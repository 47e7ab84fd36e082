"""What is due to the person signed in at regular times, over all their studies."""

from dataclasses import dataclass
from datetime import date

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide

from irt.blinding.duties import DUTIES
from irt.blinding.views import BlindedView
from irt.errors import NotAllowed
from irt.reads.blinded_duties import Duty, own_duties
from web.blinded.desk import Desk, desk_of


@dataclass(frozen=True)
class DutiesView(BlindedView):
    """Duties, the earliest first."""

    duties: tuple[Duty, ...]
    today: date

    @property
    def late(self) -> int:
        """How many should have been done."""
        return sum(duty.due < self.today for duty in self.duties)


class DutyPages(Controller):
    """One's own duties."""

    path = "/duties"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[str]:
        """Reviews, approvals that end, and what a site owes, as far as the reader does them."""
        actor = desk.who.actor
        if not any(actor.studies_of(words.permission) for words in DUTIES.values()):
            raise NotAllowed("Your role has no duties at regular times. Ask the study coordinator.")
        with desk.store.reading() as connection:
            found = own_duties(connection, actor, desk.now)
        view = DutiesView(found, desk.now.date())
        return desk.page("records/duties.html", view, "Due", "Due", counts={"Due": len(found)})
