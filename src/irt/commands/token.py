"""`irt token`: tokens for other systems, made and stopped by the person they act for."""

from datetime import timedelta

import click

from irt.blinding.roles import Permission
from irt.commands import clock
from irt.commands.session import Person, as_person
from irt.services.issue_token import IssueToken, RevokeToken, issue_token, revoke_token


@click.group()
def token() -> None:
    """Make and stop tokens of the API."""


@token.command("issue")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([str(permission) for permission in Permission]),
    help="One act the token may do; once for each.",
)
@click.option(
    "--days", default=90, show_default=True, type=click.IntRange(1, 366), help="How long it works, in days."
)
@as_person
def issue(person: Person, scopes: tuple[str, ...], days: int) -> None:
    """Print a new token for oneself, once: it is stored as a hash and cannot be read again.

    Example: irt token issue --user ines --scope view_subjects --scope screen --days 30
    """
    expires_at = clock.now() + timedelta(days=days)
    ask = IssueToken(scopes=[Permission(scope) for scope in scopes], expires_at=expires_at)
    issued = person.does(issue_token, ask)
    click.echo(f"Token {issued.public_id}, valid until {issued.expires_at:%d %b %Y, %H:%M} UTC:", err=True)
    click.echo("" if issued.token is None else issued.token.get_secret_value())


@token.command("revoke")
@click.argument("public_id")
@as_person
def revoke(person: Person, public_id: str) -> None:
    """Stop a token at once: one's own, or anybody's for an administrator.

    PUBLIC_ID is the part of the token between the two underscores.

    Example: irt token revoke --user ines 4f21c09a77b3
    """
    person.does(revoke_token, RevokeToken(public_id=public_id))
    click.echo(f"Token {public_id} does not work any more.")
