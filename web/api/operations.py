"""How an operation of the API is made: a service and its documentation; a question and its documentation."""

import re
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, cast

from litestar import get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.params import HeaderParameter, JSONBody, PathParameter, QueryParameter
from sqlalchemy import Connection

from irt.blinding.actor import Actor
from irt.blinding.roles import DataClass, Permission
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.services.work import Work
from irt.supply.planner import ResupplyPlanner
from irt.supply.resupply import MinMax
from web.api.gate import SCOPE, SHOWS, Shown
from web.api.limits import NUMBER_MAX, refuse_unholdable
from web.api.problems import Problem
from web.downloads import MEDIA_TYPES

BEARER = "token"
EXAMPLE = "request_example"
PAGE_MAX = 200

Service = Callable[[Work, Any], Any]
Caller = NamedDependency[Actor]
Records = NamedDependency[Store]
Now = NamedDependency[datetime]
Planner = NamedDependency[Any]
"""A ResupplyPlanner; a Protocol cannot be checked while the program runs."""
Key = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=8,
        max_length=100,
        pattern="^[A-Za-z0-9._:-]{8,100}$",
        description="Fresh for each command, the same for each retry: a second call gives the first answer.",
    ),
]
StudyId = Annotated[int, PathParameter(ge=1, le=NUMBER_MAX, description="The study's id, from its list.")]
JobId = Annotated[int, PathParameter(ge=1, le=NUMBER_MAX, description="The job's number, as its start told.")]
ApprovalId = Annotated[int, PathParameter(ge=1, le=NUMBER_MAX, description="The approval's number.")]
PaperId = Annotated[int, PathParameter(ge=1, le=NUMBER_MAX, description="The paper's number, as its start told.")]
Number = Annotated[
    str, PathParameter(pattern="^[A-Za-z0-9._-]{1,64}$", description="A number as it is printed, as 1014-0037.")
]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MAX, description="How many entries at most.")]
After = Annotated[
    str,
    QueryParameter(pattern="^[A-Za-z0-9._-]{0,64}$", description="Where the earlier page ended: its `next`."),
]
AfterId = Annotated[
    int, QueryParameter(ge=0, le=NUMBER_MAX, description="Where the earlier page ended: its `next`.")
]

_PROBLEMS = {
    400: "The request is not valid; `fields` names what is wrong.",
    401: "No token, or one that does not work.",
    403: "The token's scopes or its owner's roles do not include this.",
    404: "There is no such record, or none that this token may see.",
    409: "Refused by a rule of the trial; `name` says by which.",
    413: "The request is too large.",
    429: "Too many requests; `Retry-After` says when to try again.",
    500: "A fault; nothing was booked.",
}
_READING = (400, 401, 403, 404, 429, 500)
_FILE = "The file; its name stands in the header Content-Disposition."
_JSON_FILE = {200: ResponseSpec(dict[str, Any], description=_FILE, generate_examples=False)}
"""Else the document would call such a file a text, for its handler gives bytes."""


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """How the answers to refused requests are documented."""
    return {
        status: ResponseSpec(Problem, description=_PROBLEMS[status], generate_examples=False) for status in statuses
    }


def stern(shape: Any) -> Any:
    """The body of that shape, in which a field it does not know is refused rather than passed over."""
    kind, body = type(shape), cast("Any", JSONBody)
    said = {"__module__": shape.__module__, "__doc__": shape.__doc__, "model_config": {"extra": "forbid"}}
    return body[kind(shape.__name__, (shape,), said)]


def command(
    path: str,
    service: Service,
    scope: Permission | None,
    summary: str,
    example: dict[str, Any],
    answered: Callable[[Any], Any] | None = None,
    **options: Any,
) -> HTTPRouteHandler:
    """The operation that carries out one service, once for each key; `answered` gives the answer another shape."""

    def carry_out(data: Any, key: Key, caller: Caller, store: Records, now: Now) -> Any:
        refuse_unholdable(data)
        receipt = perform(store, caller, now, service, data, key)
        return receipt if answered is None else answered(receipt)

    answer = (service if answered is None else answered).__annotations__["return"]
    return pressed(path, carry_out, service, scope, summary, example, answer, **options)


def unblinded_command(
    path: str,
    service: Service,
    scope: Permission,
    summary: str,
    example: dict[str, Any],
    answered: Callable[[Any], Any] | None = None,
) -> HTTPRouteHandler:
    """The same for what the statistician's room alone does: the gate refuses whose role shows no lists."""
    return command(path, service, scope, summary, example, answered, **{SHOWS: DataClass.LISTS})


