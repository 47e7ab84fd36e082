"""The API's documentation: one OpenAPI document made from the operations, and a page that shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any, Literal

from litestar import Litestar, MediaType, Response, Router, get
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Tag
from litestar.serialization import decode_json, encode_json, get_serializer

from web.api.gate import OPEN
from web.api.limits import NUMBER_MAX, TEXT_MAX
from web.api.operations import BEARER, EXAMPLE, problems
from web.static_files import static_url

TAGS = {
    "studies": "Studies, sites and subjects to look at.",
    "subjects": "Screening, randomization, visits, status and dose.",
    "dispensing": "Orders, assignment, scans, hand-over, returns.",
    "homes": "Deliveries to subjects' homes: addresses, release, the carrier's steps.",
    "stock": "Kits at sites and shipments, to look at.",
    "kits": "Reports and counts of kits at sites.",
    "labels": "The words of labels, approved by another person, and labels put on and checked.",
    "shipments": "Sites opened and closed, resupply, and every step of a shipment.",
    "plans": "Shipment plans: asked for, watched, read, edited, approved under a signature and shipped.",
    "gates": "Go-live gates: agreed on, run, watched, compared, signed; and overrides for urgent safety.",
    "activation": "Approvals before sites open, the checklist of going live, issues, and the lock of a study.",
    "twins": "The live twin: a change tried on a running study, before two people decide on it.",
    "messages": "Messages of depots: sent in, fetched, acknowledged; and manifests.",
    "network": "Protocol versions, and sites, lanes, contacts and levels as operational data.",
    "quality": "Lots released, kits in quarantine decided, recalls and other holds, each under a signature.",
    "outage": "Packs for an outage, what was done on paper, and whether it adds up.",
    "approvals": "Study files and kit lists: checked, asked for, decided by a second person, loaded.",
    "people": "Accounts, roles, sessions and tokens, for administrators.",
    "records": "The time machine, reviews of the audit trail, incidents, reports, and sites' own copies.",
    "enrolment": "How a study and its sites enrol, in counts.",
    "work": "What waits to be done, and what was done.",
    "jobs": "Work that takes long: started, looked at, cancelled.",
    "code breaks": "The treatment of one subject, in an emergency.",
    "unblinding": "Practices, safety cases, accidents, planned lists, and the log of all paths.",
    "unblinded": "What is in kits, who got what, and stock by kit type, for unblinded roles alone.",
    "randomization": "Lists, the seed's custody, the bench and the documents of the independent statistician.",
    "health": "Whether the API answers.",
}
_UI = "vendor/swagger-ui-5.35.0"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""The page's maker writes style attributes; nothing else is let in, and only here."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API · IRT</title>
<link rel="icon" href="{mark}" type="image/svg+xml">
<link rel="stylesheet" href="{style}">
</head>
<body>
<main id="api" data-document="/api/v1/openapi.json"></main>
<script src="{bundle}"></script>
<script src="{start}"></script>
</body>
</html>
"""
_ABOUT = """Everything the pages do, for other systems.

**Tokens.** Every operation but `health` needs `Authorization: Bearer irt_…`. A token acts for the person who made
it, within its scopes and until it expires; sessions and cookies are never looked at.

**Commands.** Every command needs an `Idempotency-Key`: fresh for each command, the same for each retry. A retry
gives the first answer and books nothing twice; the same key with another body is refused, so are unknown fields.

**Refusals.** Every answer but 200 is `{name, sentence, reference, fields}`. The sentence is fit for a screen; quote
the reference to support. What does not exist and what a token may not see read the same.

**Lists.** At most `limit` entries come at once. `next` of one page is `after` of the following one.

**Blinding.** Only a code break and the operations for unblinded roles tell a treatment or what follows from one.
The latter refuse every token whose owner's role does not show such data, whatever its scopes. Each reading of
contents, treatments or allocations is written down."""


@cache
def openapi_document(make_room: Callable[[], Router]) -> dict[str, Any]:
    """The document as plain JSON values, made once from the operations themselves."""
    app = Litestar(
        route_handlers=[make_room()],
        # The application provides these; the document needs no more than their names.
        dependencies={name: Provide(lambda: None, sync_to_thread=False) for name in ("store", "now", "planner")},
        openapi_config=_config(),
        logging_config=None,
    )
    written = encode_json(app.openapi_schema.to_schema(), serializer=get_serializer())
    document: dict[str, Any] = decode_json(written)
    examples = _examples(app)
    asked: set[str] = set()
    for operation in (operation for path in document["paths"].values() for operation in path.values()):
        for body in operation.get("requestBody", {}).get("content", {}).values():
            body["example"] = examples[operation["operationId"]]
            shapes = document["components"]["schemas"]
            shapes[_name_of(body["schema"])]["additionalProperties"] = False
            asked |= _named_in(body["schema"], shapes)
    for name in asked:
        _state_limits(document["components"]["schemas"][name])
    return document


def _config() -> OpenAPIConfig:
    scheme = SecurityScheme(type="http", scheme="bearer", description="An API token, as irt_….")
    return OpenAPIConfig(
        title="IRT",
        version=version("irt"),
        description=_ABOUT,
        components=Components(security_schemes={BEARER: scheme}),
        tags=[Tag(name=name, description=words) for name, words in TAGS.items()],
    )


def _examples(app: Litestar) -> dict[str, Any]:
    handlers = (handler for route in app.routes for handler in getattr(route, "route_handlers", ()))
    return {
        handler.operation_id: handler.opt.get(EXAMPLE) for handler in handlers if hasattr(handler, "operation_id")
    }


def _named_in(node: Any, schemas: dict[str, Any]) -> set[str]:
    """Names of the shapes that a part of the document leads to."""
    if isinstance(node, list):
        return set().union(*(_named_in(each, schemas) for each in node))
    if not isinstance(node, dict):
        return set()
    if "$ref" not in node:
        return set().union(*(_named_in(each, schemas) for each in node.values()))
    name = _name_of(node)
    return {name} | _named_in(schemas[name], schemas)


def _name_of(reference: dict[str, str]) -> str:
    return reference["$ref"].rsplit("/", 1)[-1]


def _state_limits(node: Any) -> None:
    """Writes down what web.api.limits refuses, where the shape itself names no limit."""
    if isinstance(node, list):
        for each in node:
            _state_limits(each)
    if not isinstance(node, dict):
        return
    if node.get("type") == "string" and "enum" not in node and "format" not in node:
        node.setdefault("maxLength", TEXT_MAX)
    if node.get("type") == "integer":
        node.setdefault("maximum", NUMBER_MAX)
    for each in node.values():
        _state_limits(each)


@dataclass(frozen=True)
class Alive:
    """The answer of a process that answers."""

    status: Literal["ok"]


@get(
    "/health",
    operation_id="health",
    summary="Whether the API answers",
    description="Needs no token.",
    tags=["health"],
    responses=problems(500),
    opt={OPEN: True},
)
async def health() -> Alive:
    """Alive: this process answers."""
    return Alive("ok")


@get("/docs", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
def docs_page() -> Response[str]:
    """The documentation as a page, made in the browser from the document."""
    return Response(
        _PAGE.format(
            mark=static_url("mark.svg"),
            style=static_url(f"{_UI}/swagger-ui.css"),
            bundle=static_url(f"{_UI}/swagger-ui-bundle.js"),
            start=static_url("api_docs.js"),
        ),
        media_type=MediaType.HTML,
        headers={"content-security-policy": _POLICY},
    )
