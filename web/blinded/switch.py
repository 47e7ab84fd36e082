"""Where somebody works: the choice of study and site, and the start page that follows from it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect

from irt.blinding.eyes import blinded_eyes
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotFound
from irt.reads.blinded_people import Place, place_in, places_like
from irt.reads.blinded_waiting import StudyDesk, study_desk
from irt.services.store import Store
from web.forms import Fields
from web.frame import frame_for
from web.navigation import landing
from web.press import new_key
from web.render import blinded_page
from web.security import kept_cookie
from web.session import Who, choice_cookie
from web.settings import Settings

RECENT = "recent"
_RECENT_MAX = 6
_LOOKED_INTO = 12
"""In so many places is it looked up what waits; people with more choose by name."""


@dataclass(frozen=True)
class SwitchView(BlindedView):
    """The places a person may choose, those chosen lately first, with what waits there."""

    search: str
    desks: tuple[StudyDesk, ...]
    recent: int
    wide: bool
    chosen: tuple[int | None, int | None]
    command_key: str


class SwitchPages(Controller):
    """The switcher and the start page."""

    path = "/"

    @get("/", sync_to_thread=False)
    def start(self, request: Request[Any, Any, Any], who: NamedDependency[Who]) -> Redirect:
        """The page a person's work starts on."""
        address = landing(who.actor, who.place, request.app.state.installation.paths)
        return Redirect(address, status_code=303)

    @get("/switch", sync_to_thread=True)
    def show(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        settings: NamedDependency[Settings],
        who: NamedDependency[Who],
        now: NamedDependency[datetime],
        search: FromQuery[str] = "",
    ) -> Response[str]:
        """The places to choose from, searched by the words of the study or site, and what waits there."""
        with store.seen_with(blinded_eyes(who.actor)).reading() as connection:
            found = places_like(connection, who.actor, search)
            lately = [_place(connection, who, pair) for pair in _recent(request, settings)]
            first = [place for place in lately if place is not None and (not search or place in found)]
            places = first + [place for place in found if place not in first]
            desks = [study_desk(connection, who.actor, place, now) for place in places[:_LOOKED_INTO]]
        view = SwitchView(
            search=search,
            desks=(*desks, *map(StudyDesk, places[_LOOKED_INTO:])),
            recent=len(first),
            wide=any(place.site_id is None for place in who.places),
            chosen=(who.study_id, who.site_id),
            command_key=new_key(store),
        )
        page = blinded_page("switch/switch.html", view, frame_for(who, request, "Study and site"))
        return Response(page, media_type=MediaType.HTML)

    @post("/switch", sync_to_thread=True)
    def choose(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        settings: NamedDependency[Settings],
        who: NamedDependency[Who],
        data: Fields,
    ) -> Redirect:
        """Works there from now on, beginning with the start page: no scan goes with the change."""
        pair = _pair(data.get("place", ""))
        if pair == (0, 0):
            return Redirect("/", status_code=303, cookies=[choice_cookie(settings, None, None)])
        with store.seen_with(blinded_eyes(who.actor)).reading() as connection:
            place = _place(connection, who, pair)
        if place is None:
            raise NotFound("No such study or site, or none you work at. Nothing was changed. Choose another one.")
        cookies = [choice_cookie(settings, place.study_id, place.site_id), _remember(request, settings, pair)]
        return Redirect("/", status_code=303, cookies=cookies)


def _place(connection: Any, who: Who, pair: tuple[int, int]) -> Place | None:
    return place_in(connection, who.actor, pair[0], pair[1] or None)


def _pair(words: str) -> tuple[int, int]:
    """7.12 is site 12 of study 7, 7.0 the whole study, 0.0 everything."""
    study, dot, site = words.partition(".")
    if not dot or not all(word.isascii() and word.isdigit() and len(word) < 10 for word in (study, site)):
        raise BadInput("The choice could not be read. Nothing was changed. Choose again.")
    return int(study), int(site)


def _recent(request: Request[Any, Any, Any], settings: Settings) -> list[tuple[int, int]]:
    """The last choices of this browser; anything unreadable is forgotten."""
    try:
        return [_pair(w) for w in request.cookies.get(settings.cookie_name(RECENT), "").split("-") if w][
            :_RECENT_MAX
        ]
    except BadInput:
        return []


def _remember(request: Request[Any, Any, Any], settings: Settings, pair: tuple[int, int]) -> Cookie:
    kept = [pair, *(known for known in _recent(request, settings) if known != pair)][:_RECENT_MAX]
    return kept_cookie(settings, RECENT, "-".join(f"{study}.{site}" for study, site in kept))
