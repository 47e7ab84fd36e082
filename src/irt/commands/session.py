"""Who acts: a person signs in for one command, by the same door as on the pages, and is signed out after it."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import click
from pydantic import SecretStr
from sqlmodel import SQLModel

from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.blinding.whereabouts import COMMAND_LINE
from irt.commands import clock
from irt.commands.options import database_option, open_store
from irt.errors import IntegrityFault, NotAllowed, Refusal
from irt.services.bootstrap import system_actor
from irt.services.log_reading import LogReading, log_reading
from irt.services.sessions import actor_of_session
from irt.services.sign_in import ConfirmCode, SignIn, SignInAnswer, SignInOutcome, confirm_code, sign_in
from irt.services.sign_out import SignOut, sign_out
from irt.services.sign_record import Signing
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.services.work import Work

Ask = TypeVar("Ask", bound=SQLModel)
Answer = TypeVar("Answer", bound=SQLModel)

_KEY_BYTES = 16


class NobodyYet(Refusal):
    """The installation was never begun."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in for one command."""

    store: Store
    actor: Actor
    password: SecretStr
    has_device: bool

    def does(self, service: Callable[[Work, Ask], Answer], ask: Ask) -> Answer:
        """One use case, as this person."""
        return perform(self.store, self.actor, clock.now(), service, ask, new_key(self.store))

    def signing(self) -> Signing:
        """What signs a record: the password, and a further code where the person has a device for it."""
        if not self.has_device:
            return Signing(password=self.password)
        return Signing(password=self.password, code=_typed_code("The device's next six-digit code, to sign"))


user_option = click.option(
    "--user", "acting", metavar="NAME", envvar="IRT_USER", required=True, help="Who acts; or IRT_USER."
)
code_option = click.option(
    "--code", metavar="DIGITS", help="The six-digit code; asked for where the person has a device."
)


def as_person(act: Callable[..., None]) -> Callable[..., None]:
    """Gives a command `--user`, `--code` and `--database`, and the signed-in person as its first argument."""

    @user_option
    @code_option
    @database_option
    @wraps(act)
    def run(acting: str, code: str | None, database_url: str, **asked: Any) -> None:
        with closing(open_store(database_url)) as store, signed_in(store, acting, code) as person:
            act(person, **asked)

    return run


@contextmanager
def signed_in(store: Store, username: str, code: str | None, *, own_password: bool = True) -> Iterator[Person]:
    """The person for as long as one command takes; failures are recorded and count, as on the pages.

    NotAllowed where the details do not match, or, with `own_password`, where somebody else chose the password.
    """
    password = typed_password(username)
    answer = _answer(store, username, password)
    has_device = answer.outcome is SignInOutcome.CODE_NEEDED
    if has_device and not answer.device:
        raise NotAllowed(
            "Your passkey answers in a browser only. Nothing was done. Set up a device for six-digit codes "
            "on the page Account, or do it on the pages."
        )
    if has_device:
        answer = _with_code(store, answer, SecretStr(code) if code else _typed_code("Six-digit code"))
    session = "" if answer.token is None else answer.token.get_secret_value()
    actor = actor_of_session(store, session, clock.now()) if answer.outcome is SignInOutcome.SIGNED_IN else None
    if actor is None:
        raise NotAllowed(f"{answer.sentence} Nothing was done.")
    try:
        if own_password and answer.password_temporary:
            raise NotAllowed(
                "Somebody else chose your password. Nothing was done. Choose your own: irt account password."
            )
        yield Person(store, actor, password, has_device)
    finally:
        perform(store, actor, clock.now(), sign_out, SignOut(), new_key(store))


def installation(store: Store, *roles: Role) -> Actor:
    """The installation's own account in these roles; NobodyYet where it was never begun."""
    try:
        with store.reading() as connection:
            return system_actor(connection, *roles)
    except IntegrityFault:
        raise NobodyYet(
            "This installation has no people yet. Nothing was done. Run: irt account first-administrator."
        ) from None


def note_reading(store: Store, role: Role, ask: LogReading) -> None:
    """Writes down that a paper left by a command that nobody signs in for, as the pages and the API do."""
    perform(store, installation(store, role), clock.now(), log_reading, ask, new_key(store))


def new_key(store: Store) -> str:
    """A key no other command has."""
    return store.entropy(_KEY_BYTES).hex()


def typed_password(username: str) -> SecretStr:
    """The person's password: IRT_PASSWORD, or asked for without echo."""
    given = os.environ.get("IRT_PASSWORD")
    return SecretStr(given or click.prompt(f"Password of {username}", hide_input=True, err=True))


def chosen_password(words: str, variable: str) -> SecretStr:
    """A new password: from that variable, or asked for twice without echo."""
    given = os.environ.get(variable)
    return SecretStr(given or click.prompt(words, hide_input=True, confirmation_prompt=True, err=True))


def _typed_code(words: str) -> SecretStr:
    return SecretStr(click.prompt(words, err=True))


def _answer(store: Store, username: str, password: SecretStr) -> SignInAnswer:
    ask = SignIn(username=username, password=password, client=COMMAND_LINE)
    return perform(store, installation(store), clock.now(), sign_in, ask, new_key(store))


def _with_code(store: Store, answer: SignInAnswer, code: SecretStr) -> SignInAnswer:
    half_open = answer.token or SecretStr("")
    ask = ConfirmCode(token=half_open, code=code, client=COMMAND_LINE)
    return perform(store, installation(store), clock.now(), confirm_code, ask, new_key(store))
