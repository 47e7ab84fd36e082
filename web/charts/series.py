"""Lines, bars and projections over an axis of days, numbers or groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10

from markupsafe import Markup

from web.charts import svg
from web.formats import day, number, short_day

_WIDTH, _HEIGHT, _LOOK = 560, 290, "irt-chart-plot"
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 476, 22, 250
_DASHES = ("", "irt-dash", "irt-dots")


@dataclass(frozen=True)
class Series:
    """A named line through points (x, y), x ascending."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Scale:
    """Numbers to places on the drawing, with the round numbers in between."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def round_scale(values: Sequence[float], start: float, end: float, steps: int = 5) -> Scale:
    """A scale from round number to round number that holds all values."""
    low, high = min(values), max(values)
    raw = (high - low or abs(high) or 1) / steps
    power = 10.0 ** floor(log10(raw))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= raw * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    last = max(last, first + 1)
    ticks = tuple(round(step * i, 10) for i in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], start, end, ticks)


def line_chart(
    title: str, x_name: str, y_name: str, series: Sequence[Series], *, from_zero: bool = False
) -> Markup:
    """Lines over a number axis (from 0 where asked), each with a dash of its own and its name at its end."""
    x_of = round_scale([*[0.0] * from_zero, *(x for each in series for x, _ in each.points)], _LEFT, _RIGHT)
    y_of = round_scale([y for each in series for _, y in each.points], _BOTTOM, _TOP)
    strokes = grid(y_of, y_name) + _x_numbers(x_of, x_name)
    ends = apart([y_of(each.points[-1][1]) + 4 for each in series])
    for index, (each, end) in enumerate(zip(series, ends, strict=True)):
        points = [(x_of(x), y_of(y)) for x, y in each.points]
        strokes.append(svg.path(points, f"irt-line irt-stroke-{index % 6 + 1} {_DASHES[index % 3]}"))
        if len(set(points)) == 1:
            strokes.append(svg.circle(*points[0], 4, f"irt-fill-{index % 6 + 1}"))
        strokes.append(svg.text(points[-1][0] + 6, end, each.name, "irt-label irt-halo"))
    said = ". ".join(f"{s.name}: from {svg.plain(s.points[0][1])} to {svg.plain(s.points[-1][1])}" for s in series)
    picture = svg.drawing(title, said, _WIDTH, _HEIGHT, strokes, _LOOK)
    return svg.figure(picture, title, (x_name, *(s.name for s in series)), _line_rows(series))


def _line_rows(series: Sequence[Series]) -> list[list[object]]:
    """One row for each x that any line names; a dash where a line has no point there."""
    lines = [dict(each.points) for each in series]
    xs = sorted({x for line in lines for x in line})
    return [[svg.plain(x), *(svg.plain(line[x]) if x in line else "–" for line in lines)] for x in xs]


def bar_chart(
    title: str, unit: str, groups: Sequence[str], stacks: Sequence[tuple[str, Sequence[float]]]
) -> Markup:
    """Stacked bars, one a group; each bar says its total, each layer has a colour and a key."""
    totals = [sum(values[i] for _, values in stacks) for i in range(len(groups))]
    y_of = round_scale([0, *totals], _BOTTOM, _TOP + 10)
    width = (_WIDTH - _LEFT - 10) / len(groups)
    strokes = grid(y_of, unit, right=_WIDTH - 10)
    for i, group in enumerate(groups):
        strokes += _bar(_LEFT + i * width, width, group, [values[i] for _, values in stacks], y_of)
    strokes += _key([name for name, _ in stacks])
    said = "; ".join(f"{group} {svg.plain(total)}" for group, total in zip(groups, totals, strict=True))
    rows = [
        (group, *(svg.plain(values[i]) for _, values in stacks), svg.plain(totals[i]))
        for i, group in enumerate(groups)
    ]
    picture = svg.drawing(title, said, _WIDTH, _HEIGHT, strokes, _LOOK)
    return svg.figure(picture, title, ("", *(name for name, _ in stacks), f"All {unit}"), rows)


def projection_chart(
    title: str,
    days: Sequence[date],
    median: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    floor: float | None = None,
    deliveries: Sequence[tuple[int, int]] = (),
    middle: str = "median",
) -> Markup:
    """Stock to come: median or another `middle`, 5 to 95 % band, floor, deliveries as (index of day, kits)."""
    y_of = round_scale([0, *high, *median], _BOTTOM, _TOP, 4)
    xs = [_LEFT + i * (_RIGHT - _LEFT) / max(len(days) - 1, 1) for i in range(len(days))]
    band = [(x, y_of(v)) for x, v in zip(xs, high, strict=True)]
    band += [(x, y_of(v)) for x, v in reversed(list(zip(xs, low, strict=True)))]
    strokes = [*grid(y_of, "kits"), svg.path(band, "irt-band", closed=True)]
    strokes.append(svg.path([(x, y_of(v)) for x, v in zip(xs, median, strict=True)], "irt-line irt-stroke-1"))
    labels = {"95 %": high[-1], middle: median[-1], "5 %": low[-1]}
    if floor is not None:
        strokes.append(svg.line(_LEFT, y_of(floor), _RIGHT, y_of(floor), "irt-line irt-stroke-2 irt-dash"))
        labels[f"floor {svg.plain(floor)}"] = floor
    strokes += _end_labels(labels, y_of, middle) + _deliveries(deliveries, xs) + _x_days(days, xs)
    ends = f"{svg.plain(median[0])} to {svg.plain(median[-1])} kits"
    said = f"{middle.capitalize()} from {ends}, {day(days[0])} to {day(days[-1])}"
    rows = [(day(d), *map(svg.plain, values)) for d, *values in zip(days, low, median, high, strict=True)]
    picture = svg.drawing(title, said, _WIDTH, _HEIGHT, strokes, _LOOK)
    return svg.figure(picture, title, ("Day", "5 %", middle.capitalize(), "95 %"), rows)


def difference_bar(value: float, limit: float) -> Markup:
    """A small bar left or right of zero with its number, for a cell of a table."""
    reach = min(abs(value) / limit, 1) * 34 if limit else 0
    shown = number(value, 0 if value == int(value) else 1)
    words = f"+{shown}" if value > 0 else shown
    x, fill = (36.0, "irt-fill-1") if value >= 0 else (36 - reach, "irt-fill-2")
    strokes = svg.line(36, 0, 36, 16, "irt-axis") + svg.rectangle(x, 3, reach, 10, fill)
    return Markup(
        '<svg class="irt-chart irt-chart-mini" viewBox="0 0 110 16" role="img" aria-label="{}">{}</svg>'
    ).format(words, strokes + svg.text(110, 12, words, "irt-label irt-end"))


def grid(y_of: Scale, name: str, right: float = _RIGHT) -> list[Markup]:
    """Lines across at round numbers, and the name of what they count."""
    strokes = [svg.text(_LEFT - 7, 11, f"↑ {name}", "irt-halo")]
    for tick in y_of.ticks:
        look = "irt-axis" if tick in (y_of.low, 0) else "irt-grid"
        strokes.append(svg.line(_LEFT, y_of(tick), right, y_of(tick), look))
        strokes.append(svg.text(_LEFT - 7, y_of(tick) + 4, svg.plain(tick), "irt-end"))
    return strokes


def _x_numbers(x_of: Scale, name: str) -> list[Markup]:
    strokes = [svg.text(x_of(tick), _BOTTOM + 16, svg.plain(tick), "irt-middle") for tick in x_of.ticks]
    return [*strokes, svg.text(_RIGHT, _BOTTOM + 32, f"{name} →", "irt-end")]


def _x_days(days: Sequence[date], xs: Sequence[float]) -> list[Markup]:
    every = max(1, ceil(len(days) / 6))
    return [svg.text(xs[i], _BOTTOM + 18, short_day(days[i]), "irt-middle") for i in range(0, len(days), every)]


def _bar(x: float, width: float, group: str, values: Sequence[float], y_of: Scale) -> list[Markup]:
    strokes, base = [], 0.0
    for layer, value in enumerate(values):
        top = y_of(base + value)
        strokes.append(
            svg.rectangle(
                x + width * 0.16, top, width * 0.68, y_of(base) - top, f"irt-fill-{layer % 6 + 1} irt-edge"
            )
        )
        base += value
    strokes.append(svg.text(x + width / 2, y_of(base) - 5, svg.plain(base), "irt-middle irt-label"))
    strokes.append(svg.text(x + width / 2, _BOTTOM + 16, group, "irt-middle"))
    return strokes


def _key(names: Sequence[str]) -> list[Markup]:
    if len(names) < 2:
        return []
    strokes, x = [], float(_LEFT)
    for layer, name in enumerate(names):
        strokes.append(svg.rectangle(x, _BOTTOM + 24, 10, 10, f"irt-fill-{layer % 6 + 1}"))
        strokes.append(svg.text(x + 15, _BOTTOM + 33, name))
        x += 32 + 7 * len(name)
    return strokes


def _deliveries(deliveries: Sequence[tuple[int, int]], xs: Sequence[float]) -> list[Markup]:
    strokes = []
    for index, kits in deliveries:
        x, y = xs[index], _BOTTOM - 8
        strokes.append(svg.path([(x - 4, y - 4), (x + 4, y - 4), (x, y + 3)], "irt-ink", closed=True))
        strokes.append(svg.text(x + 7, y + 2, f"+{kits}", "irt-label irt-halo"))
    return strokes


def _end_labels(labels: dict[str, float], y_of: Scale, middle: str) -> list[Markup]:
    places = apart([y_of(value) + 4 for value in labels.values()])
    return [
        svg.text(_RIGHT + 6, y, words, "irt-label" if words == middle else "")
        for words, y in zip(labels, places, strict=True)
    ]


def apart(places: Sequence[float], gap: float = 14) -> list[float]:
    """Moves labels down where they would cover each other, keeping their order."""
    moved = list(places)
    below = float("-inf")
    for index in sorted(range(len(moved)), key=moved.__getitem__):
        moved[index] = max(moved[index], below + gap)
        below = moved[index]
    return moved
