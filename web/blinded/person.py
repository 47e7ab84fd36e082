"""One person of the installation: roles given and taken back, the account locked or opened, sessions and tokens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery
from pydantic import SecretStr
from sqlmodel import SQLModel

from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.people import (
    AccountShown,
    GrantShown,
    SessionShown,
    TokenShown,
    account_shown,
    grants_of,
    open_sessions,
    tokens_of,
)
from irt.services.accounts import (
    DisableAccount,
    RecordTraining,
    ResetPassword,
    disable_account,
    record_training,
    reset_password,
)
from irt.services.grant_role import GrantRole, grant_role
from irt.services.issue_token import RevokeToken, revoke_token
from irt.services.recover_account import ReopenAccount, ResetSecondFactor, reopen_account, reset_second_factor
from irt.services.revoke_grant import RevokeGrant, revoke_grant
from irt.services.sign_out import EndSessions, SignOut, end_sessions_of, sign_out
from web.blinded.desk import Desk, desk_of, go
from web.blinded.people import is_wide, managed_studies, require_administrator
from web.blinded.typed import reason_in, whole_in
from web.blinded.wanted_role import ROLES_TO_CHOOSE, role_in, studies_to_choose
from web.forms import Fields

DONE = {
    "created": ("The account is made", "It can do nothing yet. Give it its first role."),
    "grant": ("The role is given", "It holds with the person’s next click."),
    "revoke": ("The role is taken back", "It stays in the person’s history."),
    "trained": ("The training is on file", "The person may get roles now."),
    "password": ("The temporary password is set", "Tell it to the person alone. They choose their own with it."),
    "lock": ("The account is locked", "Every session of the person has ended."),
    "reopen": ("The account is open again", "The roles that were not taken back hold again."),
    "device": ("The device is taken away", "The person sets up another one after signing in."),
    "session": ("The session has ended", "The person signs in again."),
    "sessions": ("Every session has ended", "The person signs in again, wherever they were."),
    "token": ("The token is stopped", "It does not work any more."),
}
"""Step -> what happened, and what it means."""


@dataclass(frozen=True)
class RoleLine(BlindedView):
    """A role of the person; `may_revoke` where it holds and the reader manages its study."""

    grant: GrantShown
    in_force: bool
    may_revoke: bool

    @property
    def where(self) -> str:
        """As in 'NB-301 (production), site 1014'."""
        return self.grant.where


@dataclass(frozen=True)
class PersonView(BlindedView):
    """A person with roles, sessions and tokens; `refused` names the form that `refusal` belongs to."""

    person: AccountShown
    roles: tuple[RoleLine, ...]
    sessions: tuple[SessionShown, ...]
    tokens: tuple[TokenShown, ...]
    studies: tuple[tuple[str, str], ...]
    choices: tuple[tuple[str, str], ...]
    wide: bool
    oneself: bool
    now: datetime
    command_key: str
    said: tuple[str, str] = ("", "")
    refused: str = ""
    refusal: str = ""
    typed: dict[str, str] = field(default_factory=dict)


class PersonPages(Controller):
    """One person, and every button about them."""

    path = "/people/{account_id:int}"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self, desk: NamedDependency[Desk], account_id: FromPath[int], done: FromQuery[str] = ""
    ) -> Response[str]:
        """The person as they stand now."""
        require_administrator(desk.who.actor)
        return _page(desk, account_id, said=DONE.get(done, ("", "")))

    @post("/{step:str}", sync_to_thread=True)
    def change(
        self, desk: NamedDependency[Desk], account_id: FromPath[int], step: FromPath[str], data: Fields
    ) -> Response[Any]:
        """One change of the person's rights or account."""
        require_administrator(desk.who.actor)
        try:
            service, ask = _asked(desk, account_id, step, data)
            desk.press(service, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(
                desk,
                account_id,
                status_code=refusal.status_code,
                refused=step,
                refusal=refusal.sentence,
                typed=data,
            )
        return go(f"/people/{account_id}?done={step}")


Asked = tuple[Callable[..., Any], SQLModel]


def _asked(desk: Desk, account_id: int, step: str, data: Mapping[str, str]) -> Asked:
    """The use case behind a button; BadInput where the form is not one of this page."""
    if step == "grant":
        return grant_role, GrantRole(account_id=account_id, **dict(role_in(desk, data)))
    if step == "revoke":
        grant_id = whole_in(data.get("grant", ""), "the role")
        return revoke_grant, RevokeGrant(grant_id=grant_id, reason=reason_in(data))
    if step == "session":
        return sign_out, SignOut(session_id=whole_in(data.get("session", ""), "the session"))
    if step == "token":
        return revoke_token, RevokeToken(public_id=data.get("token", ""))
    return _of_account(account_id, step, data)


def _of_account(account_id: int, step: str, data: Mapping[str, str]) -> Asked:
    if step == "sessions":
        return end_sessions_of, EndSessions(account_id=account_id, reason=reason_in(data))
    if step == "trained":
        return record_training, RecordTraining(account_id=account_id)
    if step == "lock":
        return disable_account, DisableAccount(account_id=account_id, reason=reason_in(data))
    if step == "reopen":
        return reopen_account, ReopenAccount(account_id=account_id, reason=reason_in(data))
    if step == "device":
        return reset_second_factor, ResetSecondFactor(account_id=account_id, reason=reason_in(data))
    if step == "password":
        password = SecretStr(data.get("password", ""))
        return reset_password, ResetPassword(account_id=account_id, password=password, reason=reason_in(data))
    raise BadInput("This page has no such button. Nothing was changed. Reload the page.")


def _page(
    desk: Desk,
    account_id: int,
    *,
    status_code: int = 200,
    **shown: Any,
) -> Response[str]:
    actor = desk.who.actor
    managed, wide = managed_studies(actor), is_wide(actor)
    with desk.store.reading() as connection:
        person = account_shown(connection, account_id)
        grants = [one for one in grants_of(connection, account_id) if None in managed or one.study_id in managed]
        sessions = open_sessions(connection, account_id, desk.now) if wide else ()
        tokens = tokens_of(connection, account_id) if wide else ()
    view = PersonView(
        person=person,
        roles=tuple(_line(one, desk.now, managed) for one in reversed(grants)),
        sessions=sessions,
        tokens=tokens,
        studies=studies_to_choose(desk),
        choices=ROLES_TO_CHOOSE,
        wide=wide,
        oneself=account_id == desk.who.account_id,
        now=desk.now,
        command_key=desk.key(),
        **shown,
    )
    return desk.page("people/person.html", view, person.printed_name, "People", status_code=status_code)


def _line(grant: GrantShown, now: datetime, managed: frozenset[int | None]) -> RoleLine:
    holds = grant.in_force(now)
    open_still = grant.revoked_at is None and (grant.ends_at is None or grant.ends_at > now)
    return RoleLine(grant, holds, open_still and (None in managed or grant.study_id in managed))
