"""The attempts to sign in and to sign of the last day, failed ones too, for whoever manages accounts."""

from dataclasses import dataclass
from datetime import timedelta

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.reads.people import PAGE_ROWS, AttemptShown, recent_attempts
from web.blinded.desk import Desk, desk_of

WITHIN = timedelta(days=1)


@dataclass(frozen=True)
class AttemptsView(BlindedView):
    """The newest attempts; `more` where only these are shown."""

    attempts: tuple[AttemptShown, ...]
    more: bool

    @property
    def failed(self) -> int:
        """How many of them failed."""
        return sum(not attempt.succeeded for attempt in self.attempts)


class AttemptPages(Controller):
    """Who tried to sign in."""

    path = "/people/attempts"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[str]:
        """The newest fifty of the last day."""
        desk.who.actor.require(Permission.MANAGE_ACCOUNTS, None)
        with desk.store.reading() as connection:
            found = recent_attempts(connection, desk.now, WITHIN)
        view = AttemptsView(found, len(found) == PAGE_ROWS)
        return desk.page("people/attempts.html", view, "Attempts to sign in", "People")
