"""Inviting people by e-mail, and the list of invitations."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.invitations import InvitationShown, invitations
from irt.services.invite_person import InvitePerson, WithdrawInvitation, invite_person, withdraw_invitation
from web.blinded.desk import Desk, desk_of, go
from web.blinded.people import is_wide, managed_studies, require_administrator
from web.blinded.typed import reason_in
from web.blinded.wanted_role import ROLES_TO_CHOOSE, role_in, studies_to_choose
from web.forms import Fields

DONE = {
    "invited": (
        "The person is invited",
        "A letter with a link leaves for the address. The link opens for seven days.",
    ),
    "withdrawn": ("The invitation is withdrawn", "Its link opens nothing any more."),
}


@dataclass(frozen=True)
class InvitationsView(BlindedView):
    """Invitations, newest first, and the form of another; `refused` names the form of `refusal`."""

    invitations: tuple[InvitationShown, ...]
    studies: tuple[tuple[str, str], ...]
    choices: tuple[tuple[str, str], ...]
    wide: bool
    now: datetime
    command_key: str
    said: tuple[str, str] = ("", "")
    refused: str = ""
    refusal: str = ""
    typed: dict[str, str] = field(default_factory=dict)


class InvitationPages(Controller):
    """The list, and its two buttons."""

    path = "/people/invitations"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], done: FromQuery[str] = "") -> Response[str]:
        """Who is invited to what, and what became of it."""
        require_administrator(desk.who.actor)
        return _page(desk, said=DONE.get(done, ("", "")))

    @post("/", sync_to_thread=True)
    def invite(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Invites somebody; the letter leaves by itself."""
        require_administrator(desk.who.actor)
        try:
            desk.press(invite_person, _asked(desk, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, refusal.status_code, refused="invite", refusal=refusal.sentence, typed=data)
        return go("/people/invitations?done=invited")

    @post("/withdraw", sync_to_thread=True)
    def withdraw(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Takes an open invitation back."""
        require_administrator(desk.who.actor)
        try:
            ask = WithdrawInvitation(public_id=data.get("invitation", ""), reason=reason_in(data))
            desk.press(withdraw_invitation, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, refusal.status_code, refused="withdraw", refusal=refusal.sentence)
        return go("/people/invitations?done=withdrawn")


def _asked(desk: Desk, data: dict[str, str]) -> InvitePerson:
    email = data.get("email", "").strip()
    if not 3 <= len(email) <= 200:
        raise BadInput("The e-mail address is missing, or too long. Nobody was invited. Enter it.")
    return InvitePerson(email=email, trained=data.get("trained") == "yes", **dict(role_in(desk, data)))


def _page(desk: Desk, status_code: int = 200, **shown: Any) -> Response[str]:
    actor = desk.who.actor
    with desk.store.reading() as connection:
        found = invitations(connection, managed_studies(actor), desk.now)
    view = InvitationsView(
        invitations=found,
        studies=studies_to_choose(desk),
        choices=ROLES_TO_CHOOSE,
        wide=is_wide(actor),
        now=desk.now,
        command_key=desk.key(),
        **shown,
    )
    return desk.page("people/invitations.html", view, "Invitations", "People", status_code=status_code)
