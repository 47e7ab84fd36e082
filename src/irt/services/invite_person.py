"""Inviting a person by e-mail to a role: they choose name, password and device themselves, within a week."""

from collections.abc import Iterator

from sqlalchemy import bindparam, func, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.audience import Audience
from irt.blinding.conflicts import HeldRole, refuse_conflict
from irt.blinding.invitations import LIFE, InvitationState, is_email, plain_email, state_of
from irt.blinding.roles import Permission, Role
from irt.errors import BadInput, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.grant_role import GrantToOneself, NotTrained, WantedRole, roles_ever, wanted_at
from irt.services.outbox import ATTEMPTS_MAX, write_outbox
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.invitation import Invitation
from irt.tables.people import Account
from irt.tables.record import Outbox

INVITATION = "invitation"
"""The kind of its letter."""
_ID_BYTES = 8


class InvitePerson(WantedRole):
    """To which address, and to which role; whoever invites has seen that the person is trained (P11-09)."""

    email: str = Field(min_length=3, max_length=200)
    trained: bool = Field(default=False, description="whether the person's training is on file")


class PersonInvited(SQLModel):
    """The invitation; its link goes to the address alone."""

    public_id: str


class WithdrawInvitation(SQLModel):
    """The invitation nobody may accept any more, and why."""

    public_id: str
    reason: str = Field(min_length=1, max_length=500)


class InvitationWithdrawn(SQLModel):
    """The invitation is history."""

    public_id: str


class NotOpen(Refusal):
    """The invitation was accepted, withdrawn or is too old."""


_INVITATIONS, _ACCOUNTS, _OUTBOX = table_of(Invitation), table_of(Account), table_of(Outbox)
SAME_PERSON = (
    select(_ACCOUNTS.c.id).where(func.lower(_ACCOUNTS.c.email) == bindparam("email")).order_by(_ACCOUNTS.c.id)
)
"""Accounts of an address: whoever reads its letters is one person."""
_WAITING = select(_INVITATIONS).where(
    _INVITATIONS.c.email == bindparam("email"),
    _INVITATIONS.c.accepted_at.is_(None),
    _INVITATIONS.c.withdrawn_at.is_(None),
    _INVITATIONS.c.expires_at > bindparam("now"),
)
_ONE = (
    select(_INVITATIONS).where(_INVITATIONS.c.public_id == bindparam("public_id")).with_for_update(key_share=True)
)


def invite_person(work: Work, ask: InvitePerson) -> PersonInvited:
    """Offers a role, unless what the person holds, held or is offered elsewhere excludes it."""
    work.actor.require(Permission.MANAGE_ACCOUNTS, ask.study_id)
    email = plain_email(ask.email)
    if not is_email(email):
        raise BadInput("This is not an e-mail address. Nobody was invited. Check it.")
    if not ask.trained:
        raise NotTrained("Only trained people get roles. Nobody was invited. See to the training first.")
    people = [row["id"] for row in work.rows(SAME_PERSON, email=email)]
    if work.actor.account_id in people:
        raise GrantToOneself("Nobody invites themselves. Nobody was invited. Ask another administrator.")
    wanted, place = wanted_at(work, ask, work.at)
    for account_id in people:
        refuse_conflict(roles_ever(work, account_id), wanted)
    refuse_conflict(_offered(work, email), wanted)
    public_id = work.store.entropy(_ID_BYTES).hex()
    _record(work, ask, email, wanted, public_id)
    ends = {} if ask.ends_at is None else {"ends_at": ask.ends_at.isoformat()}
    _audit(work, "person_invited", public_id, ask, ask.reason, {"role": ask.role, "place": place, **ends})
    return PersonInvited(public_id=public_id)


def withdraw_invitation(work: Work, ask: WithdrawInvitation) -> InvitationWithdrawn:
    """Closes an open invitation; a letter that has not left yet stays here."""
    row = work.one("invitation", _ONE, public_id=ask.public_id)
    work.actor.require(Permission.MANAGE_ACCOUNTS, row["study_id"])
    if state_of(row["accepted_at"], row["withdrawn_at"], row["expires_at"], work.at) is not InvitationState.OPEN:
        raise NotOpen("This invitation is not open any more. Nothing was changed. See the list of invitations.")
    work.run(
        update(_INVITATIONS)
        .where(_INVITATIONS.c.id == row["id"])
        .values(withdrawn_at=work.at, withdrawn_by_id=work.actor.account_id)
    )
    work.run(
        update(_OUTBOX)
        .where(_OUTBOX.c.id == row["outbox_id"], _OUTBOX.c.sent_at.is_(None))
        .values(attempts=ATTEMPTS_MAX, held_because="The invitation was withdrawn.")
    )
    where = WantedRole(role=Role(row["role"]), study_id=row["study_id"], site_id=row["site_id"], reason=ask.reason)
    _audit(work, "invitation_withdrawn", ask.public_id, where, ask.reason, None)
    return InvitationWithdrawn(public_id=ask.public_id)


def _record(work: Work, ask: InvitePerson, email: str, wanted: HeldRole, public_id: str) -> None:
    work.append(
        Invitation,
        public_id=public_id,
        email=email,
        role=ask.role,
        sponsor_id=wanted.sponsor_id,
        study_id=ask.study_id,
        country=ask.country,
        site_id=ask.site_id,
        depot_id=ask.depot_id,
        role_ends_at=ask.ends_at,
        reason=ask.reason,
        invited_by_id=work.actor.account_id,
        invited_at=work.at,
        expires_at=work.at + LIFE,
        outbox_id=write_outbox(work, INVITATION, Audience.BLINDED, {"invitation": public_id}, ask.study_id),
    )


def _offered(work: Work, email: str) -> Iterator[HeldRole]:
    for row in work.rows(_WAITING, email=email, now=work.at):
        yield HeldRole(Role(row["role"]), row["sponsor_id"], row["study_id"])


def _audit(
    work: Work, act: str, record: str, where: WantedRole, reason: str, new: dict[str, object] | None
) -> None:
    work.audit(
        AuditDraft(
            act=act,
            record_kind="invitation",
            record=record,
            study_id=where.study_id,
            site_id=where.site_id,
            new=new,
            reason=reason,
        )
    )
