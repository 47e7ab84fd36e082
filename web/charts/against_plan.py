"""Enrolment against its plan: planned as a dashed line, what came as a full one, what is foreseen as a band."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from markupsafe import Markup

from irt.reads.blinded_enrolment_plan import EnrolmentAgainstPlan, PlanMonth
from web.charts import svg
from web.charts.series import Scale, apart, grid, round_scale

_WIDTH, _HEIGHT, _LOOK = 560, 290, "irt-chart-plot"
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 476, 22, 250
_NAMED = 6
"""So many months are named below the picture."""
_HEADS = ("Month", "Planned", "Came", "Low, 5 %", "Middle", "High, 95 %")


@dataclass(frozen=True, slots=True)
class _Paper:
    """Where a day and a count lie on the drawing."""

    x_of: Scale
    y_of: Scale

    def __call__(self, day: date, count: float) -> tuple[float, float]:
        """The end of that day."""
        return self.x_of(day.toordinal() + 1), self.y_of(count)


def plan_chart(title: str, found: EnrolmentAgainstPlan) -> Markup:
    """Subjects in all by day, for a study with at least one month; the numbers stand in the table below."""
    corners = found.plan.corners() if found.plan else ()
    most = max([1, *(n for _, n in corners), found.randomized, *(one.high for one in found.ahead)])
    first, last = found.months[0].month, _end(found.months[-1])
    x_of = Scale(first.toordinal(), last.toordinal() + 1, _LEFT, _RIGHT, ())
    paper = _Paper(x_of, round_scale([0, most], _BOTTOM, _TOP))
    strokes = grid(paper.y_of, "subjects") + _months(found.months, x_of)
    strokes += _foreseen(found, paper)
    if corners:
        strokes.append(svg.path([paper(day, n) for day, n in corners], "irt-line irt-stroke-2 irt-dash"))
    strokes += _came(found, paper) + _ends(found, corners, paper)
    picture = svg.drawing(title, _said(found), _WIDTH, _HEIGHT, strokes, _LOOK)
    return svg.figure(picture, title, _HEADS, [_row(one) for one in found.months])


def _foreseen(found: EnrolmentAgainstPlan, paper: _Paper) -> list[Markup]:
    """The band and its middle, from today on."""
    if not found.ahead:
        return []
    now = paper(found.today, found.randomized)
    high = [now, *(paper(one.end, one.high) for one in found.ahead)]
    low = [now, *(paper(one.end, one.low) for one in found.ahead)]
    middle = [now, *(paper(one.end, one.middle) for one in found.ahead)]
    return [svg.path(high + low[::-1], "irt-band", closed=True), svg.path(middle, "irt-line irt-stroke-1 irt-dots")]


def _came(found: EnrolmentAgainstPlan, paper: _Paper) -> list[Markup]:
    """The subjects that are in, up to today."""
    if not found.reached:
        return []
    begun, now = paper(found.reached[0][0] - timedelta(days=1), 0), paper(found.today, found.randomized)
    came = [begun, *(paper(day, n) for day, n in found.reached), now]
    words = svg.text(now[0] - 6, now[1] - 8, svg.plain(found.randomized), "irt-end irt-label irt-halo")
    return [svg.path(came, "irt-line irt-stroke-1"), svg.circle(*now, 3.5, "irt-fill-1"), words]


def _ends(found: EnrolmentAgainstPlan, corners: Sequence[tuple[date, int]], paper: _Paper) -> list[Markup]:
    """The names of the lines, where they end."""
    named = [("foreseen", paper.y_of(found.ahead[-1].middle))] if found.ahead else []
    named += [("planned", paper.y_of(corners[-1][1]))] if corners else []
    places = apart([y + 4 for _, y in named])
    return [svg.text(_RIGHT + 6, y, words) for (words, _), y in zip(named, places, strict=True)]


def _end(month: PlanMonth) -> date:
    following = date(month.month.year + month.month.month // 12, month.month.month % 12 + 1, 1)
    return following - timedelta(days=1)


def _months(months: Sequence[PlanMonth], x_of: Scale) -> list[Markup]:
    """A month's name stands below its first day."""
    every = ceil(len(months) / _NAMED)
    return [
        svg.text(x_of(one.month.toordinal()), _BOTTOM + 18, f"{one.month:%b %y}", "irt-middle")
        for one in months[::every]
    ]


def _said(found: EnrolmentAgainstPlan) -> str:
    came = f"{found.randomized:,} subjects are in"
    if found.planned_by_today is None or found.plan is None:
        return f"{came}; no plan is set"
    return f"{came}, {found.planned_by_today:,} were planned by today, {found.plan.subjects:,} in all"


def _row(one: PlanMonth) -> list[object]:
    cells = (one.planned, one.reached, one.low, one.middle, one.high)
    return [f"{one.month:%b %Y}", *("–" if cell is None else svg.plain(round(cell)) for cell in cells)]
