"""How trials lie: a histogram of one measure, and runs by what they cost and what they risk."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from web.charts import svg
from web.charts.series import grid, round_scale

_WIDTH, _HEIGHT, _LOOK = 560, 290, "irt-chart-plot"
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 534, 44, 246


def spread_chart(
    title: str,
    unit: str,
    edges: Sequence[float],
    counts: Sequence[int],
    shares: Sequence[tuple[str, float]],
    limit: float | None = None,
) -> Markup:
    """How many trials lie between two edges; shares of trials, and a limit, are lines with their names."""
    y_of = round_scale([0, *counts], _BOTTOM, _TOP + 12, 4)
    x_of = round_scale([*edges, *([] if limit is None else [limit])], _LEFT, _RIGHT)
    strokes = grid(y_of, "trials", _RIGHT)
    for place, count in enumerate(counts):
        x, wide = x_of(edges[place]), x_of(edges[place + 1]) - x_of(edges[place])
        strokes.append(svg.rectangle(x, y_of(count), wide, _BOTTOM - y_of(count), "irt-fill-1 irt-edge"))
    for line, (words, value) in enumerate(shares):
        strokes.append(svg.line(x_of(value), _TOP + 8, x_of(value), _BOTTOM, "irt-now"))
        strokes.append(svg.text(x_of(value), _TOP + 4 - 13 * (line % 2), words, "irt-middle irt-halo"))
    if limit is not None:
        strokes.append(svg.line(x_of(limit), _TOP, x_of(limit), _BOTTOM, "irt-line irt-stroke-2 irt-dash"))
        strokes.append(svg.text(x_of(limit) - 5, _TOP + 22, "limit", "irt-end irt-label irt-halo"))
    strokes += [svg.text(x_of(tick), _BOTTOM + 16, svg.plain(tick), "irt-middle") for tick in x_of.ticks]
    strokes.append(svg.text(_RIGHT, _BOTTOM + 34, f"{unit} →", "irt-end"))
    said = ", ".join(f"{words} {svg.plain(value)}" for words, value in shares)
    picture = svg.drawing(title, f"{unit.capitalize()}: {said}", _WIDTH, _HEIGHT, strokes, _LOOK)
    rows = [
        (f"{svg.plain(edges[place])} to below {svg.plain(edges[place + 1])}", count)
        for place, count in enumerate(counts)
    ]
    return svg.figure(picture, title, (unit[:1].upper() + unit[1:], "Trials"), rows)


@dataclass(frozen=True)
class RunPoint:
    """A run by what it costs and what it risks, each with the ends of its interval."""

    name: str
    cost: tuple[float, float, float]
    risk: tuple[float, float, float]
    efficient: bool


def frontier_chart(title: str, cost_unit: str, risk_unit: str, points: Sequence[RunPoint]) -> Markup:
    """Cost to the right, risk upwards, with intervals; a line joins those that no other is better than in both."""
    x_of = round_scale([value for point in points for value in point.cost], _LEFT, _RIGHT - 60)
    y_of = round_scale([0, *(point.risk[2] for point in points)], _BOTTOM, _TOP)
    strokes = grid(y_of, risk_unit, _RIGHT - 60)
    best = [(x_of(point.cost[1]), y_of(point.risk[1])) for point in points if point.efficient]
    if len(best) > 1:
        strokes.append(svg.path(best, "irt-line irt-stroke-6 irt-dash"))
    for place, point in enumerate(points):
        x, y = x_of(point.cost[1]), y_of(point.risk[1])
        strokes.append(svg.line(x, y_of(max(point.risk[0], 0)), x, y_of(point.risk[2]), "irt-axis"))
        strokes.append(svg.line(x_of(point.cost[0]), y, x_of(point.cost[2]), y, "irt-axis"))
        strokes.append(svg.mark(place, x, y, f"irt-fill-{place % 6 + 1} irt-edge"))
    strokes += [svg.text(x_of(tick), _BOTTOM + 16, svg.plain(tick), "irt-middle") for tick in x_of.ticks]
    strokes.append(svg.text(_RIGHT - 60, _BOTTOM + 34, f"{cost_unit} →", "irt-end"))
    for place, point in enumerate(points):
        x, y = place % 2 * 270 + 14, _BOTTOM + 58 + place // 2 * 20
        strokes.append(svg.mark(place, x, y, f"irt-fill-{place % 6 + 1} irt-edge"))
        strokes.append(svg.text(x + 13, y + 4, point.name, "irt-label" if point.efficient else ""))
    said = "; ".join(f"{point.name} {svg.plain(point.cost[1])} at {svg.plain(point.risk[1])}" for point in points)
    high = _BOTTOM + 62 + 20 * -(-len(points) // 2)
    picture = svg.drawing(title, said, _WIDTH, high, strokes, _LOOK)
    rows = [
        (point.name, *map(svg.plain, (*point.cost, *point.risk)), "yes" if point.efficient else "no")
        for point in points
    ]
    heads = ("", "Low", cost_unit, "High", "Low", risk_unit, "High", "Efficient")
    return svg.figure(picture, title, heads, rows)
