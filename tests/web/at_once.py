"""An application asked in the test's own thread: no other thread, no wire, and every answer is there at once."""

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import httpx
from litestar import Litestar

ADDRESS = "http://testserver.local"


def caller_of(app: Litestar) -> httpx.Client:
    """A client like the one of Litestar's tests, but for its threads; use it as a context."""
    return httpx.Client(transport=AtOnce(app), base_url=ADDRESS, follow_redirects=True)


class AtOnceLoop(asyncio.SelectorEventLoop):
    """What an application would let another thread do is done on the spot: one request is on its way at a time."""

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        """The outcome of a function, as a future that has it already."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as fault:
            future.set_exception(fault)
        return future


class AtOnce(httpx.BaseTransport):
    """How an httpx client asks an application. Whatever the application cannot answer is raised, as a fault."""

    def __init__(self, app: Litestar) -> None:
        self._app = app
        self._loop = AtOnceLoop()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request and its whole answer."""
        return self._loop.run_until_complete(self._asked(request))

    def close(self) -> None:
        """Ends the loop."""
        self._loop.close()

    async def _asked(self, request: httpx.Request) -> httpx.Response:
        body, heard = request.read(), list[Any]()

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            heard.append(message)

        await self._app(_scope(request), receive, send)
        content = b"".join(part.get("body", b"") for part in heard[1:])
        return httpx.Response(heard[0]["status"], headers=heard[0]["headers"], content=content, request=request)


def _scope(request: httpx.Request) -> Any:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(request.url.path),
        "raw_path": request.url.raw_path,
        "query_string": request.url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("testclient", 50000),
        "server": (request.url.host, 80),
        "extensions": {},
    }
