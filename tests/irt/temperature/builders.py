"""Records of temperature for the tests: readings by hours since one morning."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from irt.temperature.readings import Reading, Record, record_of

START = datetime(2026, 11, 2, 8, tzinfo=UTC)


def at(hours: float) -> datetime:
    """So many hours after the start."""
    return START + timedelta(hours=hours)


def readings(*pairs: tuple[float, float]) -> list[Reading]:
    """Readings from (hours, celsius)."""
    return [Reading(at(hours), celsius) for hours, celsius in pairs]


def record(*pairs: tuple[float, float]) -> Record:
    """A record from (hours, celsius)."""
    return record_of(readings(*pairs))


def hourly(*celsius: float) -> Record:
    """A reading an hour."""
    return record(*enumerate(celsius))


MINUTES = st.integers(min_value=1, max_value=3000)
CELSIUS = st.floats(min_value=-90, max_value=60, allow_nan=False).map(lambda degrees: round(degrees, 2))


@st.composite
def records(draw: st.DrawFn, at_least: int = 1) -> Record:
    """Readings at uneven intervals."""
    degrees = draw(st.lists(CELSIUS, min_size=at_least, max_size=30))
    steps = draw(st.lists(MINUTES, min_size=len(degrees), max_size=len(degrees)))
    moments = [START + timedelta(minutes=sum(steps[:index])) for index in range(len(degrees))]
    return record_of(map(Reading, moments, degrees))
