"""Who gets a message: everybody whose role belongs to its audience and who may do what it asks for, there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from irt.blinding.actor import Grant
from irt.blinding.audience import Audience, audience_of
from irt.blinding.roles import Permission, Role
from irt.reads.roll import IN_FORCE, SPREAD_OUT, reaches_something
from irt.tables.columns import table_of
from irt.tables.people import Account, RoleGrant
from irt.tables.study import Site, Study


@dataclass(frozen=True, slots=True)
class Addressee:
    """One person with an address."""

    account_id: int
    printed_name: str
    email: str


_ACCOUNTS, _GRANTS, _STUDIES, _SITES = table_of(Account), table_of(RoleGrant), table_of(Study), table_of(Site)
_HOLDERS = (
    select(
        _ACCOUNTS.c.id,
        _ACCOUNTS.c.printed_name,
        _ACCOUNTS.c.email,
        _GRANTS.c.role,
        func.coalesce(_GRANTS.c.study_id, _STUDIES.c.id).label("study_id"),
        _GRANTS.c.sponsor_id,
        _GRANTS.c.country,
        func.coalesce(_GRANTS.c.site_id, _SITES.c.id).label("site_id"),
    )
    .select_from(SPREAD_OUT)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _GRANTS.c.account_id)
    .where(_ACCOUNTS.c.disabled_at.is_(None), _ACCOUNTS.c.email != "", IN_FORCE)
    .order_by(_ACCOUNTS.c.id, _GRANTS.c.id, _SITES.c.id)
)


def addressees(
    connection: Connection,
    audience: Audience,
    permission: Permission,
    study_id: int,
    site_id: int | None,
    now: datetime,
) -> list[Addressee]:
    """People of that audience with the permission in the study, and at the site where one is named."""
    found: dict[int, Addressee] = {}
    for row in connection.execute(_HOLDERS, {"now": now}).mappings():
        grant = Grant(Role(row["role"]), row["sponsor_id"], row["study_id"], row["site_id"])
        concerned = audience_of(grant.role) == audience and grant.covers(permission, study_id, site_id)
        if concerned and reaches_something(row):
            found[row["id"]] = Addressee(row["id"], row["printed_name"], row["email"])
    return list(found.values())
