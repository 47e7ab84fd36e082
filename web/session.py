"""Who is asking: the cookie's token becomes a person with their rights, and the place they chose to work at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from litestar import Request
from litestar.datastructures import Cookie
from litestar.di import NamedDependency, Provide
from pydantic import SecretStr

from irt.blinding.actor import Actor
from irt.blinding.eyes import blinded_eyes
from irt.reads.blinded_people import Person, Place, person, place_in, places_of
from irt.services.sessions import actor_of_session, emergency_actor
from irt.services.store import Store
from irt.supply.planner import ResupplyPlanner
from web.guards import local_address
from web.installation import installation_of
from web.security import csrf_token_of, dropped_cookie, kept_cookie
from web.settings import Settings

SESSION = "session"
THEME = "theme"
CHOICE = "place"
THEMES = ("auto", "light", "dark")
BACKGROUND = "background"
"""A handler with this option answers a page that asks by itself: it does not keep the session alive."""


class NotSignedIn(Exception):
    """Nobody is signed in, or the session is over: the way is over the sign-in page."""


@dataclass(frozen=True)
class Who:
    """The person signed in, as one request sees them. `place` None: all studies."""

    account_id: int
    printed_name: str
    person: Person
    actor: Actor
    places: tuple[Place, ...]
    place: Place | None
    theme: str
    csrf_token: str

    @property
    def study_id(self) -> int | None:
        """The chosen study."""
        return None if self.place is None else self.place.study_id

    @property
    def site_id(self) -> int | None:
        """The chosen site."""
        return None if self.place is None else self.place.site_id


def dependencies() -> dict[str, Provide]:
    """What handlers may ask for by name: store, now, settings, planner, who, emergency_who."""
    return {
        "store": Provide(find_store, sync_to_thread=False),
        "settings": Provide(find_settings, sync_to_thread=False),
        "planner": Provide(find_planner, sync_to_thread=False),
        "now": Provide(find_now, sync_to_thread=False),
        "who": Provide(find_who, sync_to_thread=True),
        "emergency_who": Provide(find_emergency_who, sync_to_thread=True),
    }


def find_store(request: Request[Any, Any, Any]) -> Store:
    """The store of this installation."""
    return installation_of(request).store


def find_settings(request: Request[Any, Any, Any]) -> Settings:
    """The settings of this installation."""
    return installation_of(request).settings


def find_planner(request: Request[Any, Any, Any]) -> ResupplyPlanner:
    """Who proposes shipments in this installation."""
    return installation_of(request).planner


def find_now(request: Request[Any, Any, Any]) -> datetime:
    """The moment of this request, by the installation's clock."""
    return installation_of(request).clock()


def find_who(
    request: Request[Any, Any, Any],
    store: NamedDependency[Store],
    now: NamedDependency[datetime],
    settings: NamedDependency[Settings],
) -> Who:
    """The person behind the session cookie; NotSignedIn where there is none. Reads everything anew each time."""
    token = request.cookies.get(settings.cookie_name(SESSION), "")
    touch = not request.route_handler.opt.get(BACKGROUND, False)
    actor = actor_of_session(store, token, now, touch=touch) if token else None
    return _known(request, store, settings, actor)


def find_emergency_who(
    request: Request[Any, Any, Any],
    store: NamedDependency[Store],
    now: NamedDependency[datetime],
    settings: NamedDependency[Settings],
) -> Who:
    """The person, also where their six-digit code is missing: then they may break a code and nothing else."""
    token = request.cookies.get(settings.cookie_name(SESSION), "")
    actor = actor_of_session(store, token, now) or emergency_actor(store, token, now) if token else None
    return _known(request, store, settings, actor)


def _known(request: Request[Any, Any, Any], store: Store, settings: Settings, actor: Actor | None) -> Who:
    """The person with their places, and the one they chose."""
    if actor is None:
        raise NotSignedIn
    with store.seen_with(blinded_eyes(actor)).reading() as connection:
        places = places_of(connection, actor)
        study_id, site_id = chosen(request, settings)
        place = None if study_id is None else place_in(connection, actor, study_id, site_id)
        known = person(connection, actor.account_id)
    who = Who(
        account_id=actor.account_id,
        printed_name=known.printed_name,
        person=known,
        actor=actor,
        places=places,
        place=place or (places[0] if len(places) == 1 else None),
        theme=theme_of(request, settings),
        csrf_token=csrf_token_of(request),
    )
    request.state.who = who
    return who


def chosen(request: Request[Any, Any, Any], settings: Settings) -> tuple[int | None, int | None]:
    """Study and site of the last choice, as the browser remembers it; rights are checked with every request."""
    words = request.cookies.get(settings.cookie_name(CHOICE), "").split(".")
    if len(words) != 2 or not all(word.isascii() and word.isdigit() and len(word) < 10 for word in words):
        return None, None
    study_id, site_id = int(words[0]), int(words[1])
    return study_id or None, site_id or None


def choice_cookie(settings: Settings, study_id: int | None, site_id: int | None) -> Cookie:
    """Remembers the place chosen, until the browser's window closes."""
    return kept_cookie(settings, CHOICE, f"{study_id or 0}.{site_id or 0}")


def theme_of(request: Request[Any, Any, Any], settings: Settings) -> str:
    """Light, dark or as the system."""
    theme = request.cookies.get(settings.cookie_name(THEME), "")
    return theme if theme in THEMES else "auto"


def session_cookie(settings: Settings, token: SecretStr | None) -> Cookie:
    """The session's token, for as long as the browser's window is open; none takes it back."""
    if token is None:
        return dropped_cookie(settings, SESSION)
    return kept_cookie(settings, SESSION, token.get_secret_value())


def sign_in_address(request: Request[Any, Any, Any]) -> str:
    """The sign-in page, which leads back to the page the person looked at."""
    wished = local_address(_looked_at(request))
    return "/sign-in" if wished == "/" else f"/sign-in?next={quote(wished, safe='/')}"


def _looked_at(request: Request[Any, Any, Any]) -> str:
    """A form or a part of a page cannot be returned to: the page around it can."""
    address = str(request.url)
    if request.headers.get("hx-request") == "true":
        address = request.headers.get("hx-current-url", "/")
    elif request.method != "GET":
        address = request.headers.get("referer", "/")
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
