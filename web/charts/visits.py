"""The visit line of one subject, and the visits a site expects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from markupsafe import Markup

from web.charts import svg
from web.formats import day, day_range, short_day

VisitState = Literal["done", "due", "planned", "skipped"]

_WIDTH, _LEFT, _RIGHT, _MIDDLE = 1200, 44, 1156, 52
_STATE_WORDS = {"done": "done", "due": "due now", "planned": "planned", "skipped": "skipped"}


@dataclass(frozen=True)
class VisitMark:
    """One visit on the line; a window has a first and a last day, both inside it."""

    name: str
    planned: date
    state: VisitState
    first: date | None = None
    last: date | None = None


def visit_line(visits: Sequence[VisitMark], today: date, title: str = "Visit line") -> Markup:
    """The visits on a line of days, with their windows and today; at least one visit."""
    x_of = _days_to_x([visit.planned for visit in visits] + [today])
    strokes = [svg.line(_LEFT, _MIDDLE, _RIGHT, _MIDDLE, "irt-axis"), *_months(visits, today, x_of)]
    strokes += [_window(visit, x_of) for visit in visits if visit.first and visit.last]
    strokes.append(svg.line(x_of(today), 26, x_of(today), 78, "irt-now"))
    strokes.append(svg.text(x_of(today), 92, f"today {short_day(today)}", "irt-middle irt-label irt-halo"))
    strokes += [_mark(visit, x_of(visit.planned), y) for visit, y in _staggered(visits, x_of)]
    return svg.drawing(title, _said(visits, today), _WIDTH, 104, strokes, "irt-chart-wide")


def visit_line_key() -> Markup:
    """What the marks of the visit line mean."""
    shapes = {
        "done": svg.circle(10, 6, 5, "irt-ink"),
        "planned": svg.circle(10, 6, 4.2, "irt-open"),
        "skipped": svg.cross(10, 6, 4, "irt-line irt-stroke-6"),
        "window": svg.rectangle(1, 2, 18, 8, "irt-window", 3),
    }
    items = svg.join(
        Markup('<li><svg viewBox="0 0 20 12" class="irt-chart" aria-hidden="true">{}</svg>{}</li>').format(
            shape, words
        )
        for words, shape in shapes.items()
    )
    return Markup('<ul class="irt-chart-key">{}</ul>').format(items)


class _days_to_x:  # noqa: N801 - a function with a memory: days to places on the line
    def __init__(self, days: Sequence[date]) -> None:
        self.first, self.last = min(days), max(days)
        self.span = max((self.last - self.first).days, 1)

    def __call__(self, value: date) -> float:
        share = (value - self.first).days / self.span
        return _LEFT + min(max(share, -0.02), 1.02) * (_RIGHT - _LEFT)


def _months(visits: Sequence[VisitMark], today: date, x_of: _days_to_x) -> list[Markup]:
    firsts = []
    month = x_of.first.replace(day=1)
    while month <= x_of.last:
        firsts.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    strokes = []
    for month in firsts:
        x = x_of(month) if month >= x_of.first else float(_LEFT)
        strokes.append(svg.line(x, 46, x, 58, "irt-axis"))
        if abs(x + 16 - x_of(today)) > 70 and x < _RIGHT - 20:
            strokes.append(svg.text(x + 4, 100, short_day(month).split(" ")[1]))
            strokes.append(svg.line(x, 58, x, 90, "irt-grid"))
    return strokes


def _window(visit: VisitMark, x_of: _days_to_x) -> Markup:
    first, last = x_of(visit.first or visit.planned), x_of(visit.last or visit.planned)
    return svg.rectangle(first, _MIDDLE - 9, max(last - first, 4), 18, "irt-window", 6)


def _staggered(visits: Sequence[VisitMark], x_of: _days_to_x) -> list[tuple[VisitMark, float]]:
    """Names step up where visits stand too close to be read side by side."""
    heights = [32.0]
    for before, visit in pairwise(visits):
        close = x_of(visit.planned) - x_of(before.planned) < 6.4 * max(len(before.name), len(visit.name)) + 8
        heights.append(14.0 if close and heights[-1] > 20 else 32.0)
    return list(zip(visits, heights, strict=True))


def _mark(visit: VisitMark, x: float, name_y: float) -> Markup:
    shape = {
        "done": svg.circle(x, _MIDDLE, 8, "irt-ink"),
        "due": svg.circle(x, _MIDDLE, 9, "irt-fill-1"),
        "planned": svg.circle(x, _MIDDLE, 7, "irt-open"),
        "skipped": svg.cross(x, _MIDDLE, 7, "irt-line irt-stroke-6"),
    }[visit.state]
    look = "irt-middle irt-label" if visit.state == "due" else "irt-middle"
    return shape + svg.text(x, 20 if visit.state == "due" else name_y, visit.name, f"{look} irt-halo")


def _said(visits: Sequence[VisitMark], today: date) -> str:
    parts = [f"{visit.name} {_STATE_WORDS[visit.state]}, {_when(visit)}" for visit in visits]
    return f"{'; '.join(parts)}. Today is {day(today)}."


def _when(visit: VisitMark) -> str:
    if visit.first and visit.last and visit.state in ("due", "planned"):
        return f"window {day_range(visit.first, visit.last)}"
    return day(visit.planned)


def visit_dots(title: str, studies: Sequence[str], days: Sequence[tuple[str, Sequence[int]]]) -> Markup:
    """One row a day, one mark a visit, a shape per study; each row ends with its count."""
    strokes: list[Markup] = []
    for row, (label, counts) in enumerate(days):
        y = 15 + row * 22
        strokes.append(svg.text(54, y + 4, label, "irt-end"))
        shapes = [shape for shape, count in enumerate(counts) for _ in range(count)]
        step = min(20.0, 230 / max(len(shapes), 1))
        strokes += [
            svg.mark(shape, 69 + place * step, y, f"irt-fill-{shape % 6 + 1}") for place, shape in enumerate(shapes)
        ]
        strokes.append(svg.text(70 + len(shapes) * step, y + 4, sum(counts), "irt-label"))
    strokes += _study_key(studies, 22 * len(days) + 18)
    said = "; ".join(f"{label} {sum(counts)}" for label, counts in days)
    picture = svg.drawing(title, said, 340, 22 * len(days) + 30, strokes, "irt-chart-small")
    rows = [(label, *counts, sum(counts)) for label, counts in days]
    return svg.figure(picture, title, ("Day", *studies, "All"), rows)


def _study_key(studies: Sequence[str], y: float) -> list[Markup]:
    strokes, x = [], 12.0
    for shape, name in enumerate(studies):
        strokes.append(svg.mark(shape, x, y, f"irt-fill-{shape % 6 + 1}"))
        strokes.append(svg.text(x + 11, y + 4, name))
        x += 30 + 7.4 * len(name)
    return strokes
