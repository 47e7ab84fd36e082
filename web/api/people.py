"""Accounts, roles, sessions and tokens, as administrators manage them; own passwords are for sessions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from litestar.params import PathParameter, QueryParameter

from irt.blinding.roles import Permission, Role
from irt.reads.access import Access, AccessOfStudy, access_to, history_of_access
from irt.reads.invitations import InvitationShown, invitations
from irt.reads.people import (
    AccountShown,
    AttemptShown,
    SessionShown,
    TokenShown,
    account_shown,
    accounts,
    grants_of,
    open_sessions,
    recent_attempts,
    tokens_of,
)
from irt.services.accounts import create_account, disable_account, record_training, reset_password
from irt.services.grant_role import grant_role
from irt.services.invite_person import invite_person, withdraw_invitation
from irt.services.issue_token import revoke_token
from irt.services.recover_account import reopen_account, reset_second_factor
from irt.services.review_access import review_access
from irt.services.revoke_grant import revoke_grant
from irt.services.sign_out import end_sessions_of, sign_out
from web.api.limits import NUMBER_MAX
from web.api.operations import Caller, Limit, Now, Records, StudyId, command, question

AccountId = Annotated[int, PathParameter(ge=1, le=NUMBER_MAX, description="The account's id, from its list.")]
AfterName = Annotated[
    str, QueryParameter(pattern=r"^[^\x00-\x1f]{0,100}$", description="Where the earlier page ended: its `next`.")
]
_MANAGE = Permission.MANAGE_ACCOUNTS
_ACCOUNT = {"account_id": 7}
_SIGNING = {"password": "the reviewer's password", "code": "123456"}
_REASONED = {**_ACCOUNT, "reason": "As told by the site, 2 March"}


@dataclass(frozen=True)
class AccountsPage:
    """Accounts by user name; `next` is where the following page begins, null on the last."""

    items: tuple[AccountShown, ...]
    next: str | None


@dataclass(frozen=True)
class RoleShown:
    """A role of a person, in force or history. No study: everywhere, or all studies of a sponsor."""

    grant_id: int
    role: Role
    study_id: int | None
    country: str | None
    site: str | None
    depot: str | None
    starts_at: datetime
    ends_at: datetime | None
    revoked_at: datetime | None
    granted_by: str
    reason: str


@dataclass(frozen=True)
class PersonShown:
    """A person with every role they ever had, their open sessions, and their tokens without the secrets."""

    account: AccountShown
    roles: tuple[RoleShown, ...]
    sessions: tuple[SessionShown, ...]
    tokens: tuple[TokenShown, ...]


@dataclass(frozen=True)
class AttemptsListed:
    """The newest fifty attempts of the last day, failed ones too."""

    items: tuple[AttemptShown, ...]


@question("/sign-in-attempts", _MANAGE, "Attempts to sign in and to sign")
def list_attempts(caller: Caller, store: Records, now: Now) -> AttemptsListed:
    """Who tried within the last day, newest first."""
    caller.require(_MANAGE, None)
    with store.reading() as connection:
        return AttemptsListed(recent_attempts(connection, now, timedelta(days=1)))


@question("/accounts", _MANAGE, "The people of the installation")
def list_accounts(caller: Caller, store: Records, limit: Limit = 50, after: AfterName = "") -> AccountsPage:
    """Every account by user name, the installation's own among them."""
    caller.require(_MANAGE, None)
    with store.reading() as connection:
        items = accounts(connection, after, limit=limit)
    return AccountsPage(items, items[-1].username if len(items) == limit else None)


@question("/accounts/{account_id:int}", _MANAGE, "One person")
def show_account(account_id: AccountId, caller: Caller, store: Records, now: Now) -> PersonShown:
    """The account with its roles, past ones too, its open sessions and its tokens."""
    caller.require(_MANAGE, None)
    with store.reading() as connection:
        return PersonShown(
            account=account_shown(connection, account_id),
            roles=tuple(
                RoleShown(
                    grant_id=one.id,
                    role=one.role,
                    study_id=one.study_id,
                    country=one.country,
                    site=one.site,
                    depot=one.depot,
                    starts_at=one.starts_at,
                    ends_at=one.ends_at,
                    revoked_at=one.revoked_at,
                    granted_by=one.granted_by,
                    reason=one.reason,
                )
                for one in grants_of(connection, account_id)
            ),
            sessions=open_sessions(connection, account_id, now),
            tokens=tokens_of(connection, account_id),
        )


