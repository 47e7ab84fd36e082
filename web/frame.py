"""The frame around every page: where the reader is, who reads, when the page was made."""

from dataclasses import dataclass
from datetime import datetime

from irt.states.records import Mode

_PHONE_ITEMS = 4


@dataclass(frozen=True)
class NavigationItem:
    """One word of the main navigation; `icon` is needed where it may stand in the phone's bottom bar."""

    label: str
    href: str
    count: int | None = None
    current: bool = False
    icon: str = "menu"


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
    def phone_navigation(self) -> tuple[NavigationItem, ...]:
        """The bottom bar of a phone; the rest of the navigation is in its menu."""
        return self.navigation[:_PHONE_ITEMS]
