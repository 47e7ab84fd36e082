"""One's own sessions: where one is signed in, what was tried with one's name, and the end of any of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.views import BlindedView
from irt.errors import NotFound, Refusal
from irt.reads.people import AttemptShown, SessionShown, attempts_with, open_sessions
from irt.services.sign_out import SignOut, SignOutOthers, sign_out, sign_out_others
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import whole_in
from web.forms import Fields

DONE = {"ended": "The session has ended.", "others": "Every other session has ended."}
LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True)
class SessionsView(BlindedView):
    """Open sessions, `here` among them, and the newest attempts with one's user name."""

    sessions: tuple[SessionShown, ...]
    attempts: tuple[AttemptShown, ...]
    here: int | None
    now: datetime
    command_key: str
    said: str = ""
    refusal: str = ""


class SessionPages(Controller):
    """The sessions of the person signed in."""

    path = "/account/sessions"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], done: FromQuery[str] = "") -> Response[str]:
        """When, from where and when last."""
        return _page(desk, said=DONE.get(done, ""))

    @post("/end", sync_to_thread=True)
    def end(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Ends one of one's own sessions; another person's reads as unknown, also to an administrator."""
        try:
            session_id = whole_in(data.get("session", ""), "the session")
            with desk.store.reading() as connection:
                own = {one.id for one in open_sessions(connection, desk.who.account_id, desk.now)}
            if session_id not in own:
                raise NotFound("This session is over already, or not yours. Nothing was changed.")
            desk.press(sign_out, SignOut(session_id=session_id), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, refusal.status_code, refusal=refusal.sentence)
        return go("/account/sessions?done=ended")

    @post("/end-others", sync_to_thread=True)
    def end_others(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Ends every session but this one."""
        desk.press(sign_out_others, SignOutOthers(), data.get("command_key", ""))
        return go("/account/sessions?done=others")


def _page(desk: Desk, status_code: int = 200, **shown: Any) -> Response[str]:
    with desk.store.reading() as connection:
        sessions = open_sessions(connection, desk.who.account_id, desk.now)
        attempts = attempts_with(connection, desk.who.person.username, desk.now - LOOKED_BACK)
    view = SessionsView(sessions, attempts, desk.who.actor.session_id, desk.now, desk.key(), **shown)
    return desk.page("account/sessions.html", view, "Sessions", status_code=status_code)
