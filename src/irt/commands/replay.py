"""`irt replay`: real enrolment through the product's own services."""

import random
import time
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from irt.commands.running import Tell, progress_bar, running_store, show_report
from irt.commands.study_files import read_study
from irt.enrolment.days import run_study
from irt.enrolment.file import Enrolment, read_enrolment
from irt.enrolment.hands import hands_beside
from irt.enrolment.prepare import prepare_study, preparers_of, staff_of
from irt.enrolment.report import report
from irt.enrolment.run import Run
from irt.enrolment.specialists import with_specialists
from irt.errors import BadInput
from irt.services.store import Store
from irt.states.records import Mode
from irt.study.definition import StudyDefinition
from irt.supply.resupply import MinMax

OPENS_BEFORE_DAYS = 30
"""A hospital opens so many days before its first patient, so that its first kits are there."""


@click.group()
def replay() -> None:
    """Run records of real trials through the services.

    Example: irt replay enrolment enrolment.csv --study ist --json
    """


@replay.command("enrolment")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--study", "study_name", required=True, help="A fixture's name (ist) or a study file.")
@click.option("--limit", type=click.IntRange(min=1), help="Only the first so many people.")
@click.option("--database", "database_url", envvar="IRT_DATABASE_URL", help="A scratch SQLite file by default.")
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON on standard output.")
def enrolment(file: Path, study_name: str, limit: int | None, database_url: str | None, as_json: bool) -> None:
    """Screen, randomize and dispense for every person of FILE, with nightly resupply, and check the outcome.

    FILE is a CSV: month (YYYY-MM), weekday (1 Sunday to 7 Saturday), hour, minute, hospital, country, and one
    column a factor that is entered. People of one month and weekday are spread over its dates in file order; an
    empty value becomes `unknown`; arms in the file are ignored.

    Example: irt replay enrolment enrolment.csv --study ist --json
    """
    definition = read_study(study_name)
    people = read_enrolment(file, definition)
    if limit is not None:
        people = Enrolment(people.sites, people.arrivals[:limit])
    if not people.arrivals:
        raise BadInput(f"{file.name} lists nobody. Nothing was replayed.")
    with running_store(database_url) as store, progress_bar("Randomized", len(people.arrivals)) as tell:
        figures = replay_enrolment(store, definition, people, tell)
    show_report(figures, as_json)


def replay_enrolment(store: Store, definition: StudyDefinition, people: Enrolment, tell: Tell) -> dict[str, Any]:
    """Loads the study with the file's hospitals, runs it to the last patient, and reports."""
    opened = _openings(people)
    sites = tuple(site for site in people.sites if site.number in opened)
    definition = definition.model_copy(update={"sites": sites})
    first_day = min(opened.values()) - timedelta(days=2)
    at = datetime.combine(first_day, datetime.min.time(), UTC)
    preparers = preparers_of(store, at)
    loaded = prepare_study(store, preparers, definition, "full", Mode.TEST, at, first_day)
    zones = {site.number: ZoneInfo(site.zone or definition.country(site.country).zone) for site in sites}
    run = Run(
        store=store,
        staff=with_specialists(staff_of(store, preparers, at), store, preparers, at, loaded.study_id, definition),
        study_id=loaded.study_id,
        definition=definition,
        planner=MinMax(),
        chance=random.Random(0),  # noqa: S311 - decides when people come, never what they are given
        until=people.arrivals[-1].at + timedelta(hours=1),
        zones=zones,
        tell=tell,
    )
    # On PostgreSQL people work side by side; SQLite lets one write at a time.
    with nullcontext() if store.is_sqlite else hands_beside(run):
        started = time.monotonic()
        run_study(run, people.arrivals, opened, definition.sizes["full"].lots)
        seconds = time.monotonic() - started
    return report(run, seconds)


def _openings(people: Enrolment) -> dict[str, date]:
    """The day each hospital opens."""
    opened: dict[str, date] = {}
    for arrival in people.arrivals:
        opened.setdefault(arrival.site, arrival.at.date() - timedelta(days=OPENS_BEFORE_DAYS))
    return opened
