"""The room of other systems, as it joins the application: its operations by subject, its door, its refusals."""

from collections.abc import Sequence
from typing import Any

from litestar import Router, get
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.types import Guard

from irt.errors import Refusal
from web.api import (
    acceptance,
    activation,
    advice,
    approvals,
    bench,
    calendar,
    checklist,
    code_breaks,
    controlled,
    dashboard,
    delegation,
    dispensings,
    documents,
    dose_finding,
    enrolment,
    events,
    exports,
    go_live,
    history,
    homes,
    impact,
    invoices,
    jobs,
    kits,
    labels,
    leak_reports,
    life,
    messages,
    monitoring,
    network,
    notices,
    outage,
    people,
    plans,
    quality,
    randomization_lists,
    records,
    spent_kits,
    stock,
    studies,
    subjects,
    supply,
    twins,
    unblinded,
    unblinding,
)
from web.api.document import docs_page, health, openapi_document
from web.api.gate import find_caller, find_seen_store, gate
from web.api.limits import BODY_BYTES_MAX
from web.api.problems import PATH, answer_broken, answer_refused, answer_unreadable

_OPERATIONS: dict[str, Sequence[HTTPRouteHandler]] = {
    "studies": studies.OPERATIONS,
    "subjects": subjects.OPERATIONS,
    "dispensing": dispensings.OPERATIONS,
    "homes": homes.OPERATIONS,
    "stock": stock.OPERATIONS,
    "kits": (*kits.OPERATIONS, *spent_kits.OPERATIONS, *controlled.OPERATIONS),
    "labels": labels.OPERATIONS,
    "shipments": (*supply.OPERATIONS, *invoices.OPERATIONS, *events.OPERATIONS),
    "plans": (*plans.OPERATIONS, *advice.OPERATIONS),
    "gates": go_live.OPERATIONS,
    "activation": (
        *activation.OPERATIONS,
        *acceptance.OPERATIONS,
        *checklist.OPERATIONS,
        *leak_reports.OPERATIONS,
        *life.OPERATIONS,
        *dashboard.OPERATIONS,
        *monitoring.OPERATIONS,
    ),
    "twins": twins.OPERATIONS,
    "messages": messages.OPERATIONS,
    "network": (*network.OPERATIONS, *impact.OPERATIONS, *notices.OPERATIONS),
    "quality": quality.OPERATIONS,
    "outage": outage.OPERATIONS,
    "approvals": approvals.OPERATIONS,
    "people": (*people.OPERATIONS, *delegation.OPERATIONS),
    "enrolment": enrolment.OPERATIONS,
    "records": (*records.OPERATIONS, *exports.OPERATIONS),
    "work": (*history.OPERATIONS, *calendar.OPERATIONS),
    "jobs": jobs.OPERATIONS,
    "code breaks": code_breaks.OPERATIONS,
    "unblinding": unblinding.OPERATIONS,
    "unblinded": (*unblinded.OPERATIONS, *dose_finding.OPERATIONS),
    "randomization": (*randomization_lists.OPERATIONS, *bench.OPERATIONS, *documents.OPERATIONS),
}


def api_rooms() -> tuple[Router, Router]:
    """The API behind its gate, and its documentation before it."""
    return _room([gate]), Router(PATH, route_handlers=[docs_page, show_document])


@get("/v1/openapi.json", include_in_schema=False, sync_to_thread=True)
def show_document() -> dict[str, Any]:
    """The OpenAPI document."""
    return documented_api()


def documented_api() -> dict[str, Any]:
    """The document of every operation, as plain JSON values."""
    return openapi_document(_room)


def every_operation() -> list[HTTPRouteHandler]:
    """All operations that need a token."""
    return [operation for operations in _OPERATIONS.values() for operation in operations]


def _room(guards: Sequence[Guard] = ()) -> Router:
    shelves = [Router("/", route_handlers=handlers, tags=[tag]) for tag, handlers in _OPERATIONS.items()]
    return Router(
        f"{PATH}/v1",
        route_handlers=[health, *shelves],
        guards=list(guards),
        dependencies={
            "caller": Provide(find_caller, sync_to_thread=False),
            "store": Provide(find_seen_store, sync_to_thread=False),
        },
        exception_handlers={
            Refusal: answer_refused,
            HTTPException: answer_unreadable,
            Exception: answer_broken,
        },
        request_max_body_size=BODY_BYTES_MAX,
    )
