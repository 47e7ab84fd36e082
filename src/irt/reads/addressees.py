"""Who gets a message: everybody whose role belongs to its audience and who may do what it asks for, there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from irt.blinding.actor import Grant
from irt.blinding.audience import Audience, audience_of
from irt.blinding.roles import Permission, Role
from irt.tables.columns import table_of
from irt.tables.people import Account, RoleGrant
from irt.tables.study import Study


@dataclass(frozen=True, slots=True)
class Addressee:
    """One person with an address."""

    account_id: int
    printed_name: str
    email: str


_ACCOUNTS, _GRANTS, _STUDIES = table_of(Account), table_of(RoleGrant), table_of(Study)
_HOLDERS = (
    select(
        _ACCOUNTS.c.id,
        _ACCOUNTS.c.printed_name,
        _ACCOUNTS.c.email,
        _GRANTS.c.role,
        func.coalesce(_GRANTS.c.study_id, _STUDIES.c.id).label("study_id"),
        _GRANTS.c.sponsor_id,
        _GRANTS.c.site_id,
    )
    .select_from(_GRANTS)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _GRANTS.c.account_id)
    .outerjoin(_STUDIES, and_(_GRANTS.c.study_id.is_(None), _STUDIES.c.sponsor_id == _GRANTS.c.sponsor_id))
    .where(
        _ACCOUNTS.c.disabled_at.is_(None),
        _ACCOUNTS.c.email != "",
        _GRANTS.c.starts_at <= bindparam("now"),
        or_(_GRANTS.c.ends_at.is_(None), _GRANTS.c.ends_at > bindparam("now")),
        _GRANTS.c.revoked_at.is_(None),
    )
    .order_by(_ACCOUNTS.c.id)
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
    for row in connection.execute(_HOLDERS, {"now": now}):
        grant = Grant(Role(row.role), row.sponsor_id, row.study_id, row.site_id)
        # A grant of a sponsor without studies reaches none yet; without this it would reach all.
        reaches = row.sponsor_id is None or row.study_id is not None
        if reaches and audience_of(grant.role) == audience and grant.covers(permission, study_id, site_id):
            found[row.id] = Addressee(row.id, row.printed_name, row.email)
    return list(found.values())
