"""The frame around every page: where the reader is, who reads, when the page was made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request

from irt.reads.blinded_people import Place
from irt.states.records import Mode
from web.navigation import NavigationItem, navigation_for
from web.security import csrf_token_of
from web.session import Who, theme_of

_PHONE_ITEMS = 4
_ROW_WORDS = 8


@dataclass(frozen=True)
class Frame:
    """What the shell of a page needs. `zone` is an IANA name; `now` is aware; `idle_minutes` 0: no sign-out.

    A page before sign-in leaves `user` empty: it gets no navigation, switcher or user menu.
    """

    environment: Mode
    title: str
    zone: str
    now: datetime
    release: str
    help_phone: str
    csrf_token: str
    study: str = ""
    site: str = ""
    user: str = ""
    role: str = ""
    navigation: tuple[NavigationItem, ...] = ()
    theme: str = "auto"
    idle_minutes: int = 15
    path: str = "/"
    passkeys: bool = False

    @property
    def document_title(self) -> str:
        """Title of the window: other environments than production say so first."""
        words = " · ".join(part for part in (self.title, self.study) if part)
        return f"{words} · Production" if self.is_production else f"{self.environment.upper()} · {words}"

    @property
    def is_production(self) -> bool:
        """Whether real patients stand behind this page."""
        return self.environment is Mode.PRODUCTION

    @property
    def environment_words(self) -> tuple[str, str]:
        """The strip's name of the environment and what that means."""
        return {
            Mode.PRODUCTION: ("Production", "live study, real patients"),
            Mode.TRAINING: ("TRAINING environment", "nothing here is real · not for patients"),
            Mode.TEST: ("TEST environment", "nothing here is real · not for patients"),
        }[self.environment]

    @property
    def main_navigation(self) -> tuple[NavigationItem, ...]:
        """The row of the header: every word where they fit on one line, else those of every day."""
        more = self.more_navigation
        return tuple(item for item in self.navigation if item not in more)

    @property
    def more_navigation(self) -> tuple[NavigationItem, ...]:
        """What stands behind "More" in the header: nothing where the row is not full."""
        return tuple(item for item in self.navigation if item.seldom and len(self.navigation) > _ROW_WORDS)

    @property
    def phone_navigation(self) -> tuple[NavigationItem, ...]:
        """The bottom bar of a phone, words of every day first; the rest of the navigation is in its menu."""
        return self.main_navigation[:_PHONE_ITEMS]


def frame_for(
    who: Who,
    request: Request[Any, Any, Any],
    title: str,
    current: str = "",
    *,
    place: Place | None = None,
    counts: Mapping[str, int] | None = None,
) -> Frame:
    """The frame of a page of a person signed in, at the place the page is about (else the one they chose)."""
    installation, here = request.app.state.installation, place or who.place
    items = navigation_for(who.actor, here, installation.paths, current, counts or {})
    return Frame(
        environment=mode_of(who, here, installation.settings.mode),
        title=title,
        zone=here.zone if here else _common_zone(who),
        now=installation.clock(),
        release=installation.settings.release,
        help_phone=installation.settings.help_phone,
        csrf_token=who.csrf_token,
        study=here.study_name if here else "All studies",
        site=here.site_words if here else "",
        user=who.printed_name,
        role=" · ".join(here.roles if here else sorted({role for each in who.places for role in each.roles})),
        navigation=items,
        theme=who.theme,
        path=request.url.path,
        passkeys=who.person.passkeys,
    )


def mode_of(who: Who, here: Place | None, otherwise: Mode) -> Mode:
    """The strip's environment; with all studies on one page, production wherever one study is real."""
    modes = {here.mode} if here else {place.mode for place in who.places}
    if Mode.PRODUCTION in modes or not modes:
        return Mode.PRODUCTION if modes else otherwise
    return min(modes)


def _common_zone(who: Who) -> str:
    zones = {place.zone for place in who.places}
    return zones.pop() if len(zones) == 1 else "UTC"


def outer_frame(request: Request[Any, Any, Any], title: str) -> Frame:
    """The frame of a page before sign-in: no navigation, no name."""
    installation = request.app.state.installation
    return Frame(
        environment=installation.settings.mode,
        title=title,
        zone="UTC",
        now=installation.clock(),
        release=installation.settings.release,
        help_phone=installation.settings.help_phone,
        csrf_token=csrf_token_of(request),
        theme=theme_of(request, installation.settings),
        path=request.url.path,
    )
