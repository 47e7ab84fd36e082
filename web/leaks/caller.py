"""A caller of the application in the same process: what it asks goes the way of any request, without a network."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote

from litestar import Litestar


class Answer(NamedTuple):
    """What came back."""

    status: int
    media: str
    body: bytes
    location: str = ""


@dataclass(slots=True)
class Caller:
    """Asks one application, request after request. Use it as a context: it ends its threads."""

    app: Litestar
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def get(self, address: str, headers: dict[str, str]) -> Answer:
        """The answer to a question."""
        return self._loop.run_until_complete(self._asked(address, headers))

    async def _asked(self, address: str, headers: dict[str, str]) -> Answer:
        path, _, query = address.partition("?")
        sent = {"host": "localhost", **headers}
        scope: Any = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 1),
            "server": ("localhost", 80),
            "extensions": {},
        }
        heard: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            heard.append(message)

        await self.app(scope, receive, send)
        head = {name.decode().lower(): value.decode() for name, value in heard[0].get("headers", [])}
        body = b"".join(part.get("body", b"") for part in heard[1:])
        return Answer(heard[0]["status"], head.get("content-type", ""), body, head.get("location", ""))
