"""A report laid out for reading: what was agreed and found in a few tables, then the plots."""

from dataclasses import dataclass

from irt.blinding.views import UnblindedView
from simulation.analysis.causes import Part
from simulation.analysis.verdict import Judged
from simulation.report.report import Report, Told
from simulation.report.stress import Facts, stress_facts
from simulation.report.tables import SideTable
from simulation.report.words import limit_words, words_of
from web.charts import svg
from web.reports.plots import Group, Plot, compared_plots, groups_of
from web.reports.units import PERCENT_OF_TRIALS, PERCENT_OF_VISITS, Unit, limit_unit

FIGURES = {
    "missed_per_visit": ("Visits missed", PERCENT_OF_VISITS),
    "any_missed": ("Trials with any miss", PERCENT_OF_TRIALS),
    "out_of_stock_per_visit": ("Out of stock", PERCENT_OF_VISITS),
    "kits_made_per_dispensed": ("Kits made", Unit(1, "per kit dispensed")),
}


@dataclass(frozen=True)
class Line:
    """A limit, what was found, and the verdict with its reason."""

    name: str
    words: str
    limit: str
    unit: str
    found: str
    interval: str
    replications: int
    verdict: str
    reason: str


@dataclass(frozen=True)
class Shown:
    """A figure with its interval."""

    label: str
    value: str
    unit: str
    interval: str


@dataclass(frozen=True)
class ScenarioView:
    """One scenario."""

    name: str
    title: str
    hash: str
    replications: int
    verdict: str
    lines: tuple[Line, ...]
    figures: tuple[Shown, ...]
    groups: tuple[Group, ...]
    causes: tuple[tuple[str, ...], ...]
    worst: tuple[tuple[int, str], ...]
    seed: int
    courses: int


@dataclass(frozen=True)
class ReportView(UnblindedView):
    """The whole report."""

    name: str
    title: str
    identity: str
    verdict: str
    errors: str
    engine: str
    software: str
    started: str
    seed: int
    scenarios: tuple[ScenarioView, ...]
    compared: tuple[Plot, ...]
    stress: tuple[tuple[str, Facts], ...]
    tables: tuple[SideTable, ...]


def view_of(report: Report) -> ReportView:
    """As it is shown, wherever it is."""
    made = report.made
    return ReportView(
        name=report.name,
        title=report.title or report.name,
        identity=report.identity,
        verdict=report.verdict or "",
        errors=_errors(report),
        engine=made.engine,
        software=made.software,
        started=made.started,
        seed=made.seed,
        scenarios=tuple(map(_scenario, report.told)),
        compared=compared_plots(report),
        stress=stress_facts(report),
        tables=report.tables,
    )


def _errors(report: Report) -> str:
    if report.false_pass is None or report.false_fail is None:
        return ""
    passing, failing = (f"{100 * chance:.3g} %" for chance in (report.false_pass, report.false_fail))
    return f"A pass is wrong in at most {passing} of such gates, a fail in at most {failing}."


def _scenario(told: Told) -> ScenarioView:
    statement = told.statement
    return ScenarioView(
        name=told.scenario.name,
        title=told.scenario.title or told.scenario.name,
        hash=told.scenario.hash,
        replications=told.replications,
        verdict=statement.verdict if statement else "",
        lines=tuple(map(line_of, statement.lines)) if statement else (),
        figures=tuple(_shown(told, name) for name in FIGURES),
        groups=groups_of(told),
        causes=tuple(_cause(part, "missed visits") for part in told.misses)
        + tuple(_cause(part, "kits nobody got") for part in told.waste),
        worst=tuple((each.index, svg.plain(each.value)) for each in told.worst if each.value),
        seed=told.worst[0].seed,
        courses=told.courses.replications if told.courses else 0,
    )


def line_of(judged: Judged) -> Line:
    """A line of the statement, in the unit of its limit."""
    unit = limit_unit(judged.limit).eased([judged.limit.limit])
    return Line(
        name=judged.limit.name,
        words=limit_words(judged.limit),
        limit=unit.shown(judged.limit.limit),
        unit=unit.words,
        found=unit.shown(judged.estimate.value),
        interval=unit.interval(judged.estimate),
        replications=judged.estimate.replications,
        verdict=judged.verdict,
        reason=judged.reason or "",
    )


def _shown(told: Told, name: str) -> Shown:
    label, unit = FIGURES[name]
    estimate = told.figures[name]
    if estimate is None:
        return Shown(label, "–", unit.words, "too few replications to tell")
    return Shown(label, unit.shown(estimate.value), unit.words, unit.interval(estimate))


def _cause(part: Part, of: str) -> tuple[str, ...]:
    """Cause, of what, how many in all trials, its share, in how many trials."""
    share = f"{100 * part.share:.1f} %"
    return words_of(part.cause), of, svg.plain(part.count), share, svg.plain(part.replications_with)
