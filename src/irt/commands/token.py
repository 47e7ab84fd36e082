"""`irt token`: tokens for other systems, made and stopped by the person they act for."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import click
from pydantic import SecretStr

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.commands.options import database_option, open_store
from irt.errors import NotAllowed
from irt.services.bootstrap import system_actor
from irt.services.issue_token import IssueToken, RevokeToken, issue_token, revoke_token
from irt.services.sessions import actor_of_session
from irt.services.sign_in import SignIn, SignInOutcome, sign_in
from irt.services.sign_out import SignOut, sign_out
from irt.services.store import Store
from irt.services.unit_of_work import perform

_CLIENT = "irt token"
_KEY_BYTES = 16

user_option = click.option("--user", "username", metavar="NAME", required=True, help="Whose token it is.")
password_option = click.option(
    "--password",
    prompt=True,
    hide_input=True,
    envvar="IRT_PASSWORD",
    help="Asked for where IRT_PASSWORD does not hold it.",
)
code_option = click.option(
    "--code", metavar="DIGITS", help="The six-digit code, where the person has a device for it."
)


@click.group()
def token() -> None:
    """Make and stop tokens of the API."""


@token.command("issue")
@user_option
@password_option
@code_option
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
@database_option
def issue(
    username: str, password: str, code: str | None, scopes: tuple[str, ...], days: int, database_url: str
) -> None:
    """Print a new token, once: it is stored as a hash and cannot be read again.

    Example: irt token issue --user ines --scope view_subjects --scope screen --days 30
    """
    with closing(open_store(database_url)) as store:
        now = datetime.now(UTC)
        ask = IssueToken(scopes=[Permission(scope) for scope in scopes], expires_at=now + timedelta(days=days))
        with _signed_in(store, username, password, code, now) as actor:
            issued = perform(store, actor, now, issue_token, ask, _key(store))
    click.echo(f"Token {issued.public_id}, valid until {issued.expires_at:%d %b %Y, %H:%M} UTC:", err=True)
    click.echo("" if issued.token is None else issued.token.get_secret_value())


@token.command("revoke")
@user_option
@password_option
@code_option
@click.argument("public_id")
@database_option
def revoke(username: str, password: str, code: str | None, public_id: str, database_url: str) -> None:
    """Stop a token at once: one's own, or anybody's for an administrator.

    PUBLIC_ID is the part of the token between the two underscores.

    Example: irt token revoke --user ines 4f21c09a77b3
    """
    with closing(open_store(database_url)) as store:
        now = datetime.now(UTC)
        with _signed_in(store, username, password, code, now) as actor:
            perform(store, actor, now, revoke_token, RevokeToken(public_id=public_id), _key(store))
    click.echo(f"Token {public_id} does not work any more.")


@contextmanager
def _signed_in(store: Store, username: str, password: str, code: str | None, now: datetime) -> Iterator[Actor]:
    """The person for as long as one command takes, by the same door as on the pages."""
    with store.reading() as connection:
        door = system_actor(connection)
    ask = SignIn(
        username=username,
        password=SecretStr(password),
        code=None if code is None else SecretStr(code),
        client=_CLIENT,
    )
    answer = perform(store, door, now, sign_in, ask, _key(store))
    session = "" if answer.token is None else answer.token.get_secret_value()
    actor = actor_of_session(store, session, now) if answer.outcome is SignInOutcome.SIGNED_IN else None
    if actor is None:
        raise NotAllowed(f"{answer.sentence} Nothing was done.")
    try:
        if answer.password_temporary:
            raise NotAllowed("Somebody else chose your password. Nothing was done. Sign in and choose your own.")
        yield actor
    finally:
        perform(store, actor, now, sign_out, SignOut(), _key(store))


def _key(store: Store) -> str:
    return store.entropy(_KEY_BYTES).hex()
