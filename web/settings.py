"""What an installation is told at its start and never asks again."""

from dataclasses import dataclass

from irt.states.records import Mode
from web.single_sign_on import SingleSignOn


@dataclass(frozen=True)
class Settings:
    """The installation as its pages need it.

    `secure` is off only where the pages are served in plain HTTP on the machine itself. `mode` is shown where no
    study is chosen yet. Empty `hosts`: any name. `address`: where people find the pages, as https://irt.example.org;
    passkeys and single sign-on need it.
    """

    release: str
    mode: Mode = Mode.PRODUCTION
    help_phone: str = ""
    hosts: tuple[str, ...] = ()
    secure: bool = True
    address: str = ""
    sso: SingleSignOn | None = None
    body_bytes_max: int = 12_000_000

    def cookie_name(self, word: str) -> str:
        """A cookie's name; the prefix makes browsers refuse it from any other host or over plain HTTP."""
        return f"__Host-irt_{word}" if self.secure else f"irt_{word}"
