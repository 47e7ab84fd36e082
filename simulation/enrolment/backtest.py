"""What the forecast would have said at earlier days, held against what came."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from irt.errors import BadInput
from simulation.enrolment.forecast import Forecast, forecast_enrolment, stream
from simulation.enrolment.history import Counts, History
from simulation.enrolment.posterior.fit import Effort
from simulation.enrolment.scores import coverage, crps, place
from simulation.enrolment.simple import flat_rate, plug_in
from simulation.enrolment.special import Floats

HORIZONS = (3, 6, 12)
INTERVALS = (0.5, 0.8, 0.9)
METHODS = ("model", "flat_rate", "plug_in")
SIMPLE_DRAWS = 2000
SIMPLE_STREAM = 7


class HistoryTooShort(BadInput):
    """Nothing came after the first day that a forecast could have been made."""

    def __init__(self, months: int) -> None:
        super().__init__(
            f"The file knows {months} months. Nothing was calculated. A backtest needs the months before its first "
            f"cut-off and {min(HORIZONS)} months after it: take more months, or an earlier first cut-off."
        )


@dataclass(frozen=True, slots=True)
class Trial:
    """One cut-off and one horizon: scores and places by method."""

    known_months: int
    horizon: int
    monthly: dict[str, float]
    cumulative: dict[str, float]
    monthly_places: dict[str, tuple[float, ...]]
    cumulative_place: dict[str, float]


def trials_of(
    history: History, first: int, every: int, seed: int, effort: Effort, tell: Callable[[int, int], None]
) -> list[Trial]:
    """Forecasts after `first` months and every so many more; HistoryTooShort where no truth follows."""
    last = history.months - min(HORIZONS)
    cuts = list(range(first, last + 1, every))
    if not cuts:
        raise HistoryTooShort(history.months)
    trials: list[Trial] = []
    for number, months in enumerate(cuts):
        trials += trials_at(history, months, seed, effort)
        tell(number + 1, len(cuts))
    return trials


def trials_at(history: History, months: int, seed: int, effort: Effort) -> Iterator[Trial]:
    """What each horizon that is known shows after so many months."""
    known, truth = history.until(months), history.totals[months : months + max(HORIZONS)]
    paths = _paths(forecast_enrolment(known, len(truth), seed, effort=effort), seed)
    for horizon in HORIZONS:
        if horizon <= len(truth):
            yield _trial(months, {name: each[:, :horizon] for name, each in paths.items()}, truth[:horizon])


def _paths(forecast: Forecast, seed: int) -> dict[str, Counts]:
    months = forecast.new.shape[1]
    chance = np.random.Generator(np.random.PCG64DXSM(stream(seed, SIMPLE_STREAM)))
    flat = flat_rate(forecast.history, months, SIMPLE_DRAWS, chance)
    return {
        "model": forecast.new,
        "flat_rate": flat,
        "plug_in": plug_in(forecast.history, months, SIMPLE_DRAWS, chance),
    }


def _trial(months: int, paths: dict[str, Counts], truth: Counts) -> Trial:
    total = float(truth.sum())
    summed = {name: each.sum(axis=1) for name, each in paths.items()}
    return Trial(
        known_months=months,
        horizon=len(truth),
        monthly={name: _mean_crps(each, truth) for name, each in paths.items()},
        cumulative={name: crps(each, total) for name, each in summed.items()},
        monthly_places={name: _places(each, truth) for name, each in paths.items()},
        cumulative_place={name: place(each, total) for name, each in summed.items()},
    )


def _mean_crps(paths: Counts, truth: Counts) -> float:
    return float(np.mean([crps(paths[:, month], float(came)) for month, came in enumerate(truth)]))


def _places(paths: Counts, truth: Counts) -> tuple[float, ...]:
    return tuple(place(paths[:, month], float(came)) for month, came in enumerate(truth))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: a horizon, monthly or cumulative counts, and a method."""

    horizon_months: int
    counts: str
    method: str
    cut_offs: int
    crps: float
    covered_50: float
    covered_80: float
    covered_90: float


def table(trials: list[Trial]) -> list[Line]:
    """Mean scores and shares of truths within the 50, 80 and 90 % intervals."""
    lines = []
    for horizon in HORIZONS:
        those = [trial for trial in trials if trial.horizon == horizon]
        for method in METHODS if those else ():
            scores = [trial.monthly[method] for trial in those]
            places = np.concatenate([trial.monthly_places[method] for trial in those])
            lines.append(_line(horizon, "monthly", method, scores, places))
            scores = [trial.cumulative[method] for trial in those]
            places = np.array([trial.cumulative_place[method] for trial in those])
            lines.append(_line(horizon, "cumulative", method, scores, places))
    return sorted(lines, key=lambda line: (line.horizon_months, line.counts != "monthly"))


def _line(horizon: int, counts: str, method: str, scores: list[float], places: Floats) -> Line:
    covered = [round(coverage(places, share), 3) for share in INTERVALS]
    return Line(horizon, counts, method, len(scores), round(float(np.mean(scores)), 2), *covered)
