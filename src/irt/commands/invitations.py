"""`irt account invite`, `invitations` and `withdraw`: people choose name and password by a letter's link."""

import json
from dataclasses import asdict
from typing import Any

import click

from irt.blinding.roles import Permission
from irt.commands import clock
from irt.commands.grants import Wanted, until_option, wanted_role, with_role
from irt.commands.session import Person, as_person
from irt.reads.invitations import InvitationShown, invitations
from irt.services.invite_person import InvitePerson, WithdrawInvitation, invite_person, withdraw_invitation


@click.command("invite")
@click.option("--trained", is_flag=True, help="The person's training is on file; without it nobody is invited.")
@until_option
@click.option("--email", "username", metavar="ADDRESS", required=True, help="Where the letter goes.")
@with_role
def invite(person: Person, wanted: Wanted) -> None:
    """Invite a person by e-mail to a role. A worker sends the letter; its link opens for seven days.

    The person chooses user name, password and second factor. IRT_ADDRESS says where people find the pages.

    Example: irt account invite --user ada --email ivo@example.org --role pharmacist --study NB-301 --site 1001
    --reason "delegation log of 3 March" --trained
    """
    asked = dict(wanted_role(person, wanted))
    made = person.does(invite_person, InvitePerson(email=wanted.username, trained=wanted.trained, **asked))
    click.echo(f"{wanted.username} is invited as {wanted.words}: invitation {made.public_id}.")


@click.command("invitations")
@click.option("--json", "as_json", is_flag=True, help="The list as JSON.")
@as_person
def list_invitations(person: Person, as_json: bool) -> None:
    """Who is invited to what, newest first, and what became of it.

    Example: irt account invitations --user ada
    """
    managed = person.actor.studies_of(Permission.MANAGE_ACCOUNTS)
    if not managed:
        person.actor.require(Permission.MANAGE_ACCOUNTS, None)
    with person.store.reading() as connection:
        found = invitations(connection, managed, clock.now())
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2, default=_text))
        return
    for one in found:
        click.echo(_line(one))
    click.echo(f"{len(found)} invitations, {sum(one.state == 'open' for one in found)} open.")


@click.command("withdraw")
@click.option("--invitation", "public_id", metavar="ID", required=True, help="As the list tells.")
@click.option("--reason", required=True, help="Why; it stands in the audit trail.")
@as_person
def withdraw(person: Person, public_id: str, reason: str) -> None:
    """Withdraw an open invitation: its link opens nothing any more.

    Example: irt account withdraw --user ada --invitation 4f21c09a77b34f21 --reason "left the site"
    """
    person.does(withdraw_invitation, WithdrawInvitation(public_id=public_id, reason=reason))
    click.echo(f"Invitation {public_id} is withdrawn.")


def _line(one: InvitationShown) -> str:
    words = f"{one.public_id} {one.email}: {one.role}, {one.where}, {one.state}"
    return f"{words} by {one.accepted_by}" if one.accepted_by else f"{words}, link until {one.expires_at:%d %b %Y}"


def _text(value: Any) -> str:
    return str(value.isoformat())
