"""One line for each answer: which kind of page, how it ended, how long it took. Nobody's name, no query."""

import logging
from time import perf_counter

from litestar.types import Message, Scope
from litestar.types.asgi_types import ASGIApp, Receive, Send

_LOG = logging.getLogger("irt.access")
_BEGAN = "irt_began"


async def write_access(message: Message, scope: Scope) -> None:
    """Writes the line when the head of an answer leaves; addresses are told by their pattern only."""
    if message["type"] != "http.response.start":
        return
    began = scope.get("state", {}).get(_BEGAN)
    took_ms = "-" if began is None else f"{(perf_counter() - began) * 1000:.0f}"
    _LOG.info("%s %s %s %s ms", scope.get("method"), scope.get("path_template", "-"), message["status"], took_ms)


def note_start(app: ASGIApp) -> ASGIApp:
    """Remembers when a request came."""

    async def noted(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})[_BEGAN] = perf_counter()
        await app(scope, receive, send)

    return noted
