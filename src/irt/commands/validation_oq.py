"""`irt validation oq`: a small study, scripted, through the services of an installation."""

from pathlib import Path

import click

from irt.commands import clock
from irt.commands.qualifying import about_this, finish, out_option
from irt.commands.running import running_store
from irt.commands.study_files import read_study
from irt.supply.resupply import MinMax
from irt.validation.operational import Scripted, operational_steps
from irt.validation.protocol import carried_out

LIMITS = (
    "The script runs one blinded study at small size; a trial's configuration is accepted by its sponsor's tests.",
    "Pages and interfaces are not pressed here: the tests of the release do that.",
)


@click.command("oq")
@out_option
@click.option("--database", "database_url", metavar="URL", help="An empty one; a scratch SQLite file else.")
@click.option(
    "--study", "study_name", default="fourier", show_default=True, help="A fixture's name or a study file."
)
def oq(folder: Path, database_url: str | None, study_name: str) -> None:
    """Carry out a small study step by step and compare what is found with what is expected.

    Exits with 1 where a step fails. Never name a database that is in use.

    Example: irt validation oq --out validation
    """
    with running_store(database_url) as store:
        study = Scripted(store, read_study(study_name), MinMax(), clock.now())
        done = carried_out(operational_steps(study), click.echo)
        about = {**about_this(store), "Study": study_name}
    finish("Operational qualification", "oq", about, done, LIMITS, folder)
