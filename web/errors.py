"""What goes wrong, in words: a refusal says its sentence, a fault says a reference and nothing of itself."""

import logging
from dataclasses import dataclass
from typing import Any

from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from irt.blinding.views import BlindedView
from irt.errors import Refusal
from irt.faults import new_reference
from web.frame import Frame, frame_for, outer_frame
from web.render import blinded_page
from web.session import NotSignedIn, sign_in_address

_LOG = logging.getLogger("irt.web")

_SENTENCES = {
    400: ("This request could not be read. Nothing was booked.", "Reload the page and try again."),
    403: (
        "This form is too old, or it came from another page. Nothing was booked.",
        "Go back, reload the page and try again.",
    ),
    404: ("There is no such page, or none you may see.", "Check the address, or start again from the first page."),
    405: ("This page cannot be used in this way. Nothing was booked.", "Start again from the first page."),
    413: ("This is too large to be taken. Nothing was booked.", "Send a smaller file."),
}
_FAULT = "We could not finish this. Nothing was booked."
_FAULT_NEXT = "Try again; a second try cannot book twice."


@dataclass(frozen=True)
class Stopped(BlindedView):
    """Why a page ends here, and what to do next."""

    title: str
    sentence: str
    next: str = ""
    reference: str = ""


def frame_of(request: Request[Any, Any, Any], title: str) -> Frame:
    """The frame for whoever asks, signed in or not."""
    who = request.state.get("who")
    return outer_frame(request, title) if who is None else frame_for(who, request, title)


def stopped_page(request: Request[Any, Any, Any], status_code: int, view: Stopped) -> Response[str]:
    """A page with one message; systems get the same words as JSON from their own room."""
    page = blinded_page("stopped.html", view, frame_of(request, view.title))
    return Response(page, status_code=status_code, media_type=MediaType.HTML)


def answer_refusal(request: Request[Any, Any, Any], refusal: Refusal) -> Response[str]:
    """A refusal that its page did not answer itself."""
    return stopped_page(request, refusal.status_code, Stopped("Not possible", refusal.sentence))


def answer_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[str]:
    """What the web itself refuses: no such page, an old form, too large a file."""
    if error.status_code >= 500:
        return answer_fault(request, error)
    sentence, following = _SENTENCES.get(error.status_code, _SENTENCES[400])
    return stopped_page(request, error.status_code, Stopped("Not possible", sentence, following))


def answer_fault(request: Request[Any, Any, Any], fault: Exception) -> Response[str]:
    """Anything unforeseen: the log gets the trace under the reference that the page shows."""
    reference = new_reference()
    _LOG.error("fault %s at %s", reference, request.scope.get("path_template", "-"), exc_info=fault)
    return stopped_page(request, 500, Stopped("Not finished", _FAULT, _FAULT_NEXT, reference))


def answer_stranger(request: Request[Any, Any, Any], _: NotSignedIn) -> Response[Any]:
    """To the sign-in page; a part of a page cannot show it, so the whole page goes there."""
    address = sign_in_address(request)
    if request.headers.get("hx-request") == "true":
        return Response("", status_code=200, headers={"HX-Redirect": address}, media_type=MediaType.HTML)
    return Redirect(address, status_code=303)
