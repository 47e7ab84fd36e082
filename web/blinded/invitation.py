"""The page behind the link of an invitation: what is offered, and the choice of name and password."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from pydantic import SecretStr

from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.invitations import Offer, offer_of
from irt.services.accept_invitation import (
    AcceptInvitation,
    JoinByInvitation,
    LinkDead,
    accept_invitation,
    join_by_invitation,
)
from irt.services.invitation_letters import invited_by_token
from irt.services.store import Store
from irt.services.unit_of_work import perform
from web.blinded.sign_in import client_of, door_of
from web.forms import Fields
from web.frame import outer_frame
from web.press import new_key, press
from web.render import blinded_page
from web.session import Who

NAME_LENGTH_MAX = 100


@dataclass(frozen=True)
class InvitationView(BlindedView):
    """The offer and the form; no offer: the link is dead, whatever the reason."""

    token: str
    offer: Offer | None
    command_key: str
    message: str = ""
    typed: dict[str, str] = field(default_factory=dict)


class InvitationPage(Controller):
    """For somebody who has nothing but the link."""

    path = "/invitation/{token:str}"

    @get("/", sync_to_thread=True)
    def show(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        token: FromPath[str],
    ) -> Response[str]:
        """The offer; one answer for every link that opens nothing."""
        doorkeeper = request.app.state.installation.doorkeeper
        try:
            doorkeeper.admit(client_of(request), now)
            view = _view(store, token, now)
        except LinkDead as refusal:
            doorkeeper.note_failure(client_of(request), now)
            return _page(request, _dead(store, token, refusal), refusal.status_code)
        except Refusal as refusal:
            return _page(request, _dead(store, token, refusal), refusal.status_code)
        return _page(request, view)

    @post("/", sync_to_thread=True)
    def accept(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        token: FromPath[str],
        data: Fields,
    ) -> Response[Any]:
        """Makes the account; then the person signs in with it, and sets up a device."""
        try:
            request.app.state.installation.doorkeeper.admit(client_of(request), now)
            perform(store, door_of(store), now, accept_invitation, _asked(token, data), new_key(store))
        except Refusal as refusal:
            kept = {name: data.get(name, "") for name in ("username", "printed_name")}
            return _refused(request, store, token, now, refusal, kept)
        return Redirect("/sign-in?next=/account&joined=true", status_code=303)

    @post("/join", sync_to_thread=True)
    def join(
        self,
        request: Request[Any, Any, Any],
        store: NamedDependency[Store],
        now: NamedDependency[datetime],
        who: NamedDependency[Who],
        token: FromPath[str],
        data: Fields,
    ) -> Response[Any]:
        """Somebody with an account takes the role; nobody signed in goes to sign in first, and comes back."""
        try:
            ask = JoinByInvitation(token=SecretStr(token))
            press(store, who, now, join_by_invitation, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _refused(request, store, token, now, refusal, {})
        return Redirect("/switch", status_code=303)


def _asked(token: str, data: dict[str, str]) -> AcceptInvitation:
    names = {name: data.get(name, "").strip() for name in ("username", "printed_name")}
    if not all(names.values()) or max(map(len, names.values())) > NAME_LENGTH_MAX:
        raise BadInput("A name is missing, or has more than 100 characters. Nothing was made. Enter both names.")
    if data.get("password") != data.get("again"):
        raise BadInput("The password was typed in two ways. Nothing was made. Type it twice the same.")
    return AcceptInvitation(token=SecretStr(token), password=SecretStr(data.get("password", "")), **names)


def _view(store: Store, token: str, now: datetime) -> InvitationView:
    public_id = invited_by_token(store.seal, token)
    with store.reading() as connection:
        offer = None if public_id is None else offer_of(connection, public_id, now)
    if offer is None:
        raise LinkDead
    return InvitationView(token, offer, new_key(store))


def _dead(store: Store, token: str, refusal: Refusal) -> InvitationView:
    return InvitationView(token, None, new_key(store), refusal.sentence)


def _refused(
    request: Request[Any, Any, Any],
    store: Store,
    token: str,
    now: datetime,
    refusal: Refusal,
    typed: dict[str, str],
) -> Response[str]:
    try:
        view = replace(_view(store, token, now), message=refusal.sentence, typed=typed)
    except LinkDead:
        view = _dead(store, token, refusal)
    return _page(request, view, refusal.status_code)


def _page(request: Request[Any, Any, Any], view: InvitationView, status_code: int = 200) -> Response[str]:
    page = blinded_page("invitation/invitation.html", view, outer_frame(request, "Invitation"))
    # The address is a key: no other page may learn it from here.
    headers = {"referrer-policy": "same-origin" if view.offer is not None and view.offer.known else "no-referrer"}
    return Response(page, status_code=status_code, media_type=MediaType.HTML, headers=headers)
