"""One's own calendar: the page on which its address is made and stopped, and the feed behind the address."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.eyes import blinded_eyes
from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.reads.blinded_calendar import CalendarEntry, FeedState, calendar_entries, feed_state
from irt.services.calendar_feeds import MakeFeed, StopFeed, make_feed, reader_of_feed, stop_feed
from irt.services.store import Store
from irt.states.records import Mode
from web.blinded.desk import Desk, desk_of, go
from web.calendar_text import MEDIA_TYPE, calendar_of
from web.forms import Fields

_SHOWN = 10
_SUFFIX = ".ics"
_TOKEN_LENGTH = 43


@dataclass(frozen=True)
class CalendarView(BlindedView):
    """The address's state and what comes next; `address` is in this one answer only."""

    state: FeedState
    entries: tuple[CalendarEntry, ...]
    command_key: str
    address: str = ""
    said: str = ""
    refusal: str = ""


class CalendarPages(Controller):
    """The calendar of the person signed in."""

    path = "/account/calendar"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], done: FromQuery[str] = "") -> Response[str]:
        """Whether there is an address, and the next days as it tells them."""
        return _page(desk, said="The address does not work any more." if done == "stopped" else "")

    @post("/", sync_to_thread=True, status_code=200)
    def make(self, desk: NamedDependency[Desk], data: Fields) -> Response[str]:
        """Makes an address and shows it, once."""
        made = desk.press(make_feed, MakeFeed(), data.get("command_key", ""))
        if made.token is None:
            return _page(desk, 409, refusal="This was sent twice, and an address is shown once. Make another.")
        base = str(desk.request.base_url).rstrip("/")
        return _page(desk, address=f"{base}/calendar/{made.token.get_secret_value()}{_SUFFIX}")

    @post("/stop", sync_to_thread=True)
    def stop(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Stops the address at once."""
        desk.press(stop_feed, StopFeed(), data.get("command_key", ""))
        return go("/account/calendar?done=stopped")


class CalendarFeedPages(Controller):
    """The feed: calendar programs cannot sign in, so the address itself is the secret."""

    path = "/calendar"

    @get("/{file:str}", sync_to_thread=True)
    def feed(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        file: str,
    ) -> Response[bytes]:
        """The days of the address's owner, by the roles they hold now."""
        token = file.removesuffix(_SUFFIX)
        reader = reader_of_feed(store, token, now) if len(token) == _TOKEN_LENGTH else None
        if reader is None:
            raise NotFound("There is no such calendar. Make a new address under Account.")
        with store.seen_with(blinded_eyes(reader)).reading() as connection:
            entries = calendar_entries(connection, reader, now)
        mode = request.app.state.installation.settings.mode
        mark = "" if mode is Mode.PRODUCTION else f"[{mode}] "
        headers = {"cache-control": "private, no-store", "x-robots-tag": "noindex"}
        return Response(calendar_of(entries, now, mark), media_type=MEDIA_TYPE, headers=headers)


def _page(desk: Desk, status_code: int = 200, **shown: Any) -> Response[str]:
    with desk.store.reading() as connection:
        state = feed_state(connection, desk.who.account_id)
        entries = calendar_entries(connection, desk.who.actor, desk.now)
    upcoming = tuple(entry for entry in entries if entry.day >= desk.now.date())[:_SHOWN]
    view = CalendarView(state, upcoming, desk.key(), **shown)
    return desk.page("account/calendar.html", view, "Calendar", status_code=status_code)
