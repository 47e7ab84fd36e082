"""A picture of enrolment: what is known as a line, what is to come as a fan."""

import numpy as np
import svg

from irt.randomization.assessment.drawing import ACCENT, INK, PALE, Scale, axes, picture, words
from simulation.enrolment.forecast import Forecast
from simulation.enrolment.months import written
from simulation.enrolment.special import Floats

WIDTH, HEIGHT = 760, 380
BANDS = ((0.05, 0.95, 0.18), (0.25, 0.75, 0.32))
"""From, to, and how dense."""


def fan_chart(forecast: Forecast, months: int, target: int) -> str:
    """Subjects enrolled over the months of the trial, as SVG."""
    known = np.concatenate([[0], np.cumsum(forecast.history.totals)]).astype(float)
    fan = _fan(forecast, months)
    past = len(known) - 1
    across = Scale(0.0, float(past + months), 70, WIDTH - 20)
    up = Scale(0.0, max(float(fan[-1].max()), float(target)) * 1.05, HEIGHT - 60, 40)
    parts = axes(across, up, (f"Months since the beginning of {written(forecast.history.first_month)}", "Subjects"))
    ahead = np.arange(past, past + months + 1, dtype=float)
    for number, (_, _, density) in enumerate(BANDS):
        parts.append(_band(across, up, ahead, fan[number], fan[-1 - number], density))
    parts.append(_line(across, up, ahead, fan[len(BANDS)], ACCENT, dashed=True))
    parts.append(_line(across, up, np.arange(past + 1, dtype=float), known, INK))
    parts += _target(across, up, target)
    return picture("Enrolment", _told(forecast, months, fan), (WIDTH, HEIGHT), parts)


def _fan(forecast: Forecast, months: int) -> Floats:
    """Shares by months, from what is known now on."""
    lower, upper = [band[0] for band in BANDS], [band[1] for band in reversed(BANDS)]
    shares = forecast.quantiles((*lower, 0.5, *upper), cumulative=True)[:, :months]
    return np.concatenate([np.full((len(shares), 1), float(forecast.known)), shares], axis=1)


def _band(across: Scale, up: Scale, months: Floats, low: Floats, high: Floats, density: float) -> svg.Polygon:
    there = [svg.Point(across.at(month), up.at(value)) for month, value in zip(months, high, strict=True)]
    back = [svg.Point(across.at(month), up.at(value)) for month, value in zip(months, low, strict=True)]
    return svg.Polygon(points=there + back[::-1], fill=ACCENT, fill_opacity=density, stroke="none")


def _line(across: Scale, up: Scale, months: Floats, values: Floats, ink: str, dashed: bool = False) -> svg.Polyline:
    points = [svg.Point(across.at(month), up.at(value)) for month, value in zip(months, values, strict=True)]
    return svg.Polyline(
        points=points, fill="none", stroke=ink, stroke_width=1.5, stroke_dasharray=[5, 3] if dashed else "none"
    )


def _target(across: Scale, up: Scale, target: int) -> list[svg.Element]:
    height = up.at(float(target))
    line = svg.Line(x1=across.begin, y1=height, x2=across.end, y2=height, stroke=PALE, stroke_dasharray=[2, 4])
    return [line, words(f"Target {target:,}", across.begin + 6, height - 5)]


def _told(forecast: Forecast, months: int, fan: Floats) -> str:
    low, middle, high = (f"{value:,.0f}" for value in (fan[0, -1], fan[len(BANDS), -1], fan[-1, -1]))
    last = written(forecast.first_month + months - 1)
    ahead = f"{middle} to be expected by the end of {last}, 90 % from {low} to {high}"
    return f"{forecast.known:,} subjects so far; {ahead}"
