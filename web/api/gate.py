"""The door of the API: a bearer token, its scope for the act, and not too often. Cookies are never looked at."""

from typing import Any

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from irt.blinding.actor import Actor
from irt.blinding.eyes import blinded_eyes, open_eyes
from irt.blinding.roles import DataClass, Permission
from irt.errors import NotAllowed
from irt.services.issue_token import actor_of_token
from irt.services.store import Store
from web.api.problems import TokenRefused
from web.installation import installation_of

OPEN = "open"
"""A handler with this option needs no token."""
SCOPE = "token_scope"
"""The option that names the permission a token's scopes must hold."""
SHOWS = "shows"
"""The option that names kinds of data, beyond blinded ones: whoever asks a handler is shown one of them anyway."""
Shown = DataClass | frozenset[DataClass]
_TOKEN_LENGTH_MAX = 200


async def gate(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard that lets a request in before any part of its body is read, and remembers whose it is."""
    if handler.opt.get(OPEN, False):
        return
    actor = await sync_to_thread(_admitted, connection)
    connection.state.caller = actor
    scope = handler.opt.get(SCOPE)
    if scope is not None and scope not in (actor.scopes or ()):
        raise NotAllowed(f"This token cannot do this. Ask for a token with the scope {scope}.")
    shown = handler.opt.get(SHOWS)
    if shown is not None and not _sees(actor, shown, handler.opt[SCOPE], connection.path_params.get("study_id")):
        raise NotAllowed("Your role cannot see this. Ask the study coordinator.")


def _admitted(connection: ASGIConnection[Any, Any, Any, Any]) -> Actor:
    """Whose token was brought; TokenRefused or TooManyRequests."""
    installation = installation_of(connection)
    now = installation.clock()
    client = connection.client.host if connection.client else "-"
    installation.strangers.check(client, now)
    token = _token_in(connection.headers.get("authorization", ""))
    actor = None if token is None else actor_of_token(installation.store, token, now)
    if token is None or actor is None:
        installation.strangers.admit(client, now)
        raise TokenRefused
    installation.callers.admit(token.split("_")[1], now)
    return actor


def _sees(actor: Actor, shown: Shown, scope: Permission, study_id: int | None) -> bool:
    """In the study of the address; in any where the body alone names it: the service asks about that one."""
    studies = {grant.study_id or 0 for grant in actor.grants} if study_id is None else {study_id}
    kinds = {shown} if isinstance(shown, DataClass) else shown
    return any(actor.sees(kind, scope, each) for kind in kinds for each in studies)


def _token_in(header: str) -> str | None:
    kind, _, token = header.partition(" ")
    token = token.strip()
    plausible = len(token) <= _TOKEN_LENGTH_MAX and token.isascii() and token.isprintable()
    return token if kind.lower() == "bearer" and plausible else None


def find_caller(request: Request[Any, Any, Any]) -> Actor:
    """Whose token opened the gate."""
    caller: Actor = request.state.caller
    return caller


def find_seen_store(request: Request[Any, Any, Any]) -> Store:
    """The store as the caller may see it: behind the wall, but for what the gate shows to unblinded callers."""
    store: Store = installation_of(request).store
    caller: Actor | None = request.state.get("caller")
    if caller is None:
        return store
    shown = request.route_handler.opt.get(SHOWS)
    return store.seen_with(blinded_eyes(caller) if shown is None else open_eyes(caller))
