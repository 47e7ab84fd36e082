"""Taking a role back: at once, and kept in the person's history."""

from sqlalchemy import bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.people import Account, RoleGrant


class RevokeGrant(SQLModel):
    """The grant to take back, and why."""

    grant_id: int
    reason: str = Field(min_length=1)


class GrantRevoked(SQLModel):
    """The grant is history."""

    grant_id: int


class AlreadyRevoked(Refusal):
    """A grant ends once."""


_GRANTS, _ACCOUNTS = table_of(RoleGrant), table_of(Account)
_GRANT = (
    select(
        _GRANTS.c.id,
        _GRANTS.c.role,
        _GRANTS.c.study_id,
        _GRANTS.c.site_id,
        _GRANTS.c.revoked_at,
        _ACCOUNTS.c.username,
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _GRANTS.c.account_id)
    .where(_GRANTS.c.id == bindparam("grant_id"))
    .with_for_update(key_share=True, of=_GRANTS)
)


def revoke_grant(work: Work, ask: RevokeGrant) -> GrantRevoked:
    """Ends a grant; the person's next request no longer has it."""
    grant = work.one("grant", _GRANT, grant_id=ask.grant_id)
    work.actor.require(Permission.MANAGE_ACCOUNTS, grant["study_id"])
    if grant["revoked_at"] is not None:
        raise AlreadyRevoked("This role was taken back before. Nothing was changed.")
    work.run(update(_GRANTS).where(_GRANTS.c.id == ask.grant_id).values(revoked_at=work.at))
    work.audit(
        AuditDraft(
            act="role_revoked",
            record_kind="account",
            record=grant["username"],
            study_id=grant["study_id"],
            site_id=grant["site_id"],
            old={"role": grant["role"]},
            reason=ask.reason,
        )
    )
    return GrantRevoked(grant_id=ask.grant_id)
