"""Everybody who is blinded, hired for a linted trial: one account a role, at every site or depot where it works."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pydantic import SecretStr

from irt.blinding.actor import Actor
from irt.blinding.conflicts import BLINDED_ROLES
from irt.blinding.roles import SITE_ROLES, Permission, Role
from irt.enrolment.staff import acting
from irt.errors import IntegrityFault
from irt.reads.named import NamedStudy, depots_of, site_named
from irt.services.accounts import ChangePassword, CreateAccount, change_password, create_account
from irt.services.bootstrap import system_actor
from irt.services.grant_role import GrantRole, grant_role
from irt.services.issue_token import IssueToken, issue_token
from irt.services.sign_in import SignIn, sign_in
from irt.services.store import Store
from irt.services.unit_of_work import perform

LOOKERS = tuple(sorted(BLINDED_ROLES - {Role.PATIENT}))
"""Blinded roles that look at a study; a patient sees a parcel to their own home alone."""
TOKEN_LASTS = timedelta(days=2)


class Looker(NamedTuple):
    """A person of one role, what their browser and their system send each time, and where letters find them."""

    role: Role
    cookie: dict[str, str]
    bearer: dict[str, str]
    address: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where people are hired, and when; `instant` begins their names."""

    store: Store
    study: NamedStudy
    sites: Sequence[str]
    at: datetime
    instant: str = "looks"


def hire(place: Place, roles: Collection[Role], cookie_name: str) -> list[Looker]:
    """One person a role, in the order of names, with a password of their own, a session and a token."""
    store = place.store
    with store.reading() as connection:
        administrator = system_actor(connection, Role.ADMINISTRATOR)
    return [_hired(place, administrator, role, cookie_name) for role in sorted(roles)]


def _hired(place: Place, administrator: Actor, role: Role, cookie_name: str) -> Looker:
    store, at, username = place.store, place.at, f"{place.instant}.{role}"
    temporary, own = (SecretStr(store.entropy(32).hex()) for _ in range(2))
    mark, address = f"leaks:{username}", f"{username}@irt.example"
    name = f"Looker {role}"
    ask = CreateAccount(username=username, printed_name=name, email=address, password=temporary, trained=True)
    made = perform(store, administrator, at, create_account, ask, f"{mark}:account")
    changed = ChangePassword(old=temporary, new=own)
    perform(store, acting(made.account_id, username), at, change_password, changed, f"{mark}:password")
    for number, where in enumerate(_where(place, role)):
        grant = GrantRole(account_id=made.account_id, role=role, study_id=place.study.id, reason="Looks", **where)
        perform(store, administrator, at, grant_role, grant, f"{mark}:grant:{number}")
    with store.reading() as connection:
        door = system_actor(connection)
    entered = perform(store, door, at, sign_in, SignIn(username=username, password=own), f"{mark}:sign-in")
    wish = IssueToken(scopes=list(Permission), expires_at=at + TOKEN_LASTS)
    issued = perform(store, acting(made.account_id, username, role), at, issue_token, wish, f"{mark}:token")
    if entered.token is None or issued.token is None:
        raise IntegrityFault(f"{username} did not get in: {entered.sentence}")
    bearer = {"authorization": f"Bearer {issued.token.get_secret_value()}"}
    return Looker(role, {"cookie": f"{cookie_name}={entered.token.get_secret_value()}"}, bearer, address)


def _where(place: Place, role: Role) -> list[dict[str, Any]]:
    with place.store.reading() as connection:
        if role in SITE_ROLES:
            return [
                {"site_id": site}
                for site in (site_named(connection, place.study, number) for number in place.sites)
            ]
        if role == Role.DEPOT:
            return [{"depot_id": depot} for depot, _ in depots_of(connection, place.study)]
    return [{}]
