"""One's own tokens for other systems: made here, shown once, stopped here."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.people import TokenShown, tokens_of
from irt.services.issue_token import IssueToken, RevokeToken, issue_token, revoke_token
from irt.states.table import words
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import whole_in
from web.forms import Fields

DAYS_MAX = 366


@dataclass(frozen=True)
class TokensView(BlindedView):
    """One's tokens, and the form of a new one; `token` is shown in this one answer only."""

    tokens: tuple[TokenShown, ...]
    scopes: tuple[tuple[str, str], ...]
    now: datetime
    command_key: str
    token: str = ""
    said: str = ""
    refusal: str = ""
    typed: dict[str, str] = field(default_factory=dict)


class TokenPages(Controller):
    """The tokens of the person signed in."""

    path = "/account/tokens"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], done: FromQuery[str] = "") -> Response[str]:
        """Every token one ever made, without its secret."""
        return _page(desk, said="The token is stopped." if done == "stopped" else "")

    @post("/", sync_to_thread=True, status_code=200)
    def issue(self, desk: NamedDependency[Desk], data: Fields) -> Response[str]:
        """Makes a token and shows it, once."""
        try:
            issued = desk.press(issue_token, _asked(desk, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, refusal.status_code, refusal=refusal.sentence, typed=data)
        if issued.token is None:
            return _page(
                desk, 409, refusal="This was sent twice, and a token is shown once. Stop it, make another."
            )
        return _page(desk, token=issued.token.get_secret_value())

    @post("/stop", sync_to_thread=True)
    def stop(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Stops one's own token at once."""
        desk.press(revoke_token, RevokeToken(public_id=data.get("token", "")), data.get("command_key", ""))
        return go("/account/tokens?done=stopped")


def scopes_of(actor: Actor) -> tuple[Permission, ...]:
    """What the person's roles allow somewhere: a token can do no more."""
    return tuple(
        permission
        for permission in Permission
        if any(grant.covers(permission, grant.study_id, grant.site_id) for grant in actor.grants)
    )


def _asked(desk: Desk, data: dict[str, str]) -> IssueToken:
    chosen = [scope for scope in scopes_of(desk.who.actor) if data.get(f"scope-{scope}") == "yes"]
    if not chosen:
        raise BadInput("The token could do nothing. Nothing was made. Choose at least one act.")
    days = whole_in(data.get("days", ""), "the days")
    if not 1 <= days <= DAYS_MAX:
        raise BadInput(f"A token lasts from 1 to {DAYS_MAX} days. Nothing was made.")
    return IssueToken(scopes=chosen, expires_at=desk.now + timedelta(days=days))


def _page(desk: Desk, status_code: int = 200, **shown: Any) -> Response[str]:
    with desk.store.reading() as connection:
        tokens = tokens_of(connection, desk.who.account_id)
    view = TokensView(
        tokens=tuple(reversed(tokens)),
        scopes=tuple((str(scope), words(scope)) for scope in scopes_of(desk.who.actor)),
        now=desk.now,
        command_key=desk.key(),
        **shown,
    )
    return desk.page("tokens/tokens.html", view, "Tokens of other systems", status_code=status_code)
