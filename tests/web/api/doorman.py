"""A doorman: requests with anybody's token go on with the tokens of all roles in turn, and what is told is kept."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, zip_longest
from typing import Any

from litestar.handlers import HTTPRouteHandler

from irt.blinding.roles import PERMISSIONS, SEES, DataClass, Role
from web.api.gate import SCOPE, SHOWS

BEFORE = "/api/v1"
_BLANK = re.compile(r"\\\{[^}]*\\\}")


@dataclass(frozen=True)
class Told:
    """What a role asked of an operation, and what it was answered: head and body as text."""

    role: Role
    operation: str
    status: int
    asked: str
    head: str
    body: str

    @property
    def keys(self) -> frozenset[str]:
        """Names of all fields of a JSON answer."""
        try:
            return frozenset(_keys(json.loads(self.body)))
        except ValueError:
            return frozenset()


@dataclass
class Doorman:
    """Stands before an application (ASGI); `tokens` has one for every role."""

    app: Any
    operations: Sequence[HTTPRouteHandler]
    tokens: Mapping[Role, str]
    heard: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._turns = {
            operation.operation_id: cycle(in_turn(operation, place))
            for place, operation in enumerate(self.operations)
        }
        paths = [(path, each) for each in self.operations for path in each.paths]
        self._doors = [
            (_pattern(path), each) for path, each in sorted(paths, key=lambda pair: (pair[0].count("{"), pair[0]))
        ]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        operation = self._operation(scope) if scope["type"] == "http" else None
        if operation is None:
            await self.app(scope, receive, send)
            return
        role = next(self._turns[operation.operation_id])
        asked, said = [scope["raw_path"], scope["query_string"]], list[Any]()

        async def listen() -> Any:
            message = await receive()
            asked.append(message.get("body", b""))
            return message

        async def speak(message: Any) -> None:
            said.append(message)
            await send(message)

        bearer = (b"authorization", f"Bearer {self.tokens[role]}".encode())
        headers = [bearer, *(pair for pair in scope["headers"] if pair[0] != b"authorization")]
        await self.app({**scope, "headers": headers}, listen, speak)
        self.heard.append(_told(role, str(operation.operation_id), asked, said))

    def _operation(self, scope: Any) -> HTTPRouteHandler | None:
        path, method = scope["path"].removeprefix(BEFORE), scope["method"]
        return next(
            (each for door, each in self._doors if method in each.http_methods and door.fullmatch(path)), None
        )


def in_turn(operation: HTTPRouteHandler, first: int) -> list[Role]:
    """All roles: one that may, one that may not, and so on; each operation begins with another one."""
    roles = [*Role][first % len(Role) :] + [*Role][: first % len(Role)]
    may = [role for role in roles if may_ask(role, operation)]
    others = [role for role in roles if role not in may]
    return [role for pair in zip_longest(may, others) for role in pair if role is not None]


def may_ask(role: Role, operation: HTTPRouteHandler) -> bool:
    """Whether the role has the right that the operation asks for, and sees what it shows."""
    scope, shown = operation.opt.get(SCOPE), operation.opt.get(SHOWS, frozenset())
    kinds = {shown} if isinstance(shown, DataClass) else shown
    return (scope is None or scope in PERMISSIONS[role]) and (not kinds or bool(kinds & SEES[role]))


def fields_of(document: Mapping[str, Any], operation: HTTPRouteHandler) -> frozenset[str]:
    """Names of all fields that the document promises of an answer."""
    paths = [document["paths"][re.sub(r":\w+\}", "}", BEFORE + path)] for path in operation.paths]
    found: set[str] = set()
    for each in paths:
        for described in each.values():
            if described["operationId"] == operation.operation_id:
                for media in described["responses"]["200"].get("content", {}).values():
                    _fields(document, media["schema"], found, set())
    return frozenset(found)


def _fields(document: Mapping[str, Any], shape: Any, found: set[str], seen: set[str]) -> None:
    if isinstance(shape, list):
        for part in shape:
            _fields(document, part, found, seen)
    elif isinstance(shape, dict):
        name = shape.get("$ref", "").rpartition("/")[2]
        if name and name not in seen:
            seen.add(name)
            _fields(document, document["components"]["schemas"][name], found, seen)
        found |= shape.get("properties", {}).keys()
        for part in shape.values():
            _fields(document, part, found, seen)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(_BLANK.sub("[^/]+", re.escape(path)))


def _told(role: Role, operation: str, asked: Sequence[bytes], said: Sequence[Any]) -> Told:
    head = "\n".join(f"{name.decode()}: {value.decode()}" for name, value in said[0]["headers"])
    body = b"".join(part.get("body", b"") for part in said[1:]).decode("utf-8", "replace")
    return Told(role, operation, said[0]["status"], b" ".join(asked).decode("utf-8", "replace"), head, body)


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for part in value.values():
            yield from _keys(part)
    elif isinstance(value, list):
        for part in value:
            yield from _keys(part)
