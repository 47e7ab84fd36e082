"""The demonstration's people: one account for each role, all with the same password, shown on the screen."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr
from sqlalchemy import select

from irt.blinding.roles import SITE_ROLES, Role
from irt.enrolment.staff import acting
from irt.services.accounts import ChangePassword, CreateAccount, change_password, create_account
from irt.services.bootstrap import Bootstrap, bootstrap, system_actor
from irt.services.grant_role import GrantRole, grant_role
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.tables.columns import table_of
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
    Part("tara", "Tara Quist", Role.STUDY_TEAM, "Follow enrolment without seeing a treatment"),
    Part("sam", "Sam Okafor", Role.SAFETY, "Unblind one subject for a safety report"),
    Part("sue", "Sue Anand", Role.SUPPLY_MANAGER, "Run the resupply and read why each shipment was proposed"),
    Part("pete", "Pete Varga", Role.SUPPLY_PLANNER, "The same overview by blinding group"),
    Part("dora", "Dora Nyman", Role.DEPOT, "Acknowledge, pick and dispatch a shipment"),
    Part("quinn", "Quinn Faber", Role.QUALIFIED_PERSON, "Release a lot"),
    Part("quentin", "Quentin Rao", Role.QUALITY, "Decide on quarantined kits"),
    Part("stan", "Stan Petrov", Role.UNBLINDED_STATISTICIAN, "Derive every allocation again"),
    Part("bea", "Bea Castell", Role.STATISTICIAN, "The blinded enrolment figures"),
    Part("conny", "Conny Haas", Role.CONFIGURATOR, "Read the study's specification"),
    Part("hedda", "Hedda Blom", Role.HELP_DESK, "See how little a help desk sees"),
    Part("ivo", "Ivo Santoro", Role.INSPECTOR, "Read the audit trail in plain sentences"),
)
ADMINISTRATOR = "ada"


def hire_cast(store: Store, at: datetime, study_id: int, site: str) -> None:
    """Makes every account and grants its role, site roles at one site."""
    with store.reading() as connection:
        site_id = connection.execute(
            select(table_of(Site).c.id).where(
                table_of(Site).c.study_id == study_id, table_of(Site).c.number == site
            )
        ).scalar_one()
        depots = table_of(Depot)
        depot_id = connection.execute(
            select(depots.c.id).where(depots.c.study_id == study_id).order_by(depots.c.id).limit(1)
        ).scalar_one()
        administrator = system_actor(connection, Role.ADMINISTRATOR)
    _first_administrator(store, at)
    for part in PARTS:
        account_id = _hire(store, at, administrator.account_id, part)
        ask = GrantRole(
            account_id=account_id,
            role=part.role,
            study_id=study_id,
            site_id=site_id if part.role in SITE_ROLES else None,
            depot_id=depot_id if part.role == Role.DEPOT else None,
            reason="demonstration",
        )
        perform(store, administrator, at, grant_role, ask, f"demo:grant:{study_id}:{part.username}")


def _hire(store: Store, at: datetime, administrator_id: int, part: Part) -> int:
    administrator = acting(administrator_id, "IRT", Role.ADMINISTRATOR)
    ask = CreateAccount(
        username=part.username, printed_name=part.printed_name, password=SecretStr(TEMPORARY), trained=True
    )
    made = perform(store, administrator, at, create_account, ask, f"demo:account:{part.username}")
    _choose_password(store, at, made.account_id, part.username)
    return made.account_id


def _first_administrator(store: Store, at: datetime) -> None:
    ask = Bootstrap(username=ADMINISTRATOR, printed_name="Ada Finn", password=SecretStr(TEMPORARY))
    _choose_password(store, at, bootstrap(store, at, ask).account_id, ADMINISTRATOR)


def _choose_password(store: Store, at: datetime, account_id: int, username: str) -> None:
    own = ChangePassword(old=SecretStr(TEMPORARY), new=SecretStr(PASSWORD))
    perform(store, acting(account_id, username), at, change_password, own, f"demo:password:{username}")
