"""A kit's stability budget: the hours outside its label's range over all legs of its life, band by band."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from irt.study.temperature import Band, Condition
from irt.temperature.readings import Record


@dataclass(frozen=True, slots=True)
class Leg:
    """One record of a kit's life: the shipment or store, its time, and the hours in each band of the budget."""

    place: str
    start: datetime
    end: datetime
    hours: tuple[float, ...]


def hours_by_band(record: Record, condition: Condition, bands: Iterable[Band]) -> tuple[float, ...]:
    """Hours off the label's range within each band, its ends included."""
    return tuple(
        record.hours(band.low, band.high)
        - record.hours(max(band.low, condition.low), min(band.high, condition.high))
        for band in bands
    )


def spent(legs: Iterable[Leg], bands: int) -> tuple[float, ...]:
    """Hours by band over all legs; records of one place that overlap in time are one leg, its worst counts."""
    totals = [0.0] * bands
    for together in _legs(sorted(legs, key=lambda leg: (leg.place, leg.start, leg.end))):
        for band in range(bands):
            totals[band] += max(leg.hours[band] for leg in together)
    return tuple(totals)


def is_spent(hours: Sequence[float], bands: Sequence[Band]) -> bool:
    """Whether more than any band allows was used."""
    return any(used > band.hours_max for used, band in zip(hours, bands, strict=True))


def _legs(legs: Sequence[Leg]) -> list[list[Leg]]:
    """Records of the same stay together: two loggers of one parcel are not two journeys."""
    groups: list[list[Leg]] = []
    end = None
    for leg in legs:
        if end is not None and groups[-1][0].place == leg.place and leg.start < end:
            groups[-1].append(leg)
            end = max(end, leg.end)
        else:
            groups.append([leg])
            end = leg.end
    return groups
