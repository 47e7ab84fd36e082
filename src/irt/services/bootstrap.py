"""The first day of an installation: its own account, and the first administrator."""

from datetime import datetime

from pydantic import SecretStr
from sqlalchemy import Connection, bindparam, insert, select
from sqlmodel import Field, SQLModel

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Role
from irt.errors import IntegrityFault, Refusal
from irt.services.accounts import AccountChanged, CreateAccount, create_account
from irt.services.audit_draft import AuditDraft
from irt.services.passwords import NO_PASSWORD
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.people import Account, RoleGrant

SYSTEM_USERNAME = "system"
SYSTEM_NAME = "IRT"

_ACCOUNTS, _GRANTS = table_of(Account), table_of(RoleGrant)
_BY_NAME = select(_ACCOUNTS.c.id).where(_ACCOUNTS.c.username == bindparam("username"))


class Bootstrap(SQLModel):
    """The first administrator, with a temporary password."""

    username: str
    printed_name: str
    email: str = ""
    password: SecretStr = Field(exclude=True)


class AlreadyBootstrapped(Refusal):
    """The installation has its administrator."""


def bootstrap(store: Store, at: datetime, ask: Bootstrap) -> AccountChanged:
    """Makes the installation's own account, where missing, and the first administrator; works once."""
    ensure_system_account(store, at)
    with store.reading_past_wall() as connection:
        system = system_actor(connection, Role.ADMINISTRATOR)
    return perform(store, system, at, create_first_administrator, ask, f"bootstrap:{ask.username}")


def create_first_administrator(work: Work, ask: Bootstrap) -> AccountChanged:
    """An account with the role of administrator, granted by the installation itself."""
    if work.row(select(_GRANTS.c.id).where(_GRANTS.c.role == Role.ADMINISTRATOR)):
        raise AlreadyBootstrapped("This installation has an administrator. Nothing was created. Ask them.")
    person = create_account(work, CreateAccount(**dict(ask), trained=True))
    work.append(
        RoleGrant,
        account_id=person.account_id,
        role=Role.ADMINISTRATOR,
        starts_at=work.at,
        granted_by_id=work.actor.account_id,
        reason="first administrator",
    )
    work.audit(
        AuditDraft(
            act="role_granted", record_kind="account", record=person.username, new={"role": Role.ADMINISTRATOR}
        )
    )
    return person


def system_actor(connection: Connection, *roles: Role) -> Actor:
    """The installation itself, acting in the named roles: sign-in needs none, a replay several."""
    account_id = connection.execute(_BY_NAME, {"username": SYSTEM_USERNAME}).scalar()
    if account_id is None:
        raise IntegrityFault("the installation has no account of its own: it was never bootstrapped")
    return Actor(int(account_id), SYSTEM_NAME, tuple(Grant(role) for role in roles))


def ensure_system_account(store: Store, at: datetime) -> None:
    """Commands and audit entries name an account, so the first one is there before the first command."""
    with store.writing() as connection:
        if connection.execute(_BY_NAME, {"username": SYSTEM_USERNAME}).scalar() is None:
            connection.execute(
                insert(_ACCOUNTS).values(
                    username=SYSTEM_USERNAME,
                    printed_name=SYSTEM_NAME,
                    email="",
                    password_hash=NO_PASSWORD,
                    password_temporary=False,
                    created_at=at,
                )
            )
