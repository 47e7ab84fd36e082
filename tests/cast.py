"""The people of the tests: an administrator, and whoever a test hires, each with an own password."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from pydantic import SecretStr
from sqlalchemy import text
from sqlmodel import SQLModel

from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.services.accounts import ChangePassword, CreateAccount, change_password, create_account
from irt.services.bootstrap import Bootstrap, bootstrap, system_actor
from irt.services.grant_role import GrantRole, grant_role
from irt.services.sessions import actor_of_session, load_actor
from irt.services.sign_in import SignIn, SignInAnswer, sign_in
from irt.services.sign_record import Signing
from irt.services.store import Store
from irt.services.unit_of_work import perform

Answer = TypeVar("Answer", bound=SQLModel)

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PASSWORD = "a stone in the river"
TEMPORARY = "given by the office"


@dataclass
class Office:
    """An installation, its clock, and the people hired so far."""

    store: Store
    now: datetime = MONDAY
    keys: Any = field(default_factory=lambda: count(1))

    @classmethod
    def founded(cls, store: Store, now: datetime = MONDAY) -> "Office":
        """A new installation whose administrator is `ada`."""
        office = cls(store, now)
        bootstrap(
            store,
            office.now,
            Bootstrap(username="ada", printed_name="Ada Finn", password=SecretStr(TEMPORARY)),
        )
        office.choose_password(office.account("ada"))
        return office

    @property
    def ada(self) -> Actor:
        """The administrator."""
        return self.account("ada")

    @property
    def system(self) -> Actor:
        """The installation itself."""
        with self.store.reading() as connection:
            return system_actor(connection)

    def wait(self, **passing: float) -> None:
        """Lets time pass, as `wait(minutes=16)`."""
        self.now += timedelta(**passing)

    def does(self, actor: Actor, service: Any, ask: SQLModel, key: str | None = None) -> Any:
        """One use case, with a key of its own where none is given."""
        return perform(self.store, actor, self.now, service, ask, key or f"key-{next(self.keys)}")

    def account(self, username: str) -> Actor:
        """The person of that user name, with the grants in force now."""
        with self.store.reading() as connection:
            row = connection.execute(
                text("SELECT id, printed_name FROM account WHERE username = :username"), {"username": username}
            ).one()
            return load_actor(connection, row[0], row[1], self.now)

    def hire(self, username: str, *grants: tuple[Role, dict[str, Any]]) -> Actor:
        """A trained person with an own password and these grants."""
        person = self.does(
            self.ada,
            create_account,
            CreateAccount(
                username=username,
                printed_name=f"{username.title()} Holm",
                password=SecretStr(TEMPORARY),
                trained=True,
            ),
        )
        for role, where in grants:
            self.does(
                self.ada, grant_role, GrantRole(account_id=person.account_id, role=role, reason="hired", **where)
            )
        self.choose_password(self.account(username))
        return self.account(username)

    def choose_password(self, person: Actor) -> None:
        """The person replaces the temporary password by PASSWORD."""
        self.does(person, change_password, ChangePassword(old=SecretStr(TEMPORARY), new=SecretStr(PASSWORD)))

    def tries(self, username: str, password: str = PASSWORD, code: str | None = None) -> SignInAnswer:
        """One attempt to sign in."""
        ask = SignIn(
            username=username,
            password=SecretStr(password),
            code=None if code is None else SecretStr(code),
            client="a browser",
        )
        answer: SignInAnswer = self.does(self.system, sign_in, ask)
        return answer

    def signed_in(self, username: str, code: str | None = None) -> Actor:
        """The person with a session."""
        actor = actor_of_session(self.store, token_of(self.tries(username, code=code)), self.now)
        if actor is None:
            raise LookupError(f"{username} did not get in")
        return actor


def token_of(answer: Any) -> str:
    """The token that an answer tells once."""
    secret: str = answer.token.get_secret_value()
    return secret


def signing(password: str = PASSWORD, code: str | None = None) -> Signing:
    """What a person types to sign."""
    return Signing(password=SecretStr(password), code=None if code is None else SecretStr(code))


def without_session(actor: Actor) -> Actor:
    """The same person outside any session, as a script would act."""
    return replace(actor, session_id=None)