@dataclass(frozen=True)
class InvitationsListed:
    """The newest two hundred invitations into the studies whose roles the token's owner gives."""

    items: tuple[InvitationShown, ...]


@question("/invitations", _MANAGE, "Who is invited")
def list_invitations(caller: Caller, store: Records, now: Now) -> InvitationsListed:
    """Open invitations and past ones, newest first; no link."""
    managed = caller.studies_of(_MANAGE)
    if not managed:
        caller.require(_MANAGE, None)
    with store.reading() as connection:
        return InvitationsListed(invitations(connection, managed, now))


@dataclass(frozen=True)
class AccessHistory:
    """Every role that anybody ever held in a study, oldest first."""

    items: tuple[Access, ...]


@question("/studies/{study_id:int}/access", Permission.VIEW_ACCESS, "Who has access to a study")
def list_access(study_id: StudyId, caller: Caller, store: Records, now: Now) -> AccessOfStudy:
    """Every role in force with what to look at, the reviews, and the hash that a reviewer signs."""
    caller.require(Permission.VIEW_ACCESS, study_id)
    with store.reading() as connection:
        return access_to(connection, study_id, now)


@question("/studies/{study_id:int}/access/history", Permission.VIEW_ACCESS, "Who ever had access to a study")
def list_past_access(study_id: StudyId, caller: Caller, store: Records, now: Now) -> AccessHistory:
    """Roles that ended or were taken back too."""
    caller.require(Permission.VIEW_ACCESS, study_id)
    with store.reading() as connection:
        return AccessHistory(history_of_access(connection, study_id, now))


OPERATIONS = (
    list_access,
    list_past_access,
    command(
        "/access/review",
        review_access,
        Permission.REVIEW_ACCESS,
        "Sign a review of access",
        {
            "study_id": 1,
            "hash": "0" * 64,
            "outcome": "Two roles taken back.",
            "signing": _SIGNING,
        },
    ),
    list_attempts,
    list_accounts,
    show_account,
    command(
        "/accounts/create",
        create_account,
        _MANAGE,
        "Make an account",
        {
            "username": "ivo",
            "printed_name": "Ivo Santoro",
            "email": "ivo@example.org",
            "password": "a temporary password",
            "trained": True,
        },
    ),
    command("/accounts/record-training", record_training, _MANAGE, "Note that training is on file", _ACCOUNT),
    command(
        "/accounts/reset-password",
        reset_password,
        _MANAGE,
        "Set a temporary password",
        {**_REASONED, "password": "a temporary password"},
    ),
    command("/accounts/lock", disable_account, _MANAGE, "Lock an account", _REASONED),
    command("/accounts/reopen", reopen_account, _MANAGE, "Open a locked account again", _REASONED),
    command("/accounts/reset-second-factor", reset_second_factor, _MANAGE, "Take a lost device away", _REASONED),
    list_invitations,
    command(
        "/invitations/create",
        invite_person,
        _MANAGE,
        "Invite a person by e-mail",
        {
            "email": "ivo@example.org",
            "role": "pharmacist",
            "study_id": 1,
            "site_id": 14,
            "reason": "As told by the site, 2 March",
            "trained": True,
        },
    ),
    command(
        "/invitations/withdraw",
        withdraw_invitation,
        _MANAGE,
        "Withdraw an invitation",
        {"public_id": "4f21c09a77b34f21", "reason": "Left the site"},
    ),
    command(
        "/roles/grant",
        grant_role,
        _MANAGE,
        "Give a person a role",
        {**_REASONED, "role": "pharmacist", "study_id": 1, "site_id": 14},
    ),
    command(
        "/roles/revoke", revoke_grant, _MANAGE, "Take a role back", {"grant_id": 21, "reason": "Left the site"}
    ),
    command("/sessions/end", sign_out, _MANAGE, "End a session", {"session_id": 301}),
    command(
        "/sessions/end-all",
        end_sessions_of,
        _MANAGE,
        "End all sessions of a person",
        {**_ACCOUNT, "reason": "A lost laptop"},
    ),
    command("/tokens/revoke", revoke_token, _MANAGE, "Stop a token", {"public_id": "4f21c09a77b3"}),
)
