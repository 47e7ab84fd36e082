"""`irt database`: bring the schema to the newest step, or say what differs."""

from contextlib import closing

import click

from irt.commands.options import database_option, open_store
from irt.services.migrate import differences, migrate
from irt.tables.walls import role_lines


@click.group()
def database() -> None:
    """Prepare and check the database."""


@database.command("migrate")
@database_option
def migrate_database(database_url: str) -> None:
    """Take every step the schema is missing; an empty database gets all of them.

    Example: irt database migrate --database sqlite:///irt.sqlite
    """
    with closing(open_store(database_url, current=False)) as store:
        migrate(store)
    click.echo("The database is at the newest step.")


@database.command("check")
@database_option
def check_database(database_url: str) -> None:
    """Compare the database with the tables of this program, guards included.

    Example: irt database check --database postgresql://irt@localhost/irt
    """
    with closing(open_store(database_url)) as store:
        found = differences(store)
    for line in found:
        click.echo(line)
    if found:
        raise click.ClickException(f"The database differs in {len(found)} places from what this program expects.")
    click.echo("The database is as this program expects it.")


@database.command("roles")
@click.option("--user", default="irt", show_default=True, help="The user that the program signs in as.")
def show_roles(user: str) -> None:
    """Print what makes the two roles of the walls, for servers whose user may not make roles.

    Example: irt database roles --user irt
    """
    for line in role_lines(user):
        click.echo(f"{line};")
