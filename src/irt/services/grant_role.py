"""Granting a role to a person: in a study, and at a site or depot where the role works at one."""

from collections.abc import Iterator

from pydantic import AwareDatetime
from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.blinding.conflicts import HeldRole, refuse_conflict
from irt.blinding.roles import SITE_ROLES, Permission, Role
from irt.errors import BadInput, NotAllowed, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.credentials import lock_account
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.people import RoleGrant
from irt.tables.study import Depot, Site, Study


class GrantRole(SQLModel):
    """Who gets which role, where, from when to when (UTC), and why."""

    account_id: int
    role: Role
    sponsor_id: int | None = Field(default=None, description="all studies of the sponsor, where no study is named")
    study_id: int | None = None
    site_id: int | None = None
    depot_id: int | None = None
    starts_at: AwareDatetime | None = Field(default=None, description="now, where not said")
    ends_at: AwareDatetime | None = None
    reason: str = Field(min_length=1)


class RoleGranted(SQLModel):
    """The grant on record."""

    grant_id: int


class GrantToOneself(NotAllowed):
    """Rights come from somebody else."""


class NotTrained(Refusal):
    """A person without training on file gets no role (P11-09)."""


class PlaceNeeded(BadInput):
    """The role works at a site or depot, and none (or another study's) was named."""


_GRANTS, _STUDIES, _SITES, _DEPOTS = table_of(RoleGrant), table_of(Study), table_of(Site), table_of(Depot)
_HISTORY = select(_GRANTS.c.role, _GRANTS.c.sponsor_id, _GRANTS.c.study_id).where(
    _GRANTS.c.account_id == bindparam("account_id")
)
_SPONSOR = select(_STUDIES.c.sponsor_id).where(_STUDIES.c.id == bindparam("study_id"))
_SITE = select(_SITES.c.number).where(_SITES.c.id == bindparam("id"), _SITES.c.study_id == bindparam("study_id"))
_DEPOT = select(_DEPOTS.c.code).where(_DEPOTS.c.id == bindparam("id"), _DEPOTS.c.study_id == bindparam("study_id"))


def grant_role(work: Work, ask: GrantRole) -> RoleGranted:
    """Grants a role unless the person's history in the study excludes it. Nobody grants to themselves."""
    work.actor.require(Permission.MANAGE_ACCOUNTS, ask.study_id)
    if ask.account_id == work.actor.account_id:
        raise GrantToOneself("Nobody grants a role to themselves. Nothing was granted. Ask another administrator.")
    # The lock makes two grants to one person wait for each other: both see the other's role.
    person = lock_account(work, ask.account_id)
    if person["trained_at"] is None or person["disabled_at"] is not None:
        raise NotTrained("This person's training is not on file, or the account is closed. Nothing was granted.")
    sponsor_id = _sponsor(work, ask)
    place = _place(work, ask)
    starts_at = ask.starts_at or work.at
    if ask.ends_at is not None and ask.ends_at <= starts_at:
        raise BadInput("The role would end before it starts. Nothing was granted. Check the two dates.")
    refuse_conflict(_history(work, ask.account_id), HeldRole(ask.role, sponsor_id, ask.study_id))
    grant_id = work.record(
        RoleGrant,
        account_id=ask.account_id,
        role=ask.role,
        sponsor_id=sponsor_id,
        study_id=ask.study_id,
        site_id=ask.site_id,
        depot_id=ask.depot_id,
        starts_at=starts_at,
        ends_at=ask.ends_at,
        granted_by_id=work.actor.account_id,
        reason=ask.reason,
    )
    work.audit(
        AuditDraft(
            act="role_granted",
            record_kind="account",
            record=person["username"],
            study_id=ask.study_id,
            site_id=ask.site_id,
            new={"role": ask.role, "place": place, "starts_at": starts_at.isoformat(), **_end(ask)},
            reason=ask.reason,
        )
    )
    return RoleGranted(grant_id=grant_id)


def _end(ask: GrantRole) -> dict[str, str]:
    return {} if ask.ends_at is None else {"ends_at": ask.ends_at.isoformat()}


def _history(work: Work, account_id: int) -> Iterator[HeldRole]:
    for row in work.rows(_HISTORY, account_id=account_id):
        yield HeldRole(Role(row["role"]), row["sponsor_id"], row["study_id"])


def _sponsor(work: Work, ask: GrantRole) -> int | None:
    """The sponsor stands on every grant of a study, whatever was asked."""
    if ask.study_id is None:
        return ask.sponsor_id
    return int(work.one("study", _SPONSOR, study_id=ask.study_id)["sponsor_id"])


def _place(work: Work, ask: GrantRole) -> str | None:
    """The site's number or the depot's code; PlaceNeeded where the role works at one and none is named."""
    if ask.site_id is not None:
        return str(work.one("site of this study", _SITE, id=ask.site_id, study_id=ask.study_id)["number"])
    if ask.depot_id is not None:
        return str(work.one("depot of this study", _DEPOT, id=ask.depot_id, study_id=ask.study_id)["code"])
    if ask.role in SITE_ROLES:
        raise PlaceNeeded("This role is held at a site. Nothing was granted. Choose the site.")
    if ask.role == Role.DEPOT:
        raise PlaceNeeded("This role is held at a depot. Nothing was granted. Choose the depot.")
    return None
