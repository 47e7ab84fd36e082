"""The people of the installation: who there is, and a new one."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery
from pydantic import SecretStr

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotAllowed, Refusal
from irt.reads.people import PAGE_ROWS, AccountShown, accounts
from irt.services.accounts import CreateAccount, create_account
from irt.services.bootstrap import SYSTEM_USERNAME
from web.blinded.desk import Desk, desk_of, go
from web.forms import Fields


@dataclass(frozen=True)
class PeopleView(BlindedView):
    """A page of accounts; `may_create` where the reader's role holds for the whole installation."""

    people: tuple[AccountShown, ...]
    search: str
    next: str
    may_create: bool


@dataclass(frozen=True)
class NewPersonView(BlindedView):
    """The form of a new account; the password is never given back."""

    command_key: str
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""


class PeoplePages(Controller):
    """The list of people, and the form of a new account."""

    path = "/people"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self, desk: NamedDependency[Desk], search: FromQuery[str] = "", after: FromQuery[str] = ""
    ) -> Response[str]:
        """Accounts by user name, fifty at a time."""
        require_administrator(desk.who.actor)
        words = search.strip()
        with desk.store.reading() as connection:
            found = accounts(connection, after, words, PAGE_ROWS + 1)
        shown = found[:PAGE_ROWS]
        more = f"/people?search={words}&after={shown[-1].username}" if len(found) > PAGE_ROWS else ""
        people = tuple(one for one in shown if one.username != SYSTEM_USERNAME)
        return desk.page(
            "people/people.html", PeopleView(people, words, more, is_wide(desk.who.actor)), "People", "People"
        )

    @get("/new", sync_to_thread=True)
    def ask_for_new(self, desk: NamedDependency[Desk]) -> Response[str]:
        """The form of a new account."""
        desk.who.actor.require(Permission.MANAGE_ACCOUNTS, None)
        return _form(desk, NewPersonView(desk.key()))

    @post("/new", sync_to_thread=True)
    def create(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Makes the account, then shows it, so that it gets its first role."""
        try:
            made = desk.press(create_account, _asked(data), data.get("command_key", ""))
        except Refusal as refusal:
            return _form(desk, NewPersonView(desk.key(), data, refusal.sentence), refusal.status_code)
        return go(f"/people/{made.account_id}?done=created")


def is_wide(actor: Actor) -> bool:
    """Whether the person manages the accounts of the whole installation, not only the roles of some studies."""
    return actor.grant_for(Permission.MANAGE_ACCOUNTS, None, None) is not None


def managed_studies(actor: Actor) -> frozenset[int | None]:
    """The studies whose roles the person gives and takes; None among them: every study."""
    return actor.studies_of(Permission.MANAGE_ACCOUNTS)


def require_administrator(actor: Actor) -> None:
    """NotAllowed for everybody who manages no accounts anywhere."""
    if not managed_studies(actor):
        raise NotAllowed("Your role cannot do this. Ask an administrator.")


def _asked(data: dict[str, str]) -> CreateAccount:
    names = {name: data.get(name, "").strip() for name in ("username", "printed_name", "email")}
    if not names["username"] or not names["printed_name"]:
        raise BadInput("The user name or the printed name is missing. Nothing was created. Enter both.")
    if max(map(len, names.values())) > 100:
        raise BadInput("A name has at most 100 characters. Nothing was created. Shorten it.")
    password = SecretStr(data.get("password", ""))
    return CreateAccount(**names, password=password, trained=data.get("trained") == "yes")


def _form(desk: Desk, view: NewPersonView, status_code: int = 200) -> Response[str]:
    return desk.page("people/new.html", view, "New account", "People", status_code=status_code)
