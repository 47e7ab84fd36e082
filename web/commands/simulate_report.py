"""`irt simulate report`: what a finished gate or run tells, as a file for a browser or on paper."""

from pathlib import Path

import click

from irt.commands import clock
from irt.errors import BadInput
from simulation.report.courses import COURSES, played_courses
from simulation.report.reading import Done, read_done, report_on
from simulation.report.tables import read_choice_table, read_stress_table
from simulation.run.run import Means
from web.commands.simulate_options import means_options, watched
from web.reports.file import report_file
from web.reports.paper import report_paper
from web.reports.view import view_of

finished_run = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("done", metavar="DIR", type=finished_run)
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="FILE.html or FILE.pdf."
)
@click.option(
    "--courses", default=COURSES, show_default=True, type=click.IntRange(min=0), help="Trials told day by day."
)
@click.option("--beside", multiple=True, type=finished_run, help="A run to hold beside it; any number.")
@click.option("--sensitivity", type=finished_run, help="The --out of `irt simulate sensitivity`, a tornado.")
@click.option("--stress", type=finished_run, help="The --out of `irt simulate stress`.")
@click.option("--choice", type=finished_run, help="The --out of `irt simulate choose`.")
@means_options
def report(
    done: Path,
    out: Path,
    courses: int,
    beside: tuple[Path, ...],
    sensitivity: Path | None,
    stress: Path | None,
    choice: Path | None,
    means: Means,
) -> None:
    """Report on DIR, the --out of a gate or of a run: verdicts, plots with their numbers, and how to do it again.

    What happens by site, visit and week is told of the first trials, which are played again and kept in DIR.

    Example: irt simulate report DIR --out report.html
    """
    if out.suffix not in {".html", ".pdf"}:
        raise BadInput(f"{out} is neither .html nor .pdf. Nothing was written. Name one of them.")
    found = read_done(done)
    _play_courses(found, courses, means)
    tables = [
        reading(folder) for folder, reading in ((stress, read_stress_table), (choice, read_choice_table)) if folder
    ]
    shown = view_of(report_on(found, beside, sensitivity, tables))
    if out.suffix == ".html":
        out.write_text(report_file(shown), encoding="utf-8")
    else:
        out.write_bytes(report_paper(shown, clock.now()))
    click.echo(f"{out}")


def _play_courses(done: Done, courses: int, means: Means) -> None:
    for ask, folder in done.asks if courses else ():
        few = ask.first(courses)
        with watched(f"Playing {ask.scenario.name} day by day", few.replications) as watch:
            if not played_courses(few, folder, means, watch):
                raise click.Abort
