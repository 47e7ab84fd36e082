"""The plots of a report, in the order in which they are read; each with its numbers as a table beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from simulation.analysis.boundaries import Verdict
from simulation.analysis.causes import Part
from simulation.analysis.estimate import Estimate
from simulation.analysis.frontier import Point
from simulation.report.bands import SHARES, Band, enrolment_band, site_band, stock_band
from simulation.report.courses import Courses
from simulation.report.report import Report, Told
from simulation.report.risk import Risk, causes_by_period, risk_by_period, risk_by_site, risk_by_visit
from simulation.report.spread import Spread
from simulation.report.traces import Trace
from simulation.report.words import words_of
from web import charts
from web.charts.courses import Interval
from web.charts.lying import Moved, Row
from web.charts.spread import RunPoint
from web.formats import sentence
from web.reports.units import MONEY, PERCENT_OF_VISITS, Unit, limit_unit, looked_unit, measure_unit

SITES_DRAWN, SITES_LISTED = 6, 20
"""Sites whose stock is drawn, and whose risk is; the tables have every one."""
PER_HUNDRED = 100


@dataclass(frozen=True)
class Plot:
    """A picture with its numbers, and a sentence on how to read it."""

    title: str
    figure: Markup
    note: str = ""

    @property
    def heading(self) -> str:
        """The title where its scenario is told already."""
        return self.title.rpartition(" (")[0] or self.title

    @property
    def drawing(self) -> str:
        """The picture alone, for paper."""
        text = str(self.figure)
        return text[text.index("<svg") : text.index("</svg>") + len("</svg>")]


@dataclass(frozen=True)
class Group:
    """Plots under one heading."""

    heading: str
    plots: tuple[Plot, ...]


def groups_of(told: Told) -> tuple[Group, ...]:
    """The plots of one scenario; a heading under which there is nothing to draw is left out."""
    name = told.scenario.name
    parts = [
        Group("How the verdict came", tuple(_traced(name, each) for each in told.traces)),
        Group("Why visits are missed", tuple(_why(told))),
        Group("Where visits are missed", tuple(_where(told))),
        Group("Enrolment and stock", tuple(_stocks(told))),
        Group("What becomes of kits", tuple(_kits(told))),
        Group("How trials lie", tuple(_spread(told, spread) for spread in told.spreads)),
    ]
    return tuple(group for group in parts if group.plots)


def compared_plots(report: Report) -> tuple[Plot, ...]:
    """What holds scenarios, plans and inputs against each other."""
    beside = [frontier_plot(report.points)] if len(report.points) > 1 else []
    return (*beside, *_tornado(report))


def _traced(name: str, trace: Trace) -> Plot:
    unit = limit_unit(trace.looks[0][1].limit)
    unit = unit.eased([trace.limit, *(judged.estimate.high for _, judged in trace.looks)])
    rows = [
        Row(
            f"after {look:,}",
            *_three(judged.estimate, unit),
            open=judged.verdict is Verdict.INCONCLUSIVE,
            words=judged.verdict,
        )
        for look, judged in trace.looks
    ]
    title = f"{sentence(trace.name)}, look by look ({name})"
    figure = charts.interval_chart(title, unit.words, rows, unit.of(trace.limit))
    return Plot(title, figure, "An open mark has shown nothing yet. Early intervals are wider than the last.")


def _why(told: Told) -> Iterator[Plot]:
    name = told.scenario.name
    if told.misses:
        title = f"Missed visits by cause ({name})"
        rows = [Row(words_of(part.cause), *_three(part.rate, PERCENT_OF_VISITS)) for part in told.misses]
        yield Plot(title, charts.interval_chart(title, PERCENT_OF_VISITS.words, rows))
    if told.courses is not None and (causes := causes_by_period(told.courses)):
        title = f"Missed visits by cause, over time ({name})"
        unit = f"missed in a trial, {_by_period(told.courses)}"
        cells = [(words_of(cause), values) for cause, values in causes.items()]
        figure = charts.heat_chart(title, unit, told.courses.axes.ends, cells)
        yield Plot(title, figure, "The darker, the more are missed in that time.")


def _where(told: Told) -> Iterator[Plot]:
    courses, name = told.courses, told.scenario.name
    if courses is None or not courses.columns["visits"].any():
        return
    if len(courses.axes.visit_names) > 1:
        yield _risks(f"Risk by visit ({name})", risk_by_visit(courses))
    sites = risk_by_site(courses)
    if len(sites) > 1:
        worst = f", the {SITES_LISTED} with most" if len(sites) > SITES_LISTED else ""
        yield _risks(f"Risk by site{worst} ({name})", sites[:SITES_LISTED])
    periods = risk_by_period(courses)
    title = f"Risk {_by_period(courses)} ({name})"
    rates = [None if risk.rate is None else _three(risk.rate, PERCENT_OF_VISITS) for risk in periods]
    yield Plot(title, charts.rate_chart(title, PERCENT_OF_VISITS.words, courses.axes.ends, rates))


def _by_period(courses: Courses) -> str:
    words = courses.axes.period_words
    return f"every {words}" if words[0].isdigit() else f"by {words}"


def _risks(title: str, risks: Sequence[Risk]) -> Plot:
    rows = [Row(risk.name, *_three(risk.rate, PERCENT_OF_VISITS)) for risk in risks if risk.rate is not None]
    return Plot(title, charts.interval_chart(title, PERCENT_OF_VISITS.words, rows))


def _stocks(told: Told) -> Iterator[Plot]:
    courses, name = told.courses, told.scenario.name
    if courses is None:
        return
    if courses.columns["randomized"].any():
        target = told.scenario.enrolment and told.scenario.enrolment.target_subjects
        yield _fan(
            f"Enrolment ({name})", "subjects", enrolment_band(courses), ("target", target) if target else None
        )
    for column in ("kits_at_sites", "kits_at_depots"):
        yield _fan(f"{sentence(words_of(column))} ({name})", "kits", stock_band(courses, column))
    for site in _drawn(courses):
        yield _fan(f"Stock of site {site} ({name})", "kits", site_band(courses, site))


def _drawn(courses: Courses) -> list[str]:
    """The sites with most missed visits, by number where alike."""
    return [risk.name for risk in risk_by_site(courses)[:SITES_DRAWN]]


def _fan(title: str, unit: str, band: Band, goal: tuple[str, float] | None = None) -> Plot:
    eased = Unit(1, unit).eased(band.at(SHARES[-1]))
    shares = [[eased.of(value) for value in band.at(share)] for share in SHARES]
    return Plot(title, charts.share_chart(title, eased.words, band.ends, shares, goal))


def _kits(told: Told) -> Iterator[Plot]:
    name = told.scenario.name
    if told.steps:
        title = f"Kits that no subject got ({name})"
        steps = [(words_of(s.cause), PER_HUNDRED * s.begin, PER_HUNDRED * s.end) for s in told.steps]
        figure = charts.waterfall_chart(title, "kits per 100 dispensed", steps)
        yield Plot(title, figure, _overage(told.waste))


def _overage(parts: Sequence[Part]) -> str:
    more = sum(part.rate.value for part in parts)
    return f"For 100 kits dispensed, {PER_HUNDRED * (1 + more):,.0f} were made."


def _spread(told: Told, spread: Spread) -> Plot:
    unit = measure_unit(spread.measure).eased(spread.edges)
    reach = 2 * spread.edges[-1] - spread.edges[0]
    near = (each for each in _limits(told) if each[0] == spread.measure and spread.edges[0] <= each[1] <= reach)
    limit = next(near, None)
    title = f"{sentence(words_of(spread.measure))}, trial by trial ({told.scenario.name})"
    shares = [("5 %", spread.p05), ("median", spread.p50), ("95 %", spread.p95)]
    figure = charts.spread_chart(
        title,
        unit.words,
        [unit.of(edge) for edge in spread.edges],
        spread.counts,
        [(words, unit.of(value)) for words, value in shares],
        None if limit is None else unit.of(limit[1]),
    )
    return Plot(title, figure)


def _limits(told: Told) -> list[tuple[str, float]]:
    """Measures that are held below a limit as they are: means and quantiles."""
    lines = told.statement.lines if told.statement else ()
    return [(line.limit.measure, line.limit.limit) for line in lines if line.limit.figure in ("mean", "quantile")]


def frontier_plot(points: Sequence[Point]) -> Plot:
    """Cost against risk of at least two runs."""
    title = "What it costs and what it risks"
    cost = MONEY.eased(point.cost.high for point in points)
    drawn = [
        RunPoint(point.name, _three(point.cost, cost), _three(point.risk, PERCENT_OF_VISITS), point.efficient)
        for point in points
    ]
    figure = charts.frontier_chart(title, cost.words, PERCENT_OF_VISITS.words, drawn)
    return Plot(title, figure, "None is cheaper and safer than those in bold, joined by a line.")


def _tornado(report: Report) -> Iterator[Plot]:
    tornado = report.tornado
    if tornado is None:
        return
    unit = looked_unit(tornado.measure, tornado.per)
    base = tornado.base.value
    bars = [
        Moved(
            bar.name,
            unit.of(base + bar.low.value),
            unit.of(base + bar.high.value),
            *(f"{end:g}" for end in tornado.ends[bar.name]),
        )
        for bar in tornado.bars
    ]
    title = f"What moves it most ({tornado.scenario})"
    figure = charts.tornado_chart(title, unit.words, unit.of(base), bars)
    yield Plot(title, figure, "An open bar is the low end of an input, a filled one the high end.")


def _three(estimate: Estimate, unit: Unit) -> Interval:
    return unit.of(estimate.low), unit.of(estimate.value), unit.of(estimate.high)