def planned(
    path: str,
    service_with: Callable[[ResupplyPlanner], Service],
    run: Callable[..., Any],
    scope: Permission,
    summary: str,
    example: dict[str, Any],
) -> HTTPRouteHandler:
    """The operation that runs a service with the planner of the installation; nobody waits while it thinks."""

    def carry_out(data: Any, key: Key, caller: Caller, store: Records, now: Now, planner: Planner) -> Any:
        refuse_unholdable(data)
        return run(store, caller, now, planner, data, key)

    service = service_with(MinMax())  # for its name and shapes; requests bring the installation's planner
    return pressed(path, carry_out, service, scope, summary, example, service.__annotations__["return"])


def pressed(
    path: str,
    carry_out: Callable[..., Any],
    service: Callable[..., Any],
    scope: Permission | None,
    summary: str,
    example: dict[str, Any],
    answer: Any,
    **options: Any,
) -> HTTPRouteHandler:
    """A handler for a command whose types are those of its service."""
    carry_out.__annotations__ |= {"data": stern(service.__annotations__["ask"]), "return": answer}
    return post(
        path,
        operation_id=service.__name__,
        summary=summary,
        description=described(service, scope),
        response_description=described(answer, None),
        status_code=HTTPStatus.OK,
        responses=problems(*_PROBLEMS),
        security=[{BEARER: []}],
        opt={EXAMPLE: example, **options} if scope is None else {SCOPE: scope, EXAMPLE: example, **options},
        sync_to_thread=True,
    )(carry_out)


def asked_of_a_worker(
    path: str,
    question: Callable[[Connection, Any], Any],
    service: Callable[..., Any],
    scope: Permission,
    summary: str,
    example: dict[str, Any],
    **options: Any,
) -> HTTPRouteHandler:
    """A handler for a question that a job works out; who may ask is looked at before anything is read."""

    def ask_worker(data: Any, key: Key, caller: Caller, store: Records, now: Now) -> Any:
        refuse_unholdable(data)
        caller.require(scope, data.study_id)
        with store.reading() as connection:
            ask = question(connection, data)
        return perform(store, caller, now, service, ask, key)

    return pressed(
        path, ask_worker, question, scope, summary, example, service.__annotations__["return"], **options
    )


def question(
    path: str, scope: Permission | None, summary: str, **options: Any
) -> Callable[[Callable[..., Any]], HTTPRouteHandler]:
    """Decorates a function that reads something; its name is the operation's, its docstring the description."""

    def documented(read: Callable[..., Any]) -> HTTPRouteHandler:
        return get(
            path,
            operation_id=read.__name__,
            summary=summary,
            description=described(read, scope),
            response_description=described(read.__annotations__["return"], None),
            responses=problems(*_READING),
            security=[{BEARER: []}],
            opt=options if scope is None else {SCOPE: scope, **options},
            sync_to_thread=True,
        )(read)

    return documented


def unblinded_question(
    path: str, scope: Permission, shows: Shown, summary: str
) -> Callable[[Callable[..., Any]], HTTPRouteHandler]:
    """The same for what unblinded people alone may read: the gate refuses whose role does not show such data."""
    return question(path, scope, summary, **{SHOWS: shows})


def file_question(
    path: str,
    summary: str,
    scope: Permission = Permission.VIEW_RANDOMIZATION,
    shown: Shown | None = None,
) -> Callable[[Callable[..., Any]], HTTPRouteHandler]:
    """The same for a file to take away: the ending of the path tells its media type.

    Without a scope of its own it is the statistician's.
    """

    def documented(read: Callable[..., Any]) -> HTTPRouteHandler:
        data = DataClass.LISTS if scope is Permission.VIEW_RANDOMIZATION else shown
        shows = {} if data is None else {SHOWS: data}
        ending = path.rpartition(".")[2]
        return get(
            path,
            operation_id=read.__name__,
            summary=summary,
            description=described(read, scope),
            response_description=_FILE,
            media_type=MEDIA_TYPES[ending],
            responses=problems(*_READING, 409) | (_JSON_FILE if ending == "json" else {}),
            security=[{BEARER: []}],
            opt={SCOPE: scope, **shows},
            sync_to_thread=True,
        )(read)

    return documented


def described(act: Callable[..., Any], scope: Permission | None) -> str:
    """The docstring on one line, and the scope that a token needs."""
    said = re.sub(r"\s+", " ", act.__doc__ or "").strip()
    return said if scope is None else f"{said} Scope: `{scope}`."
