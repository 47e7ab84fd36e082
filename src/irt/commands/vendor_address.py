"""A depot's address that messages are pushed to: over TLS, without redirects, with a short patience."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from irt.errors import BadInput

TIMEOUT_SECONDS = 20
_HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class VendorAddress:
    """Where to push; BadInput where it is not an https address (http on this machine alone)."""

    parts: SplitResult

    @classmethod
    def of(cls, written: str) -> "VendorAddress":
        """The address as it was typed."""
        parts = urlsplit(written)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
        if not safe or not parts.hostname or parts.username or parts.password or parts.fragment:
            raise BadInput("The address must begin with https:// and name no password. Nothing was sent.")
        return cls(parts)

    def send(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether the depot's system took the message: any 2xx. Whatever else it says is a no."""
        kind = HTTPSConnection if self.parts.scheme == "https" else HTTPConnection
        connection = kind(self.parts.hostname or "", self.parts.port, timeout=TIMEOUT_SECONDS)
        target = self.parts.path or "/"
        if self.parts.query:
            target = f"{target}?{self.parts.query}"
        try:
            connection.request("POST", target, body, {"Content-Type": "application/json", **headers})
            return 200 <= connection.getresponse().status < 300
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
