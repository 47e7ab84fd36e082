"""The mean kinetic temperature: the constant temperature that would have aged the kits as much.

T = (H/R) / -ln(sum(w exp(-H/(R T))) / sum(w)), T in kelvin, weighted by time. H = 83.144 kJ/mol and
R = 8.3144 J/mol/K, so that H/R is 10,000 K (the convention of USP <1079.2>).
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from datetime import timedelta
from itertools import accumulate

from irt.temperature.readings import MICROSECOND, Record

HEAT_OF_ACTIVATION_KJ_PER_MOL = 83.144
GAS_CONSTANT_J_PER_MOL_K = 8.3144
H_OVER_R_KELVIN = 10_000.0
ZERO_CELSIUS_KELVIN = 273.15

_BITS = 512
"""Binary places of an age in whole numbers."""


def mean_kinetic_celsius(record: Record) -> float:
    """Over the whole record, between its coldest and its warmest reading; a single reading is its own mean."""
    weights = record.durations
    if not any(weights):
        return record.maximum
    ages = _relative_ages(record)
    share = math.fsum(w * age for w, age in zip(weights, ages, strict=True)) / sum(weights)
    return _celsius(share, record)


def worst_window_celsius(record: Record, window: timedelta) -> float:
    """The highest mean kinetic temperature of any window of that length; of the whole where it is shorter.

    As a window slides, what it holds changes evenly between readings: the worst begins or ends at one.
    """
    moments = list(accumulate(record.durations, initial=0))
    width = window // MICROSECOND
    if moments[-1] <= width:
        return mean_kinetic_celsius(record)
    aged = _Aged(moments, _relative_ages(record))
    starts = {one for moment in moments for one in (moment, moment - width) if 0 <= one <= moments[-1] - width}
    return _celsius(max(aged.mean(start, start + width) for start in starts), record)


class _Aged:
    """How much a kit aged up to any moment, in whole numbers: one hot minute must not blur a cold month."""

    def __init__(self, moments: Sequence[int], ages: Sequence[float]) -> None:
        self._moments = moments
        self._ages = [int(math.ldexp(age, _BITS)) for age in ages]
        pieces = ((end - start) * age for start, end, age in zip(moments, moments[1:], self._ages, strict=False))
        self._sums = list(accumulate(pieces, initial=0))

    def mean(self, start: int, end: int) -> float:
        """The relative age, on average, from one moment to the other."""
        return (self._upto(end) - self._upto(start)) / ((end - start) << _BITS)

    def _upto(self, moment: int) -> int:
        index = min(bisect_right(self._moments, moment), len(self._ages)) - 1
        return self._sums[index] + (moment - self._moments[index]) * self._ages[index]


def _relative_ages(record: Record) -> list[float]:
    """exp(-H/(R T)) of each reading, in units of the warmest one's: from 0 to 1, without overflow."""
    warmest = record.maximum + ZERO_CELSIUS_KELVIN
    return [_relative_age(celsius, record.maximum, warmest) for celsius in record.temperatures]


def _relative_age(celsius: float, maximum: float, warmest_kelvin: float) -> float:
    kelvin = celsius + ZERO_CELSIUS_KELVIN
    if kelvin <= 0:
        return 1.0 if celsius == maximum else 0.0
    # H/R (1/Tmax - 1/T), written so that close temperatures do not cancel.
    return math.exp(H_OVER_R_KELVIN * (celsius - maximum) / (kelvin * warmest_kelvin))


def _celsius(share: float, record: Record) -> float:
    """The temperature whose age is that share of the warmest reading's."""
    warmest = record.maximum + ZERO_CELSIUS_KELVIN
    if share <= 0 or warmest <= 0:
        return record.minimum
    cooler = -math.log(share) * warmest / H_OVER_R_KELVIN
    mean = record.maximum - warmest * cooler / (1 + cooler)
    # Rounding may not carry the mean beyond what was measured.
    return min(max(mean, record.minimum), record.maximum)
