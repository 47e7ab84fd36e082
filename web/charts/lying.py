"""Lying pictures, a row for each name: intervals with their limit, a waterfall, a tornado."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from markupsafe import Markup

from web.charts import svg
from web.charts.series import Scale, round_scale

_WIDTH, _RIGHT, _TOP, _ROW = 560, 456, 30, 24
_NAME, _LETTER, _NAMES_MAX = 24, 6.4, 230
_MARK = 3.6
_BEFORE = 36
"""What stands before the bars of a tornado."""
_FAR = 3
"""An interval that ends beyond so many times the largest figure is drawn to the edge, its end open."""


@dataclass(frozen=True)
class Row:
    """A figure with its interval; an open mark where nothing is shown yet. A bound may be infinite."""

    name: str
    low: float
    value: float
    high: float
    open: bool = False
    words: str = ""


def interval_chart(title: str, unit: str, rows: Sequence[Row], limit: float | None = None) -> Markup:
    """Each figure as a mark on its interval; the limit is a line that all should stay left of."""
    x_of = round_scale(
        [0, reach(rows), *([] if limit is None else [limit])], _left([row.name for row in rows]), _RIGHT
    )
    base = _TOP + len(rows) * _ROW
    strokes = _rule(x_of, unit, base)
    for line, row in enumerate(rows):
        strokes += _interval(row, x_of, _TOP + line * _ROW + _ROW / 2)
    if limit is not None:
        x, words = x_of(limit), f"limit {svg.plain(limit)}"
        strokes.append(svg.line(x, _TOP - 8, x, base, "irt-line irt-stroke-2 irt-dash"))
        strokes.append(svg.text(x, _TOP - 13, words, "irt-middle irt-label irt-halo"))
    said = "; ".join(f"{row.name} {svg.plain(row.value)}" for row in rows)
    picture = svg.drawing(title, said, _WIDTH, int(base) + 36, strokes, "irt-chart-plot")
    table = [(row.name, *map(_bound, (row.low, row.value, row.high)), row.words) for row in rows]
    heads = ("", "Low", unit[:1].upper() + unit[1:], "High", "")
    keep = len(heads) if any(row.words for row in rows) else len(heads) - 1
    return svg.figure(picture, title, heads[:keep], [line[:keep] for line in table])


def reach(rows: Sequence[Row]) -> float:
    """How far the axis goes: to every end, but not where they lie far beyond all that was found."""
    found = max(row.value for row in rows)
    ends = [row.high for row in rows if isfinite(row.high)]
    return max([found, *(end for end in ends if not found or end <= _FAR * found)])


def waterfall_chart(title: str, unit: str, steps: Sequence[tuple[str, float, float]]) -> Markup:
    """Steps as (name, begin, end), each from where the last one ended; at the bottom the whole."""
    whole = steps[-1][2]
    x_of = round_scale([0, whole], _left([name for name, *_ in steps]), _RIGHT)
    base = _TOP + (len(steps) + 1) * _ROW
    strokes = _rule(x_of, unit, base)
    for line, (name, begin, end) in enumerate((*steps, ("all", 0.0, whole))):
        y, last = _TOP + line * _ROW, line == len(steps)
        strokes.append(svg.text(x_of.start - 8, y + 16, name, "irt-end irt-label" if last else "irt-end"))
        strokes.append(
            svg.rectangle(x_of(begin), y + 4, max(x_of(end) - x_of(begin), 1), 16, f"irt-fill-{6 if last else 1}")
        )
        strokes.append(svg.text(x_of(end) + 6, y + 16, svg.plain(end - begin), "irt-label irt-halo"))
        if not last:
            strokes.append(svg.line(x_of(end), y + 4, x_of(end), y + _ROW + 4, "irt-axis"))
    said = "; ".join(f"{name} {svg.plain(end - begin)}" for name, begin, end in (*steps, ("all", 0.0, whole)))
    picture = svg.drawing(title, said, _WIDTH, int(base) + 36, strokes, "irt-chart-plot")
    table = [*((name, svg.plain(end - begin), svg.plain(end)) for name, begin, end in steps)]
    return svg.figure(picture, title, ("", unit[:1].upper() + unit[1:], "Up to here"), table)


@dataclass(frozen=True)
class Moved:
    """An input: what the figure comes to at its low and its high end, and the ends in words."""

    name: str
    low: float
    high: float
    low_words: str
    high_words: str


def tornado_chart(title: str, unit: str, base_value: float, bars: Sequence[Moved]) -> Markup:
    """Bars around the figure as it is: open to the low end of an input, filled to its high end."""
    ends = [value for bar in bars for value in (bar.low, bar.high)]
    left = _left([bar.name for bar in bars])
    x_of = round_scale([base_value, *ends], left + _BEFORE, _RIGHT)
    base = _TOP + len(bars) * (_ROW + 6)
    strokes, middle = _rule(x_of, unit, base), x_of(base_value)
    for line, bar in enumerate(bars):
        y = _TOP + line * (_ROW + 6)
        strokes.append(svg.text(left - 8, y + 18, bar.name, "irt-end"))
        for value, words, look in ((bar.low, bar.low_words, "irt-open"), (bar.high, bar.high_words, "irt-fill-1")):
            x = x_of(value)
            strokes.append(svg.rectangle(min(x, middle), y + 5, max(abs(x - middle), 1), 18, look))
            side, anchor = (-5, " irt-end") if x < middle else (5, "")
            strokes.append(svg.text(x + side, y + 18, words, f"irt-label irt-halo{anchor}"))
    strokes.append(svg.line(middle, _TOP - 8, middle, base, "irt-now"))
    words = f"as it is {svg.plain(base_value)}"
    strokes.append(svg.text(middle, _TOP - 13, words, "irt-middle irt-label irt-halo"))
    said = "; ".join(f"{bar.name} from {svg.plain(bar.low)} to {svg.plain(bar.high)}" for bar in bars)
    picture = svg.drawing(title, said, _WIDTH, int(base) + 36, strokes, "irt-chart-plot")
    rows = [(bar.name, bar.low_words, svg.plain(bar.low), bar.high_words, svg.plain(bar.high)) for bar in bars]
    return svg.figure(picture, title, ("Input", "Low end", unit, "High end", unit), rows)


def _interval(row: Row, x_of: Scale, y: float) -> list[Markup]:
    low = max(x_of(row.low), x_of.start) if isfinite(row.low) else x_of.start
    beyond = not isfinite(row.high) or x_of(row.high) > x_of.end
    high = x_of.end if beyond else x_of(row.high)
    strokes = [svg.text(x_of.start - 8, y + 4, row.name, "irt-end")]
    strokes.append(svg.line(low, y, high, y, "irt-line irt-stroke-1"))
    ends = [low] if beyond else [low, high]
    strokes += [svg.line(end, y - 5, end, y + 5, "irt-line irt-stroke-1") for end in ends]
    strokes.append(svg.circle(x_of(row.value), y, _MARK, "irt-open" if row.open else "irt-fill-1 irt-edge"))
    return [*strokes, svg.text(_RIGHT + 10, y + 4, row.words or svg.plain(row.value), "irt-label")]


def _rule(x_of: Scale, unit: str, base: float) -> list[Markup]:
    """Round numbers below, a line up from each."""
    strokes = []
    for tick in x_of.ticks:
        look = "irt-axis" if tick == 0 else "irt-grid"
        strokes.append(svg.line(x_of(tick), _TOP - 2, x_of(tick), base, look))
        strokes.append(svg.text(x_of(tick), base + 15, svg.plain(tick), "irt-middle"))
    return [*strokes, svg.text(_RIGHT, base + 31, f"{unit} →", "irt-end")]


def _left(names: Sequence[str]) -> float:
    """Where rows begin, so that the longest name stands before them."""
    return min(_NAME + _LETTER * max(map(len, names)), _NAMES_MAX)


def _bound(value: float) -> str:
    return svg.plain(value) if isfinite(value) else "no bound"
