"""The demonstration's people: one account for each role, all with the same password, shown on the screen."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr
from sqlalchemy import select

from irt.blinding.actor import Actor
from irt.blinding.roles import SITE_ROLES, Role
from irt.enrolment.staff import acting
from irt.services.accounts import ChangePassword, CreateAccount, change_password, create_account
from irt.services.bootstrap import Bootstrap, bootstrap, system_actor
from irt.services.grant_role import GrantRole, grant_role
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.study import Depot, Site

PASSWORD = "try everything 2026"  # noqa: S105 - a demonstration's, on this machine only, meant to be known
TEMPORARY = "chosen by the installer"


@dataclass(frozen=True, slots=True)
class Part:
    """One demonstration account and what its owner would try first."""

    username: str
    printed_name: str
    role: Role
    try_first: str


PARTS = (
    Part("paula", "Paula Brandt", Role.PHARMACIST, "Open the first task of the worklist and scan its kits"),
    Part("cora", "Cora Lindqvist", Role.COORDINATOR, "Screen a subject, then randomize one who is in screening"),
    Part("ines", "Ines Moreau", Role.INVESTIGATOR, "Sign a dispensing order; break one subject's code"),
    Part("ute", "Ute Adler", Role.UNBLINDED_PHARMACIST, "See the same site with its kit types"),
    Part("max", "Max Ferrer", Role.MONITOR, "Read a subject's history and the site's stock"),
    Part("tara", "Tara Quist", Role.STUDY_TEAM, "Read how the study enrols, by month and by site"),
    Part("sam", "Sam Okafor", Role.SAFETY, "Unblind one subject for a safety report"),
    Part("sue", "Sue Anand", Role.SUPPLY_MANAGER, "Run the resupply and read why each shipment was proposed"),
    Part("sven", "Sven Lie", Role.SUPPLY_MANAGER, "Approve the stock levels that Sue proposed"),
    Part("pete", "Pete Varga", Role.SUPPLY_PLANNER, "The same overview by blinding group"),
    Part("dora", "Dora Nyman", Role.DEPOT, "Acknowledge, pick and dispatch a shipment"),
    Part("carl", "Carl Ostrom", Role.COURIER, "Scan the label of a parcel to a home; see its door"),
    Part("bror", "Bror Dahl", Role.CUSTOMS_BROKER, "Take the invoice of a parcel that crosses a border"),
    Part("quinn", "Quinn Faber", Role.QUALIFIED_PERSON, "Read a lot and the signatures of its release"),
    Part("quentin", "Quentin Rao", Role.QUALITY, "Decide on the kits that a site set apart"),
    Part("stan", "Stan Petrov", Role.UNBLINDED_STATISTICIAN, "Derive every allocation again"),
    Part("bea", "Bea Castell", Role.STATISTICIAN, "Read enrolment by month; nothing tells an arm"),
    Part("conny", "Conny Haas", Role.CONFIGURATOR, "Check a study file; read the versions of a study"),
    Part("hedda", "Hedda Blom", Role.HELP_DESK, "Look up why a user name cannot get in"),
    Part("ivo", "Ivo Santoro", Role.INSPECTOR, "Read the audit trail in plain sentences"),
)
ADMINISTRATOR = "ada"

_ACCOUNTS, _SITES, _DEPOTS = table_of(Account), table_of(Site), table_of(Depot)


def hire_cast(store: Store, at: datetime) -> None:
    """Makes every account, each with its own password chosen."""
    _first_administrator(store, at)
    with store.reading() as connection:
        administrator = system_actor(connection, Role.ADMINISTRATOR)
    for part in PARTS:
        _hire(store, at, administrator, part)


def grant_cast(store: Store, at: datetime, study_id: int, site: str) -> None:
    """Grants every account its role in a study, site roles at one site."""
    with store.reading() as connection:
        administrator = system_actor(connection, Role.ADMINISTRATOR)
        site_id = connection.execute(
            select(_SITES.c.id).where(_SITES.c.study_id == study_id, _SITES.c.number == site)
        ).scalar_one()
        depot_id = connection.execute(
            select(_DEPOTS.c.id).where(_DEPOTS.c.study_id == study_id).order_by(_DEPOTS.c.id).limit(1)
        ).scalar_one()
        ids = {row.username: row.id for row in connection.execute(select(_ACCOUNTS.c.username, _ACCOUNTS.c.id))}
    for part in PARTS:
        ask = GrantRole(
            account_id=ids[part.username],
            role=part.role,
            study_id=study_id,
            site_id=site_id if part.role in SITE_ROLES else None,
            depot_id=depot_id if part.role == Role.DEPOT else None,
            reason="demonstration",
        )
        perform(store, administrator, at, grant_role, ask, f"demo:grant:{study_id}:{part.username}")


def played(store: Store, username: str) -> Actor:
    """The person who plays a part, in the role of the part."""
    part = next(one for one in PARTS if one.username == username)
    with store.reading() as connection:
        found = connection.execute(select(_ACCOUNTS.c.id).where(_ACCOUNTS.c.username == username)).scalar_one()
    return acting(found, part.printed_name, part.role)


def _hire(store: Store, at: datetime, administrator: Actor, part: Part) -> None:
    ask = CreateAccount(
        username=part.username,
        printed_name=part.printed_name,
        email=f"{part.username}@irt.example",
        password=SecretStr(TEMPORARY),
        trained=True,
    )
    made = perform(store, administrator, at, create_account, ask, f"demo:account:{part.username}")
    _choose_password(store, at, made.account_id, part.username)


def _first_administrator(store: Store, at: datetime) -> None:
    ask = Bootstrap(username=ADMINISTRATOR, printed_name="Ada Finn", password=SecretStr(TEMPORARY))
    _choose_password(store, at, bootstrap(store, at, ask).account_id, ADMINISTRATOR)


def _choose_password(store: Store, at: datetime, account_id: int, username: str) -> None:
    own = ChangePassword(old=SecretStr(TEMPORARY), new=SecretStr(PASSWORD))
    perform(store, acting(account_id, username), at, change_password, own, f"demo:password:{username}")
