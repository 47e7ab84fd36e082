"""What a logger measured: readings in order of time, each holding until the next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from irt.errors import BadInput

MICROSECOND = timedelta(microseconds=1)
GAP_FACTOR = 3
GAP_MIN = timedelta(hours=1)
"""A pause of up to an hour is no gap, however often the logger measures."""


class NoReadings(BadInput):
    """A record of temperature without a single reading."""


@dataclass(frozen=True, slots=True, order=True)
class Reading:
    """One measurement: the moment in UTC, and degrees Celsius."""

    at: datetime
    celsius: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without data, from the last reading before it to the first after it."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Record:
    """Readings by time. Of several at one moment the warmest holds; all of them count as measured.

    `silences` are moments at which the logger said that it measured nothing.
    """

    readings: tuple[Reading, ...]
    silences: tuple[datetime, ...] = ()

    @cached_property
    def durations(self) -> tuple[int, ...]:
        """Microseconds for which each reading holds; the last as long as the last interval before it."""
        steps = [
            (after.at - before.at) // MICROSECOND
            for before, after in zip(self.readings, self.readings[1:], strict=False)
        ]
        last = next((step for step in reversed(steps) if step), 0)
        return (*steps, last)

    @cached_property
    def temperatures(self) -> tuple[float, ...]:
        """The readings' degrees Celsius in their order."""
        return tuple(reading.celsius for reading in self.readings)

    @property
    def start(self) -> datetime:
        """The first reading."""
        return self.readings[0].at

    @property
    def end(self) -> datetime:
        """When the last reading stops to hold."""
        return self.readings[-1].at + self.durations[-1] * MICROSECOND

    @property
    def minimum(self) -> float:
        """The coldest reading."""
        return min(self.temperatures)

    @property
    def maximum(self) -> float:
        """The warmest reading."""
        return max(self.temperatures)

    @property
    def mean(self) -> float:
        """The mean over the time for which each reading held; of a single reading, itself."""
        held = sum(self.durations)
        if not held:
            return sum(self.temperatures) / len(self.temperatures)
        return sum(w * t for w, t in zip(self.durations, self.temperatures, strict=True)) / held

    @property
    def contradictions(self) -> tuple[datetime, ...]:
        """Moments at which different temperatures were read."""
        pairs = zip(self.readings, self.readings[1:], strict=False)
        return tuple(dict.fromkeys(after.at for before, after in pairs if before.at == after.at))

    def gaps(self, interval_max: timedelta) -> tuple[Gap, ...]:
        """Times without data: longer than thrice the usual interval and an hour, or than `interval_max`.

        Also where the logger said that it measured nothing.
        """
        steps = sorted(step for step in self.durations[:-1] if step)
        usual = steps[(len(steps) - 1) // 2] * MICROSECOND if steps else timedelta()
        longest = min(max(GAP_FACTOR * usual, GAP_MIN), interval_max)
        return tuple(self._gaps(longest))

    def _gaps(self, longest: timedelta) -> Iterator[Gap]:
        for before, after in zip(self.readings, self.readings[1:], strict=False):
            if after.at - before.at > longest:
                yield Gap(before.at, after.at)
        for silence in self.silences:
            yield Gap(silence, next((one.at for one in self.readings if one.at > silence), silence))

    def hours(self, low: float, high: float) -> float:
        """Hours for which a reading from `low` to `high` held, both included."""
        held = sum(w for w, t in zip(self.durations, self.temperatures, strict=True) if low <= t <= high)
        return hours_of(held)

    def hours_outside(self, low: float, high: float) -> float:
        """Hours for which a reading below `low` or above `high` held."""
        held = sum(w for w, t in zip(self.durations, self.temperatures, strict=True) if not low <= t <= high)
        return hours_of(held)


def record_of(readings: Iterable[Reading], silences: Iterable[datetime] = ()) -> Record:
    """The readings in order of time, each once; NoReadings where there is none."""
    kept = tuple(sorted({Reading(one.at.astimezone(UTC), one.celsius) for one in readings}))
    if not kept:
        raise NoReadings("There is not one reading in this file.")
    return Record(kept, tuple(sorted(moment.astimezone(UTC) for moment in silences)))


def hours_of(microseconds: int) -> float:
    """Microseconds as hours."""
    return microseconds / 3_600_000_000
