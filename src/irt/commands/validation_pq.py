"""`irt validation pq`: a bounded load on this machine, held against limits that are agreed beforehand."""

from datetime import timedelta
from pathlib import Path

import click

from irt.blinding.roles import Role
from irt.commands import clock
from irt.commands.qualifying import about_this, finish, out_option
from irt.commands.running import running_store
from irt.commands.study_files import read_study
from irt.enrolment.demo import Demo, run_demo
from irt.enrolment.prepare import hired, preparers_of
from irt.services.store import Store
from irt.supply.resupply import MinMax
from irt.validation.operational import PACE
from irt.validation.performance import Load, Place, performance_steps
from irt.validation.protocol import carried_out

LIMITS = (
    "Times are those of the services on this machine; network and browser come on top.",
    "To be added by the operator: the expected number of sites and people, peak hours, and the network of a site.",
)
_BEGUN_WITH = 6


@click.command("pq")
@out_option
@click.option("--database", "database_url", metavar="URL", help="An empty one; a scratch SQLite file else.")
@click.option(
    "--subjects", type=click.IntRange(1, 5000), default=100, show_default=True, help="Randomizations asked for."
)
@click.option("--people", type=click.IntRange(1, 64), default=4, show_default=True, help="Who ask at once.")
@click.option(
    "--median", type=float, default=0.5, show_default=True, help="Half of all waits are at most so long, in s."
)
@click.option(
    "--slow", type=float, default=2.0, show_default=True, help="95 in a hundred are at most so long, in s."
)
def pq(folder: Path, database_url: str | None, subjects: int, people: int, median: float, slow: float) -> None:
    """Screen and randomize under load and hold the waits against limits.

    Exits with 1 where a limit is not kept. Never name a database that is in use.

    Example: irt validation pq --out validation --subjects 200 --people 8
    """
    load = Load(subjects, people, median, slow)
    with running_store(database_url) as store:
        done = carried_out(performance_steps(load, lambda: _opened(store)), click.echo)
        about = {**about_this(store), "Load": f"{subjects} subjects, {people} people at once"}
    finish("Performance qualification", "pq", about, done, LIMITS, folder)


def _opened(store: Store) -> Place:
    """A study with stock at two sites, made through the services."""
    now, definition = clock.now(), read_study("ist")
    who = preparers_of(store, now - timedelta(days=400))
    asked = Demo(definition, _BEGUN_WITH, now, MinMax(), sites=2, size="full", pace=PACE, left_open=False)
    study_id, sites, _ = run_demo(store, asked, lambda done, words: None, who)
    actor = hired(store, who, now, "People of the load", Role.COORDINATOR, Role.PHARMACIST)
    return Place(store, study_id, definition, sites, actor, now)
