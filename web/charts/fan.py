"""Enrolment over months: what is known as a line, what is to come as a fan, the target as a line across."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from markupsafe import Markup

from web.charts import svg
from web.charts.series import Scale, apart, grid, round_scale

_WIDTH, _HEIGHT, _LOOK = 560, 290, "irt-chart-plot"
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 476, 22, 250
_BANDS = (("p05", "p95"), ("p25", "p75"))
"""One over the other, so that the middle is the denser."""
_SHARES = {"p05": "5 %", "p25": "25 %", "p50": "Middle", "p75": "75 %", "p95": "95 %"}
_ROOM = 1.1
"""Above the target, for its name."""
_NAMED = 6
"""So many months are named below the picture."""


@dataclass(frozen=True)
class FanMonth:
    """A month to come: subjects in all at its end, by share of the paths."""

    month: str
    shares: Mapping[str, float]


def fan_chart(title: str, known: Sequence[tuple[str, int]], ahead: Sequence[FanMonth], target: int) -> Markup:
    """Subjects in all at the end of each month, at least one to come; the numbers stand in the table below."""
    months = [month for month, _ in known] + [one.month for one in ahead]
    y_of = round_scale([0, target * _ROOM, ahead[-1].shares["p95"]], _BOTTOM, _TOP)
    x_of = Scale(0, len(months), _LEFT, _RIGHT, ())
    past = [(0, 0), *((place + 1, so_far) for place, (_, so_far) in enumerate(known))]

    def line(share: str) -> list[tuple[float, float]]:
        values = [past[-1][1], *(one.shares[share] for one in ahead)]
        return [(x_of(len(known) + place), y_of(value)) for place, value in enumerate(values)]

    strokes = grid(y_of, "subjects")
    strokes += [svg.path(line(high) + line(low)[::-1], "irt-band", closed=True) for low, high in _BANDS]
    strokes.append(svg.line(_LEFT, y_of(target), _RIGHT, y_of(target), "irt-line irt-stroke-2 irt-dash"))
    strokes.append(svg.text(_LEFT + 6, y_of(target) - 5, f"target {svg.plain(target)}", "irt-halo"))
    strokes.append(svg.path(line("p50"), "irt-line irt-stroke-1 irt-dash"))
    strokes.append(svg.path([(x_of(x), y_of(y)) for x, y in past], "irt-line irt-stroke-1"))
    strokes += _ends(ahead[-1], y_of) + _months(months, x_of)
    picture = svg.drawing(title, _said(known, ahead[-1], target), _WIDTH, _HEIGHT, strokes, _LOOK)
    return svg.figure(picture, title, ("Month", "Known", *_SHARES.values()), _rows(known, ahead))


def _ends(last: FanMonth, y_of: Scale) -> list[Markup]:
    named = ("p95", "p50", "p05")
    places = apart([y_of(last.shares[share]) + 4 for share in named])
    return [
        svg.text(_RIGHT + 6, y, _SHARES[share].lower(), "irt-label" if share == "p50" else "")
        for share, y in zip(named, places, strict=True)
    ]


def _months(months: Sequence[str], x_of: Scale) -> list[Markup]:
    """A month's name stands below its end."""
    every = ceil(len(months) / _NAMED)
    return [
        svg.text(x_of(place), _BOTTOM + 18, months[place - 1], "irt-middle")
        for place in range(every, len(months) + 1, every)
    ]


def _said(known: Sequence[tuple[str, int]], last: FanMonth, target: int) -> str:
    so_far = f"{known[-1][1] if known else 0:,} subjects by the end of the last whole month, target {target:,}"
    low, middle, high = (svg.plain(last.shares[share]) for share in ("p05", "p50", "p95"))
    return f"{so_far}; by the end of {last.month} {middle} are to be expected, 90 % from {low} to {high}"


def _rows(known: Sequence[tuple[str, int]], ahead: Sequence[FanMonth]) -> list[list[object]]:
    past: list[list[object]] = [[month, svg.plain(so_far), *["–"] * len(_SHARES)] for month, so_far in known]
    return past + [[one.month, "–", *(svg.plain(one.shares[share]) for share in _SHARES)] for one in ahead]
