"""A forecast as it is told and kept: plain values, the same from the command, the page and the API."""

from dataclasses import asdict
from typing import Any

from simulation.enrolment.forecast import Forecast, completion
from simulation.enrolment.months import written
from simulation.enrolment.special import Floats
from simulation.enrolment.study import ForecastAsked, StudyEnrolment, StudyForecast

SHARES = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
COMPLETION = {"p05": 0.05, "p50": 0.5, "p95": 0.95}


def summary(forecast: Forecast, months: int, target: int) -> dict[str, Any]:
    """Months to come, and the day on which the target is reached."""
    new = forecast.quantiles(tuple(SHARES.values()))
    cumulative = forecast.quantiles(tuple(SHARES.values()), cumulative=True)
    days = completion(forecast, target, tuple(COMPLETION.values()))
    return {
        "months": [
            {
                "month": written(forecast.first_month + month),
                "new": _named(new[:, month]),
                "cumulative": _named(cumulative[:, month]),
            }
            for month in range(months)
        ],
        "completion": {name: day and day.isoformat() for name, day in zip(COMPLETION, days, strict=True)},
    }


def study_summary(found: StudyForecast, known: StudyEnrolment, asked: ForecastAsked) -> dict[str, Any]:
    """The same for a live study, with the months that are over and the sites at risk."""
    history = found.forecast.history
    return {
        "known_on": known.day.isoformat(),
        "randomized": found.forecast.known + found.so_far,
        "randomized_this_month": found.so_far,
        "sites_waiting": found.waiting,
        "known": [
            {"month": written(history.first_month + month), "new": int(number)}
            for month, number in enumerate(history.totals)
        ],
        **summary(found.forecast, asked.months, asked.target),
        "sites": [site_row(outlook) for outlook in found.outlooks],
    }


def site_row(outlook: Any) -> dict[str, object]:
    """One site's outlook, shares to four places."""
    return {name: round(each, 4) if isinstance(each, float) else each for name, each in asdict(outlook).items()}


def _named(values: Floats) -> dict[str, float]:
    return {name: round(float(value), 1) for name, value in zip(SHARES, values, strict=True)}
