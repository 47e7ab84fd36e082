"""What goes wrong, told to another system: a name, a sentence, a reference, and which fields."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from pydantic import ValidationError

from irt.errors import NotFound, OutOfReach, Refusal
from irt.faults import new_reference
from web.api.rate import TooManyRequests

_LOG = logging.getLogger("irt.api")
_REFERENCE_LETTERS = 8
PATH = "/api"

_WORDS = {
    400: ("BadRequest", "The request could not be read. Nothing was booked. Compare it with the documentation."),
    404: ("NotFound", "There is no such record, or none that this token may see."),
    405: ("MethodNotAllowed", "This address does not answer this method. Nothing was booked."),
    413: ("TooLarge", "The request is too large. Nothing was booked."),
    415: ("NotJson", "The body must be JSON. Nothing was booked."),
}
_FAULT = (
    "Fault",
    "We could not finish this. Nothing was booked. A second try with the same key cannot book twice.",
)


@dataclass(frozen=True)
class FieldFault:
    """One part of the request, as a path with dots, and what is wrong with it."""

    field: str
    sentence: str


@dataclass(frozen=True)
class Problem:
    """Why a request was not carried out; nothing was booked. Support finds it by its reference."""

    name: str
    sentence: str
    reference: str
    fields: list[FieldFault] = field(default_factory=list)


class BadFields(Refusal):
    """Parts of the request hold values that no record can hold."""

    status_code = 400

    def __init__(self, fields: list[FieldFault]) -> None:
        super().__init__("Some fields are not valid. Nothing was booked.")
        self.fields = fields


class TokenRefused(Refusal):
    """No bearer token, or one that does not work (any more): the words do not say which."""

    status_code = 401

    def __init__(self) -> None:
        super().__init__("This request needs a valid API token. Nothing was booked. Ask its owner for a new one.")


def answer_refused(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Problem]:
    """A refusal in its own words; what is missing and what lies out of reach read the same."""
    if isinstance(refusal, NotFound | OutOfReach):
        return _problem(request, 404, *_WORDS[404])
    fields = refusal.fields if isinstance(refusal, BadFields) else []
    answer = _problem(request, refusal.status_code, refusal.name, refusal.sentence, fields)
    if isinstance(refusal, TokenRefused):
        answer.headers["WWW-Authenticate"] = 'Bearer realm="irt"'
    if isinstance(refusal, TooManyRequests):
        answer.headers["Retry-After"] = str(refusal.wait_seconds)
    return answer


def answer_unreadable(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """What the web itself refuses: no such address, a body that does not fit, too large a request."""
    fields, status = _fields(error.extra) or _missing(error.detail), error.status_code
    if status >= 500:
        fields, status = _taken_for_ours(error), 400
        if not fields:
            return answer_broken(request, error)
    name, sentence = _WORDS.get(status, _WORDS[400])
    if fields:
        name, sentence = "BadFields", "Some fields are not valid. Nothing was booked."
    answer = _problem(request, status, name, sentence, fields)
    answer.headers.update({key: value for key, value in (error.headers or {}).items() if key.lower() == "allow"})
    return answer


def answer_broken(request: Request[Any, Any, Any], fault: Exception) -> Response[Problem]:
    """Anything unforeseen: the log gets the trace under the reference, the answer gets nothing of it."""
    answer = _problem(request, 500, *_FAULT)
    _LOG.error("fault %s", answer.content.reference, exc_info=fault)
    return answer


Handler = Callable[[Request[Any, Any, Any], Any], Response[Any]]


def by_room(for_systems: Handler, for_people: Handler) -> Handler:
    """One answer below /api, another on the pages: addresses that lead nowhere belong to no router."""

    def answer(request: Request[Any, Any, Any], error: Any) -> Response[Any]:
        room = for_systems if request.url.path.startswith(f"{PATH}/") else for_people
        return room(request, error)

    return answer


def _problem(
    request: Request[Any, Any, Any], status: int, name: str, sentence: str, fields: list[FieldFault] | None = None
) -> Response[Problem]:
    reference = new_reference(_REFERENCE_LETTERS)
    _LOG.info("refused %s %s %s at %s", reference, status, name, request.scope.get("path_template", "-"))
    return Response(Problem(name, sentence, reference, fields or []), status_code=status, media_type=MediaType.JSON)


def _fields(extra: Any) -> list[FieldFault]:
    """The fields a validation names; the values sent are never repeated, they may be passwords."""
    if not isinstance(extra, list):
        return []
    found = [each for each in extra if isinstance(each, dict)]
    return [FieldFault(str(each.get("key") or "body"), _sentence(str(each.get("message", "")))) for each in found]


def _taken_for_ours(error: HTTPException) -> list[FieldFault]:
    """The bad fields of a body, where Litestar takes one for ours: it is named like what handlers are given."""
    found = error.__cause__ and error.__cause__.__cause__
    if not isinstance(found, ValidationError):
        return []
    return [FieldFault(".".join(map(str, each["loc"])), _sentence(each["msg"])) for each in found.errors()]


def _missing(detail: str) -> list[FieldFault]:
    """A header or parameter that is not there is told in the detail alone."""
    found = re.match(r"Missing required \w+ parameter '([\w-]+)'", detail)
    return [FieldFault(found.group(1), "missing")] if found else []


def _sentence(message: str) -> str:
    """A validator's words without what follows the first line or was quoted from the request."""
    plain = re.sub(r"'[^']*'|\"[^\"]*\"", "…", message.splitlines()[0] if message else "not valid")
    return plain[:200]
