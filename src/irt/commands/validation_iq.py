"""`irt validation iq`: whether an installation is as it should be."""

from contextlib import closing
from pathlib import Path

import click

from irt.commands import clock
from irt.commands.options import database_option, open_store
from irt.commands.qualifying import about_this, finish, out_option
from irt.validation.installation import installation_steps
from irt.validation.protocol import carried_out

LIMITS = (
    "The database server, the operating system, back-ups and the network are qualified by whoever runs them.",
    "The hash of the program's files is compared where --expected-hash is given: take it from the release.",
)


@click.command("iq")
@out_option
@database_option
@click.option("--expected-hash", default="", metavar="SHA256", help="That of the release, to compare with.")
def iq(folder: Path, database_url: str, expected_hash: str) -> None:
    """Qualify an installation: release, components, database, schema, seal, people, trail, clock.

    Exits with 1 where a step fails. Nothing is changed.

    Example: irt validation iq --out validation --database postgresql://irt@localhost/irt
    """
    with closing(open_store(database_url)) as store:
        done = carried_out(installation_steps(store, clock.now(), expected_hash), click.echo)
        about = about_this(store)
    finish("Installation qualification", "iq", about, done, LIMITS, folder)
