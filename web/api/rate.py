"""How often one token may knock: generous for a system that works, narrow for one that runs wild."""

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

from irt.errors import Refusal

REQUESTS_MAX = 1200
REFUSALS_MAX = 60
WITHIN = timedelta(minutes=1)
_CALLERS_MAX = 10_000


class TooManyRequests(Refusal):
    """One caller asked too often within a minute."""

    status_code = 429

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"Too many requests. Nothing was booked. Wait {wait_seconds} seconds and try again.")
        self.wait_seconds = wait_seconds


class RateLimit:
    """Counts requests of each caller over the last minute, in this process only."""

    def __init__(self, requests_max: int) -> None:
        self._max = requests_max
        self._times: dict[str, deque[datetime]] = {}
        self._lock = Lock()

    def admit(self, caller: str, now: datetime) -> None:
        """Counts one request; TooManyRequests where there were too many within a minute."""
        with self._lock:
            self._refuse_full(self._recent(caller, now), now)
            self._times[caller].append(now)

    def check(self, caller: str, now: datetime) -> None:
        """TooManyRequests as `admit`, without counting this one."""
        with self._lock:
            if caller in self._times:
                self._refuse_full(self._recent(caller, now), now)

    def _refuse_full(self, times: deque[datetime], now: datetime) -> None:
        if len(times) >= self._max:
            wait = WITHIN - (now - times[0])
            raise TooManyRequests(max(1, -int(-wait.total_seconds() // 1)))

    def _recent(self, caller: str, now: datetime) -> deque[datetime]:
        if len(self._times) > _CALLERS_MAX:
            self._times = {name: times for name, times in self._times.items() if now - times[-1] < WITHIN}
        times = self._times.setdefault(caller, deque())
        while times and now - times[0] >= WITHIN:
            times.popleft()
        return times
