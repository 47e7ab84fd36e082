"""`irt database`: bring the schema to the newest step, or say what differs."""

from contextlib import closing
from datetime import datetime

import click

from irt.commands import clock
from irt.commands.options import database_option, open_store
from irt.commands.session import Person, as_person
from irt.reads.audit_trail import whole_at_once
from irt.reads.restore_tests import CopyCompared, copy_compared, trail_ends
from irt.services.migrate import differences, migrate
from irt.services.record_restore_test import RecordRestoreTest, record_restore_test
from irt.services.store import Store
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


@database.command("trail-ends")
@database_option
def show_trail_ends(database_url: str) -> None:
    """Print what the ends of all blinded chains come to: note it with a back-up, and compare what is restored.

    Example: irt database trail-ends --database sqlite:///irt.sqlite
    """
    with closing(open_store(database_url)) as store, store.reading() as connection:
        click.echo(trail_ends(connection))


@database.command("restore-tested")
@click.option("--restored", metavar="URL", required=True, help="The restored copy; it is only read.")
@click.option("--document-hash", metavar="SHA256", required=True, help="Of the report of the test.")
@click.option("--words", required=True, help="What was restored, and where to.")
@click.option("--on", "on_day", type=click.DateTime(["%Y-%m-%d"]), help="Day of the test; today where left out.")
@as_person
def restore_tested(person: Person, restored: str, document_hash: str, words: str, on_day: datetime | None) -> None:
    """Hold a restored back-up against this database, and sign what came of it; every chain of it is hashed again.

    Exits with 1 where the copy is not whole; that is recorded too.

    Example: irt database restore-tested --restored sqlite:///copy.sqlite --document-hash SHA256
    --words "nightly copy, scratch server" --user ada
    """
    found = _compared(person.store, restored)
    ask = RecordRestoreTest(
        tested_on=clock.now().date() if on_day is None else on_day.date(),
        words=words,
        trail_before=found.trail_before,
        trail_after=found.trail_after,
        fault=found.fault,
        document_hash=document_hash.lower(),
        signing=person.signing(),
    )
    done = person.does(record_restore_test, ask)
    click.echo(f"Restore test {done.number}: trail {found.trail_after}")
    if not done.passed:
        raise click.ClickException(f"The copy is not whole: {found.fault or 'its trail is another one'}.")
    click.echo("The copy is whole.")


def _compared(live: Store, restored: str) -> CopyCompared:
    with (
        closing(open_store(restored, seal=live.seal)) as copy,
        live.reading_past_wall() as ours,
        copy.reading_past_wall() as theirs,
    ):
        whole_at_once(ours)
        return copy_compared(ours, theirs)
