"""Who gets no further than the door: addresses that lead elsewhere, and too many tries from one place."""

from collections import deque
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import urlsplit

from irt.errors import Refusal

TRIES_MAX = 30
WITHIN = timedelta(minutes=1)
_PLACES_MAX = 10_000


class TooManyTries(Refusal):
    """One address tried to sign in too often; accounts have their own, slower pause."""

    status_code = 429


class Doorkeeper:
    """Counts the failed tries to sign in of each client address, in this process only."""

    def __init__(self) -> None:
        self._failures: dict[str, deque[datetime]] = {}
        self._lock = Lock()

    def admit(self, client: str, now: datetime) -> None:
        """TooManyTries where this address failed thirty times within a minute."""
        with self._lock:
            failures = self._failures.get(client, ())
            if sum(now - at < WITHIN for at in failures) >= TRIES_MAX:
                raise TooManyTries("Too many tries from this network. Nothing was checked. Wait one minute.")

    def note_failure(self, client: str, now: datetime) -> None:
        """Counts one failed try; success is not counted, since a whole hospital may share an address."""
        with self._lock:
            if len(self._failures) > _PLACES_MAX:
                self._forget(now)
            self._failures.setdefault(client, deque(maxlen=TRIES_MAX)).append(now)

    def _forget(self, now: datetime) -> None:
        self._failures = {client: tries for client, tries in self._failures.items() if now - tries[-1] < WITHIN}


def local_address(wished: str | None) -> str:
    """The wished page where it is one of ours, else the start page: nobody is led to another site."""
    address = wished or "/"
    parts = urlsplit(address)
    strange = parts.scheme or parts.netloc or not address.startswith("/") or address.startswith("//")
    return "/" if strange or "\\" in address or not address.isprintable() else address
