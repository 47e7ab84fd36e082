"""Who is asking, and whether they may."""

from dataclasses import dataclass

from irt.blinding.roles import PERMISSIONS, SEES, UNBLINDED_ROLES, DataClass, Permission, Role
from irt.errors import NotAllowed, OutOfReach


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in force now: in one study (or all), at one site (or all), at one depot."""

    role: Role
    sponsor_id: int | None = None
    study_id: int | None = None
    site_id: int | None = None
    depot_id: int | None = None

    def covers(self, permission: Permission, study_id: int | None, site_id: int | None) -> bool:
        """Whether this grant allows the act in that study and, where one is named, at that site."""
        return (
            permission in PERMISSIONS[self.role]
            and (self.study_id is None or self.study_id == study_id)
            and (self.site_id is None or site_id is None or self.site_id == site_id)
        )


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or another system) with the grants in force now."""

    account_id: int
    name: str
    grants: tuple[Grant, ...]
    scopes: frozenset[str] | None = None
    session_id: int | None = None

    def grant_for(self, permission: Permission, study_id: int | None, site_id: int | None) -> Grant | None:
        """The first grant that allows the act, if any."""
        return next((g for g in self.grants if g.covers(permission, study_id, site_id)), None)

    def grant_at_depot(self, permission: Permission, study_id: int, depot_id: int | None) -> Grant | None:
        """The first grant that allows the act at that depot, or at every depot of the study."""
        grants = (grant for grant in self.grants if grant.covers(permission, study_id, None))
        return next((grant for grant in grants if grant.depot_id in (None, depot_id)), None)

    def require(self, permission: Permission, study_id: int | None, site_id: int | None = None) -> Grant:
        """The grant that allows the act; NotAllowed where there is none (P11-04, P11-07)."""
        if self.scopes is not None and permission not in self.scopes:
            raise NotAllowed("This token cannot do this. Ask for a token with the scope it needs.")
        grant = self.grant_for(permission, study_id, site_id)
        if grant is None:
            refusal = NotAllowed if self.reaches(study_id, site_id) else OutOfReach
            raise refusal(
                "Your role cannot do this. Ask the study coordinator.",
                trace=f"needs {permission} in study {study_id}, site {site_id}",
            )
        return grant

    def whole_grant_for(self, permission: Permission, study_id: int) -> Grant | None:
        """The first grant that allows the act and is bound to no site or depot, if any."""
        grants = (grant for grant in self.grants if grant.covers(permission, study_id, None))
        return next((grant for grant in grants if grant.site_id is None and grant.depot_id is None), None)

    def require_whole(self, permission: Permission, study_id: int) -> Grant:
        """The grant that allows the act in all of a study; NotAllowed where it is for some of its places alone."""
        self.require(permission, study_id)
        whole = self.whole_grant_for(permission, study_id)
        if whole is None:
            raise NotAllowed("This is about the whole study. Your role is at some of its places.")
        return whole

    def studies_of(self, permission: Permission) -> frozenset[int | None]:
        """The studies where some grant allows the act; None among them: in every study."""
        grants = (grant for grant in self.grants if grant.covers(permission, grant.study_id, None))
        return frozenset(grant.study_id for grant in grants)

    def reaches(self, study_id: int | None, site_id: int | None) -> bool:
        """Whether any grant, whatever it allows, holds in that study and at that site."""
        return any(
            grant.study_id in (None, study_id) and (site_id is None or grant.site_id in (None, site_id))
            for grant in self.grants
        )

    def sees(self, data: DataClass, permission: Permission, study_id: int, site_id: int | None = None) -> bool:
        """Whether one and the same grant allows the act there and shows that kind of data."""
        return any(g.covers(permission, study_id, site_id) and data in SEES[g.role] for g in self.grants)

    def unblinded_in(self, study_id: int) -> bool:
        """Whether any grant in that study shows kit types, lists or arms."""
        return any(g.role in UNBLINDED_ROLES and g.study_id in (None, study_id) for g in self.grants)
