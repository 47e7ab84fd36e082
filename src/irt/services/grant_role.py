"""Granting a role to a person: in a study, and at a site or depot where the role works at one."""

from collections.abc import Iterator
from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import RowMapping, bindparam, select
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


class WantedRole(SQLModel):
    """Which role, where, until when (UTC), and why."""

    role: Role
    sponsor_id: int | None = Field(default=None, description="all studies of the sponsor, where no study is named")
    study_id: int | None = None
    country: str | None = Field(default=None, description="as DE: every site of the study there, later ones too")
    site_id: int | None = None
    depot_id: int | None = None
    ends_at: AwareDatetime | None = None
    reason: str = Field(min_length=1)


class GrantRole(WantedRole):
    """Who gets the role, and from when."""

    account_id: int
    starts_at: AwareDatetime | None = Field(default=None, description="now, where not said")


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
_IN_COUNTRY = select(_SITES.c.country).where(
    _SITES.c.country == bindparam("country"), _SITES.c.study_id == bindparam("study_id")
)
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
    grant_id = write_grant(work, person, ask, ask.starts_at or work.at, work.actor.account_id)
    return RoleGranted(grant_id=grant_id)


def write_grant(work: Work, person: RowMapping, ask: WantedRole, starts_at: datetime, granted_by_id: int) -> int:
    """Writes the grant of a locked account, unless its history excludes the role; gives the grant's id."""
    wanted, place = wanted_at(work, ask, starts_at)
    refuse_conflict(roles_ever(work, person["id"]), wanted)
    grant_id = work.record(
        RoleGrant,
        account_id=person["id"],
        role=ask.role,
        sponsor_id=wanted.sponsor_id,
        study_id=ask.study_id,
        country=ask.country,
        site_id=ask.site_id,
        depot_id=ask.depot_id,
        starts_at=starts_at,
        ends_at=ask.ends_at,
        granted_by_id=granted_by_id,
        reason=ask.reason,
    )
    new = {"role": ask.role, "place": place, "starts_at": starts_at.isoformat()}
    ends = {} if ask.ends_at is None else {"ends_at": ask.ends_at.isoformat()}
    work.audit(
        AuditDraft(
            act="role_granted",
            record_kind="account",
            record=person["username"],
            study_id=ask.study_id,
            site_id=ask.site_id,
            new={**new, **ends},
            reason=ask.reason,
        )
    )
    return grant_id


def wanted_at(work: Work, ask: WantedRole, starts_at: datetime) -> tuple[HeldRole, str | None]:
    """The role as conflicts are judged, and its place in words; a refusal where place or dates cannot be."""
    sponsor_id, place = _sponsor(work, ask), _place(work, ask)
    if ask.ends_at is not None and ask.ends_at <= starts_at:
        raise BadInput("The role would end before it starts. Nothing was granted. Check the two dates.")
    return HeldRole(ask.role, sponsor_id, ask.study_id), place


def roles_ever(work: Work, account_id: int) -> Iterator[HeldRole]:
    """Every role the person holds or held."""
    for row in work.rows(_HISTORY, account_id=account_id):
        yield HeldRole(Role(row["role"]), row["sponsor_id"], row["study_id"])


def _sponsor(work: Work, ask: WantedRole) -> int | None:
    """The sponsor stands on every grant of a study, whatever was asked."""
    if ask.study_id is None:
        return ask.sponsor_id
    return int(work.one("study", _SPONSOR, study_id=ask.study_id)["sponsor_id"])


def _place(work: Work, ask: WantedRole) -> str | None:
    """The site's number, the country or the depot's code; PlaceNeeded where the role works at one, not named."""
    if ask.country is not None:
        return _country(work, ask)
    if ask.site_id is not None:
        return str(work.one("site of this study", _SITE, id=ask.site_id, study_id=ask.study_id)["number"])
    if ask.depot_id is not None:
        return str(work.one("depot of this study", _DEPOT, id=ask.depot_id, study_id=ask.study_id)["code"])
    if ask.role in SITE_ROLES:
        raise PlaceNeeded("This role is held at a site. Nothing was granted. Choose the site, or a country.")
    if ask.role == Role.DEPOT:
        raise PlaceNeeded("This role is held at a depot. Nothing was granted. Choose the depot.")
    return None


def _country(work: Work, ask: WantedRole) -> str:
    if ask.role not in SITE_ROLES or ask.site_id is not None or ask.depot_id is not None:
        raise PlaceNeeded(
            "A country stands for all its sites, and this role is not held there, or another place is named too. "
            "Nothing was granted. Name one place."
        )
    work.one("site of this study in that country", _IN_COUNTRY, country=ask.country, study_id=ask.study_id)
    return str(ask.country)
