"""Trials played many times, over the days: fans of shares, rates with their intervals, causes as a grid."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby, pairwise
from math import ceil

from markupsafe import Markup

from web.charts import svg
from web.charts.lying import Row, reach
from web.charts.series import Scale, apart, grid, round_scale
from web.formats import day, month

_WIDTH, _HEIGHT, _LOOK = 560, 290, "irt-chart-plot"
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 476, 22, 250
_LABELS_MAX, _LABEL_WIDE = 6, 62
_SHARES = ("5 %", "25 %", "median", "75 %", "95 %")
HEAT = 5
"""A grid has so many densities, and none."""
_CELL_HIGH, _NAMES = 22, 160

Interval = tuple[float, float, float]
"""Low end, value, high end."""


def share_chart(
    title: str,
    unit: str,
    days: Sequence[date],
    shares: Sequence[Sequence[float]],
    goal: tuple[str, float] | None = None,
) -> Markup:
    """What 5, 25, 50, 75 and 95 % of trials stay below, day by day; a goal is a line with its name."""
    highest = [*shares[-1], *([goal[1]] if goal else [])]
    y_of, xs = round_scale([0, *highest], _BOTTOM, _TOP, 4), _places(days)
    strokes = grid(y_of, unit)
    for low, high in ((shares[0], shares[4]), (shares[1], shares[3])):
        strokes.append(_between(xs, low, high, y_of))
    strokes.append(svg.path([(x, y_of(v)) for x, v in zip(xs, shares[2], strict=True)], "irt-line irt-stroke-1"))
    ends = {words: line[-1] for words, line in zip(_SHARES, shares, strict=True)}
    if goal:
        words, y = f"{goal[0]} {svg.plain(goal[1])}", y_of(goal[1])
        strokes.append(svg.line(_LEFT, y, _RIGHT, y, "irt-line irt-stroke-2 irt-dash"))
        strokes.append(svg.text(_LEFT + 6, y - 6, words, "irt-label irt-halo"))
    places = apart([y_of(value) + 4 for value in reversed(ends.values())])
    for words, y in zip(reversed(ends), places, strict=True):
        strokes.append(svg.text(_RIGHT + 6, y, words, "irt-label" if words == "median" else ""))
    strokes += _months(days, xs)
    last = ", ".join(f"{words} {svg.plain(value)}" for words, value in ends.items())
    said = f"{unit.capitalize()} on {day(days[-1])}: {last}"
    rows = [(day(one), *map(svg.plain, values)) for one, *values in zip(days, *shares, strict=True)]
    picture = svg.drawing(title, said, _WIDTH, _HEIGHT, strokes, _LOOK)
    return svg.figure(picture, title, ("Until", *_SHARES), rows)


def rate_chart(title: str, unit: str, days: Sequence[date], rates: Sequence[Interval | None]) -> Markup:
    """A rate in each period with its interval; where nothing could happen there is a gap."""
    known = [rate for rate in rates if rate is not None]
    most = reach([Row("", *rate) for rate in known]) if known else 1
    y_of, xs = round_scale([0, most], _BOTTOM, _TOP, 4), _places(days)
    strokes = grid(y_of, unit)
    for told, run in groupby(zip(xs, rates, strict=True), key=lambda pair: pair[1] is not None):
        points = [(x, rate) for x, rate in run if rate is not None]
        if told and len(points) > 1:
            places, lows, middles, highs = zip(*((x, *rate) for x, rate in points), strict=True)
            strokes.append(_between(places, lows, [min(high, y_of.high) for high in highs], y_of))
            line = [(x, y_of(value)) for x, value in zip(places, middles, strict=True)]
            strokes.append(svg.path(line, "irt-line irt-stroke-1"))
        elif told:
            strokes.append(svg.circle(points[0][0], y_of(points[0][1][1]), 3, "irt-fill-1"))
    strokes += _months(days, xs)
    worst = max(known, key=lambda rate: rate[1], default=(0.0, 0.0, 0.0))
    said = f"At most {svg.plain(worst[1])} {unit}, with the interval of 95 %"
    rows = [
        (day(one), *(map(svg.plain, rate) if rate is not None else ("–",) * 3))
        for one, rate in zip(days, rates, strict=True)
    ]
    picture = svg.drawing(title, said, _WIDTH, _HEIGHT, strokes, _LOOK)
    return svg.figure(picture, title, ("Until", "Low", "Rate", "High"), rows)


def heat_chart(title: str, unit: str, days: Sequence[date], rows: Sequence[tuple[str, Sequence[float]]]) -> Markup:
    """A row for each name, a cell for each period: the denser, the more; each row says its sum."""
    most = max((value for _, values in rows for value in values), default=0) or 1
    right, base = _RIGHT + 20, _TOP + len(rows) * _CELL_HIGH
    wide = (right - _NAMES) / len(days)
    strokes = []
    for line, (name, values) in enumerate(rows):
        y = _TOP + line * _CELL_HIGH
        strokes.append(svg.text(_NAMES - 8, y + 14, name, "irt-end"))
        strokes.append(svg.line(_NAMES, y + _CELL_HIGH, right, y + _CELL_HIGH, "irt-grid"))
        strokes += _cells(values, most, y, wide)
        strokes.append(svg.text(right + 6, y + 14, svg.plain(sum(values)), "irt-label"))
    strokes.append(svg.text(right + 6, 12, "sum", ""))
    strokes += _months(days, [_NAMES + (place + 0.5) * wide for place in range(len(days))], base)
    said = "; ".join(f"{name} {svg.plain(sum(values))}" for name, values in rows)
    picture = svg.drawing(title, f"{unit}: {said}", _WIDTH, base + 30, strokes, _LOOK)
    table = [(day(one), *(svg.plain(values[place]) for _, values in rows)) for place, one in enumerate(days)]
    return svg.figure(picture, title, ("Until", *(name for name, _ in rows)), table)


def _cells(values: Sequence[float], most: float, y: float, wide: float) -> list[Markup]:
    """Neighbours of one density are one stroke."""
    strokes, place = [], 0
    for density, run in groupby(ceil(HEAT * value / most) for value in values):
        many = len(list(run))
        if density:
            look = f"irt-heat-{density}"
            strokes.append(svg.rectangle(_NAMES + place * wide, y + 1, many * wide, _CELL_HIGH - 2, look))
        place += many
    return strokes


def _between(xs: Sequence[float], low: Sequence[float], high: Sequence[float], y_of: Scale) -> Markup:
    there = [(x, y_of(value)) for x, value in zip(xs, high, strict=True)]
    back = [(x, y_of(value)) for x, value in zip(xs, low, strict=True)]
    return svg.path(there + back[::-1], "irt-band", closed=True)


def _places(days: Sequence[date]) -> list[float]:
    """Days to places, by their distance."""
    whole = max((days[-1] - days[0]).days, 1)
    return [_LEFT + (one - days[0]).days / whole * (_RIGHT - _LEFT) for one in days]


def _months(days: Sequence[date], xs: Sequence[float], base: float = _BOTTOM) -> list[Markup]:
    """Names where months begin, as many as fit; days where all is within two months."""
    if (days[-1] - days[0]).days < 62:
        every = max(1, ceil(len(days) / _LABELS_MAX))
        return [svg.text(xs[at], base + 18, day(days[at])[:-5], "irt-middle") for at in range(0, len(days), every)]
    begins = [0] + [at for at, (one, other) in enumerate(pairwise(days), start=1) if one.month != other.month]
    every = ceil(len(begins) / min(_LABELS_MAX, (xs[-1] - xs[0]) // _LABEL_WIDE))
    return [svg.text(xs[at], base + 18, month(days[at]), "irt-middle") for at in begins[::every]]
