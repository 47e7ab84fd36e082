"""How a measure is spread over trials: a histogram with round edges, and its shares."""

from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np

from simulation.analysis.arrays import Numbers, column

BARS = 20


@dataclass(frozen=True, slots=True)
class Spread:
    """`counts` trials lie from each edge, it included, to the next; the unit is that of the measure."""

    measure: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    p05: float
    p50: float
    p95: float
    mean: float


def spread_of(measure: str, values: Numbers) -> Spread:
    """Of at least one trial."""
    numbers = column(values, least=1)
    edges = _edges(float(numbers.min()), float(numbers.max()), whole=bool((numbers == numbers.round()).all()))
    counts, _ = np.histogram(numbers, edges)
    low, middle, high = (float(each) for each in np.quantile(numbers, (0.05, 0.5, 0.95)))
    return Spread(measure, edges, tuple(map(int, counts)), low, middle, high, float(numbers.mean()))


def _edges(low: float, high: float, *, whole: bool) -> tuple[float, ...]:
    """Round numbers, so few apart that about BARS of them hold everything; whole numbers have bars of their own."""
    raw = (high - low) / BARS or (1.0 if whole else abs(low) / BARS or 1.0)
    power = 10.0 ** floor(log10(raw))
    step = next(power * by for by in (1, 2, 2.5, 5, 10) if power * by >= raw * 0.999)
    if whole:
        step = float(max(1, ceil(step)))
    first, last = floor(low / step), floor(high / step) + 1
    return tuple(round(step * place, 10) for place in range(first, last + 1))
