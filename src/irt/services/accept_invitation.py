"""Accepting an invitation: with a new account that its person makes, or with the account they have."""

from pydantic import SecretStr
from sqlalchemy import RowMapping, bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.blinding.invitations import InvitationState, plain_email, state_of
from irt.blinding.roles import Role
from irt.errors import NotAllowed, Refusal
from irt.services.accounts import AccountChanged, new_username
from irt.services.audit_draft import AuditDraft
from irt.services.credentials import lock_account
from irt.services.grant_role import GrantToOneself, WantedRole, write_grant
from irt.services.invitation_letters import invited_by_token
from irt.services.invite_person import SAME_PERSON
from irt.services.passwords import hash_password, refuse_weak
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.invitation import Invitation
from irt.tables.people import Account


class AcceptInvitation(SQLModel):
    """A newcomer's own choices. Nobody else ever knows the password, so it signs from the first day (P11-22)."""

    token: SecretStr = Field(exclude=True)
    username: str = Field(min_length=1, max_length=100)
    printed_name: str = Field(min_length=1, max_length=200)
    password: SecretStr = Field(exclude=True)


class JoinByInvitation(SQLModel):
    """Somebody signed in takes the role offered to their address."""

    token: SecretStr = Field(exclude=True)


class LinkDead(Refusal):
    """One sentence for a link that was never made, was used, withdrawn, or is too old."""

    status_code = 404

    def __init__(self) -> None:
        super().__init__("This link does not open anything any more. Nothing was done. Ask whoever invited you.")


class HasAccount(Refusal):
    """The address belongs to somebody who is here already: a second account would hide their history."""

    def __init__(self) -> None:
        super().__init__(
            "Your address belongs to an account here. Nothing was done. Sign in with it to accept; if you cannot, "
            "ask the help desk."
        )


class AnotherPerson(NotAllowed):
    """The invitation was sent to another address than that of the person signed in."""


_INVITATIONS, _ACCOUNTS = table_of(Invitation), table_of(Account)
_ONE = select(_INVITATIONS).where(_INVITATIONS.c.public_id == bindparam("public_id"))
# All of one address are locked: two of them accepted at once must not make two accounts.
_OF_ADDRESS = (
    select(_INVITATIONS.c.id)
    .where(_INVITATIONS.c.email == bindparam("email"))
    .order_by(_INVITATIONS.c.id)
    .with_for_update(key_share=True)
)
_EMAIL = select(_ACCOUNTS.c.email).where(_ACCOUNTS.c.id == bindparam("account_id"))


def accept_invitation(work: Work, ask: AcceptInvitation) -> AccountChanged:
    """Makes the account as its person wishes, and gives the role if nothing excludes it by now."""
    offer = _open_offer(work, ask.token)
    if work.row(SAME_PERSON, email=offer["email"]):
        raise HasAccount
    username = new_username(work, ask.username)
    refuse_weak(ask.password, username)
    account_id = work.record(
        Account,
        username=username,
        printed_name=ask.printed_name.strip(),
        email=offer["email"],
        password_hash=hash_password(ask.password),
        password_temporary=False,
        trained_at=work.at,
        created_at=work.at,
    )
    new = {"printed_name": ask.printed_name.strip(), "invitation": offer["public_id"]}
    work.audit(AuditDraft(act="account_joined", record_kind="account", record=username, new=new))
    return _take(work, offer, account_id)


def join_by_invitation(work: Work, ask: JoinByInvitation) -> AccountChanged:
    """Gives the role to the person signed in, whose address it was offered to."""
    offer = _open_offer(work, ask.token)
    own = work.one("account", _EMAIL, account_id=work.actor.account_id)["email"]
    if plain_email(own) != offer["email"]:
        raise AnotherPerson("This invitation was sent to somebody else. Nothing was done. Sign in as that person.")
    return _take(work, offer, work.actor.account_id)


def _open_offer(work: Work, token: SecretStr) -> RowMapping:
    """The invitation, locked together with all others of its address; LinkDead for every other token."""
    public_id = invited_by_token(work.store.seal, token.get_secret_value())
    found = None if public_id is None else work.row(_ONE, public_id=public_id)
    if found is None:
        raise LinkDead
    work.rows(_OF_ADDRESS, email=found["email"])
    offer = work.one("invitation", _ONE, public_id=public_id)
    if (
        state_of(offer["accepted_at"], offer["withdrawn_at"], offer["expires_at"], work.at)
        is not InvitationState.OPEN
    ):
        raise LinkDead
    return offer


def _take(work: Work, offer: RowMapping, account_id: int) -> AccountChanged:
    if account_id == offer["invited_by_id"]:
        raise GrantToOneself("Nobody accepts their own invitation. Nothing was done. Ask another administrator.")
    person = lock_account(work, account_id)
    if person["trained_at"] is None:
        work.run(update(_ACCOUNTS).where(_ACCOUNTS.c.id == account_id).values(trained_at=work.at))
    wanted = WantedRole(
        role=Role(offer["role"]),
        sponsor_id=offer["sponsor_id"],
        study_id=offer["study_id"],
        country=offer["country"],
        site_id=offer["site_id"],
        depot_id=offer["depot_id"],
        ends_at=offer["role_ends_at"],
        reason=offer["reason"],
    )
    write_grant(work, person, wanted, work.at, offer["invited_by_id"])
    work.run(
        update(_INVITATIONS)
        .where(_INVITATIONS.c.id == offer["id"])
        .values(account_id=account_id, accepted_at=work.at)
    )
    work.audit(
        AuditDraft(
            act="invitation_accepted",
            record_kind="invitation",
            record=offer["public_id"],
            study_id=offer["study_id"],
            site_id=offer["site_id"],
            new={"username": person["username"]},
        )
    )
    return AccountChanged(account_id=account_id, username=person["username"])
