"""A report on paper: verdicts first, then the plots of each scenario, then how to do it again."""

from collections.abc import Sequence
from datetime import datetime

from web.charts.paper import on_paper
from web.pdf import Masthead, Sheets
from web.reports.plots import Plot
from web.reports.view import Line, ReportView, ScenarioView

ERRORS = "Intervals tell Monte Carlo error alone: what would be found with more replications of these scenarios."
_LINES = ("Limit", "Below", "Found", "Interval", "Replications", "Verdict")
_CAUSES = ("Cause", "Of", "In all trials", "Share", "Trials with it")


def report_paper(
    report: ReportView,
    at: datetime,
    study: str = "",
    person: str = "",
    mark: str = "",
    facts: Sequence[tuple[str, str]] = (),
) -> bytes:
    """The paper as PDF; the same report gives the same bytes at the same moment."""
    title = f"{'Go-live gate' if report.verdict else 'Simulated trials'}: {report.title}"
    sheets = Sheets(Masthead(title, study or f"Report {report.name}", person or "the command line", at, mark))
    _found(sheets, report, facts)
    _drawn(sheets, "Side by side", report.compared)
    for table in report.tables:
        sheets.heading(table.heading)
        sheets.sentence(table.words)
        sheets.rows(table.columns, table.rows, tuple(2 for _ in table.columns))
    for scenario in report.scenarios:
        _scenario(sheets, scenario)
    for heading, told in report.stress:
        sheets.heading(f"To do it again: {heading.lower()}")
        sheets.rows(("What", "As it was"), told, (2, 5))
    return sheets.paper()


def _found(sheets: Sheets, report: ReportView, facts: Sequence[tuple[str, str]]) -> None:
    if report.verdict:
        sheets.heading(f"Verdict: {report.verdict.upper()}")
        sheets.sentence(f"{report.errors} {ERRORS}")
    told = (
        ("Identity", report.identity),
        ("Seed, engine", f"{report.seed}, {report.engine}"),
        ("Software", report.software),
        ("Run", report.started),
        *facts,
    )
    sheets.rows(("What", "As it stands"), told, (2, 9))
    for scenario in report.scenarios:
        if scenario.lines:
            sheets.heading(f"{scenario.title}: {scenario.verdict}")
            sheets.rows(_LINES, map(_line, scenario.lines), (6, 3, 3, 5, 3, 4))


def _line(line: Line) -> tuple[object, ...]:
    verdict = f"{line.verdict}{f': {line.reason}' if line.reason else ''}"
    return (
        line.name,
        f"{line.limit} {line.unit}",
        line.found,
        line.interval,
        line.replications,
        verdict,
    )


def _scenario(sheets: Sheets, scenario: ScenarioView) -> None:
    sheets.add_page()
    sheets.heading(scenario.title)
    days = f", day by day from the first {scenario.courses}" if scenario.courses else ""
    sheets.sentence(f"{scenario.replications} trials{days}. Scenario {scenario.hash}.")
    figures = [(each.label, f"{each.value} {each.unit}", each.interval) for each in scenario.figures]
    sheets.rows(("Figure", "Found", "Interval"), figures, (3, 3, 4))
    for group in scenario.groups:
        _drawn(sheets, group.heading, group.plots)
    if scenario.causes:
        sheets.heading("Causes")
        sheets.rows(_CAUSES, scenario.causes, (4, 3, 2, 2, 2))
    if scenario.worst:
        sheets.heading("Worst trials")
        again = [(index, missed, f"--seed {scenario.seed} --index {index}") for index, missed in scenario.worst]
        sheets.rows(("Replication", "Visits missed", "Play it again"), again, (2, 2, 5))


def _drawn(sheets: Sheets, heading: str, plots: Sequence[Plot]) -> None:
    sheets.pictures(heading, [(plot.heading, on_paper(plot.drawing)) for plot in plots])
