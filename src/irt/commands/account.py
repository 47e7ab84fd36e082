"""`irt account`: the people of an installation, from its first administrator on."""

from contextlib import closing

import click

from irt.commands import clock
from irt.commands.grants import grant, list_people, revoke
from irt.commands.invitations import invite, list_invitations, withdraw
from irt.commands.options import database_option, open_store
from irt.commands.session import Person, as_person, chosen_password, code_option, signed_in, user_option
from irt.commands.token import issue
from irt.reads.named import account_named
from irt.reads.roll import roles_in_force
from irt.services.accounts import (
    ChangePassword,
    CreateAccount,
    DisableAccount,
    RecordTraining,
    ResetPassword,
    change_password,
    create_account,
    disable_account,
    record_training,
    reset_password,
)
from irt.services.bootstrap import AlreadyBootstrapped, Bootstrap, bootstrap
from irt.services.credentials import plain_username

NEW_PASSWORD = "IRT_NEW_PASSWORD"  # noqa: S105 - the name of the variable, not a password

username_option = click.option("--username", metavar="NAME", required=True, help="Whose account it is.")
name_option = click.option("--name", "printed_name", required=True, help="As it is printed beside signatures.")
email_option = click.option("--email", default="", help="Where messages reach the person.")
reason_option = click.option("--reason", required=True, help="Why; it stands in the audit trail.")


@click.group()
def account() -> None:
    """Make accounts, give roles, take them back.

    Example: irt account first-administrator --username ada --name "Ada Finn"
    """


@account.command("first-administrator")
@username_option
@name_option
@email_option
@database_option
def first_administrator(username: str, printed_name: str, email: str, database_url: str) -> None:
    """Begin an installation: its own account, and an administrator. Works once.

    The password is asked for twice, or taken from IRT_PASSWORD. It is temporary: the administrator chooses an own
    one with `irt account password`.

    Example: irt account first-administrator --username ada --name "Ada Finn"
    """
    with closing(open_store(database_url)) as store:
        # A second try with the same words would be told the first outcome, and keep the first password.
        with store.reading() as connection:
            if roles_in_force(connection, clock.now()):
                raise AlreadyBootstrapped("This installation has its people. Nothing was created. Ask them.")
        password = chosen_password(f"Temporary password of {username}", "IRT_PASSWORD")
        ask = Bootstrap(username=username, printed_name=printed_name, email=email, password=password)
        made = bootstrap(store, clock.now(), ask)
    click.echo(f"{made.username} is the administrator. Next: irt account password --user {made.username}")


@account.command("create")
@username_option
@name_option
@email_option
@click.option("--trained", is_flag=True, help="The person's training is on file.")
@as_person
def create(person: Person, username: str, printed_name: str, email: str, trained: bool) -> None:
    """Make an account. It can do nothing until roles are granted.

    The temporary password is asked for twice, or taken from IRT_NEW_PASSWORD.

    Example: irt account create --user ada --username ivo --name "Ivo Santoro" --trained
    """
    made = person.does(
        create_account,
        CreateAccount(
            username=username,
            printed_name=printed_name,
            email=email,
            password=chosen_password(f"Temporary password of {username}", NEW_PASSWORD),
            trained=trained,
        ),
    )
    click.echo(f"{made.username} has an account. Next: irt account password --user {made.username}")


@account.command("password")
@user_option
@code_option
@database_option
def password(acting: str, code: str | None, database_url: str) -> None:
    """Choose one's own password; from then on it signs.

    The new one is asked for twice, or taken from IRT_NEW_PASSWORD.

    Example: irt account password --user ivo
    """
    with (
        closing(open_store(database_url)) as store,
        signed_in(store, acting, code, own_password=False) as person,
    ):
        new = chosen_password("New password", NEW_PASSWORD)
        person.does(change_password, ChangePassword(old=person.password, new=new))
    click.echo("The new password is in force.")


@account.command("trained")
@username_option
@as_person
def trained(person: Person, username: str) -> None:
    """Note that a person's training is on file; only trained people get roles.

    Example: irt account trained --user ada --username ivo
    """
    person.does(record_training, RecordTraining(account_id=_account(person, username)))
    click.echo(f"The training of {plain_username(username)} is on file.")


@account.command("reset")
@username_option
@reason_option
@as_person
def reset(person: Person, username: str, reason: str) -> None:
    """Give a temporary password to somebody who lost theirs; their sessions end.

    It is asked for twice, or taken from IRT_NEW_PASSWORD.

    Example: irt account reset --user ada --username ivo --reason "forgotten"
    """
    new = chosen_password(f"Temporary password of {username}", NEW_PASSWORD)
    account_id = _account(person, username)
    person.does(reset_password, ResetPassword(account_id=account_id, password=new, reason=reason))
    click.echo(f"Next: irt account password --user {plain_username(username)}")


@account.command("disable")
@username_option
@reason_option
@as_person
def disable(person: Person, username: str, reason: str) -> None:
    """Shut a person out at once. The account stays for the record, and its name is never given again.

    Example: irt account disable --user ada --username ivo --reason "left the company"
    """
    person.does(disable_account, DisableAccount(account_id=_account(person, username), reason=reason))
    click.echo(f"{plain_username(username)} cannot sign in any more.")


def _account(person: Person, username: str) -> int:
    with person.store.reading() as connection:
        return account_named(connection, plain_username(username))


account.add_command(grant)
account.add_command(revoke)
account.add_command(list_people)
account.add_command(invite)
account.add_command(list_invitations)
account.add_command(withdraw)
account.add_command(issue, "token")
