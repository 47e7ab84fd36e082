"""`irt demo`: a study with a few hundred subjects, made through the real services, and served to be tried."""

import os
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from irt.commands.running import progress_bar, running_store, show_report
from irt.commands.study_files import read_study
from irt.enrolment.cast import ADMINISTRATOR, PARTS, PASSWORD, grant_cast, hire_cast, played
from irt.enrolment.conduct import RULES, delegate_tasks_of, planned_subjects
from irt.enrolment.demo import DAYS_OF_A_YEAR, Demo, as_of, run_demo, years_of
from irt.enrolment.prepare import preparers_of
from irt.enrolment.synthetic import UP_TO_TODAY
from irt.errors import Refusal
from irt.reads.roll import roles_in_force, roll
from irt.services import passwords
from irt.services.enrolment_forecasts import AskForecast, ask_forecast
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.states.records import Mode
from web.commands.serve import run_server
from web.wiring import PLANNER, settings_from

DATABASE = "irt-demo.sqlite"
SUBJECTS = 300
COMPANION = "escalation"
COMPANION_SUBJECTS = 8
STUDIES = 2
"""The one asked for and its companion."""
KNOWN_PASSWORD = passwords.PasswordRule(time_cost=1, memory_kib=1024)
"""The demonstration's passwords are printed on the screen, so guessing them need not cost anything."""


@click.command()
@click.option(
    "--subjects", type=click.IntRange(min=1), default=SUBJECTS, show_default=True, help="Randomized subjects."
)
@click.option(
    "--study", "study_name", default="fourier", show_default=True, help="A fixture's name or a study file."
)
@click.option(
    "--years",
    type=click.FloatRange(min=0.01, max=5),
    help="With --headless: so many years of the full study instead, from its first lot on.",
)
@click.option(
    "--scale",
    type=click.FloatRange(min=0.001, max=10),
    default=1.0,
    show_default=True,
    help="With --years: sites, subjects and kits, times this.",
)
@click.option("--headless", is_flag=True, help="Do the work and its checks, and serve nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --headless: the figures as JSON on standard output.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--database", "database_url", envvar="IRT_DATABASE_URL", help="Where the demonstration is kept.")
def demo(
    subjects: int,
    study_name: str,
    years: float | None,
    scale: float,
    headless: bool,
    as_json: bool,
    port: int,
    database_url: str | None,
) -> None:
    """Load a study, enrol subjects through the real services with nightly resupply, and serve the pages.

    Without --headless the data is kept in irt-demo.sqlite and served again the next time; delete that file to start
    afresh. A database that holds anything else is left alone.

    Example: irt demo --headless --subjects 300 --json

    Example: irt demo --headless --study fourier --years 3 --scale 0.1 --json
    """
    if years is not None and not headless:
        raise click.UsageError("--years runs a study to its end and serves nothing: it needs --headless.")
    passwords.RULE = KNOWN_PASSWORD
    if headless:
        show_report(_figures(database_url, study_name, subjects, years, scale), as_json)
        return
    url = database_url or f"sqlite:///{DATABASE}"
    _prepare(url, study_name, subjects)
    _show_accounts(port)
    settings = replace(settings_from(os.environ), mode=Mode.TRAINING, secure=False)
    run_server(settings, "127.0.0.1", port, url)


def _figures(
    database_url: str | None, study_name: str, subjects: int, years: float | None, scale: float
) -> dict[str, Any]:
    """Runs it in an empty database; the bar counts subjects up to today, or the nights of so many years."""
    definition = read_study(study_name)
    with running_store(database_url) as store:
        _require_empty(store)
        if years is None:
            with progress_bar("Randomized", subjects) as tell:
                now = as_of(definition, datetime.now(UTC))
                return run_demo(store, Demo(definition, subjects, now, PLANNER), tell)[2]
        asked = years_of(definition, years, Fraction(str(scale)), PLANNER)
        with progress_bar("Nights", round(years * DAYS_OF_A_YEAR)) as tell:
            return run_demo(store, asked, _nobody, tell_night=tell)[2]


def _nobody(done: int, words: str) -> None:
    """Where the nights are told, subjects are not."""


class NotADemonstration(Refusal):
    """The database holds something else, or a demonstration that was broken off."""

    def __init__(self) -> None:
        super().__init__(
            "This database holds something already that is not a whole demonstration. Nothing was changed. "
            "Name an empty database, or delete the file and start again."
        )


def _prepare(url: str, study_name: str, subjects: int) -> None:
    """Fills an empty database; one that holds the demonstration is left as it is."""
    with running_store(url) as store:
        if not _is_whole(store):
            _require_empty(store)
            _fill(store, study_name, subjects)
            return
    click.echo("This database holds a demonstration: it goes on where it was left.", err=True)


def _require_empty(store: Store) -> None:
    with store.reading() as connection:
        if roll(connection, datetime.now(UTC)):
            raise NotADemonstration


def _is_whole(store: Store) -> bool:
    """Whether everybody of the cast works in two studies: that is given out last."""
    with store.reading() as connection:
        held = roles_in_force(connection, datetime.now(UTC))
    wanted = {(part.username, part.role) for part in PARTS}
    found = Counter((role.username, role.role) for role in held if role.mode == Mode.TRAINING)
    return all(found[each] >= STUDIES for each in wanted)


def _fill(store: Store, study_name: str, subjects: int) -> None:
    """The study asked for, and a small one of another sponsor at the same desks."""
    now = datetime.now(UTC)
    who = preparers_of(store, now - timedelta(days=2 * UP_TO_TODAY.days))
    hire_cast(store, now)
    for name, wanted in ((study_name, subjects), (COMPANION, COMPANION_SUBJECTS)):
        study = read_study(name).model_copy(update={"activation": RULES})
        demo_of = Demo(study, wanted, now, PLANNER, conducted=True)
        with progress_bar(f"Randomized in {demo_of.definition.study.name}", wanted) as tell:
            study_id, sites, _ = run_demo(store, demo_of, tell, who)
        grant_cast(store, now, study_id, sites[0])
        delegate_tasks_of(store, now, study_id, sites[0])
        # The worker beside the server works it out while the first pages are looked at.
        ask = AskForecast(study_id=study_id, target=planned_subjects(wanted))
        perform(store, played(store, "tara"), now, ask_forecast, ask, f"demo:forecast:{study_id}")


def _show_accounts(port: int) -> None:
    console = Console(stderr=True)
    table = Table(title=f"Demonstration accounts, password: {PASSWORD}")
    for heading in ("User name", "Role", "Try first"):
        table.add_column(heading)
    for part in PARTS:
        table.add_row(part.username, part.role.replace("_", " "), part.try_first)
    table.add_row(ADMINISTRATOR, "administrator", "Make an account and give it a role; see a conflict refused")
    console.print(table)
    console.print(f"Open http://127.0.0.1:{port}/ and sign in. Stop with Ctrl-C.")
