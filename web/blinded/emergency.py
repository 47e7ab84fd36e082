"""The way to an emergency code break: which subject; it is open before the six-digit code too."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litestar import Controller, MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect

from irt.blinding.code_break import PRACTICE_PREFIX
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from web.frame import frame_for
from web.render import blinded_page
from web.session import Who

PRACTICE_MAX = 20
"""Sites offered to practise at; who works at more types the number."""


@dataclass(frozen=True)
class EmergencyView(BlindedView):
    """The question which subject it is about. `studies`: id and name of those where the person may ask.

    `practice`: site and address of each practice subject of a person who works at sites.
    """

    studies: tuple[tuple[str, str], ...]
    study: str
    subject: str
    practice: tuple[tuple[str, str], ...] = ()


class EmergencyPages(Controller):
    """The page that leads to one subject's code break."""

    path = "/code-break"

    @get("/", sync_to_thread=False)
    def show(
        self,
        request: Request[Any, Any, Any],
        emergency_who: NamedDependency[Who],
        study: FromQuery[str] = "",
        subject: FromQuery[str] = "",
    ) -> Response[Any]:
        """Asks for the subject, or goes on to its code break."""
        studies = _studies(emergency_who)
        if subject.strip() and study in dict(studies):
            address = f"/studies/{study}/subjects/{quote(subject.strip(), safe='')}/code-break"
            return Redirect(address, status_code=303)
        only = studies[0][0] if len(studies) == 1 else study
        frame = frame_for(emergency_who, request, "Emergency code break")
        page = blinded_page(
            "emergency/emergency.html", EmergencyView(studies, only, subject, _practice(emergency_who)), frame
        )
        return Response(page, media_type=MediaType.HTML)


def _studies(who: Who) -> tuple[tuple[str, str], ...]:
    return tuple(
        sorted(
            {
                (str(place.study_id), f"{place.study_name} ({place.protocol}, {place.mode})")
                for place in who.places
                if who.actor.grant_for(Permission.BREAK_CODE, place.study_id, place.site_id)
            }
        )
    )


def _practice(who: Who) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            f"{place.protocol}, site {place.site_number}",
            f"/studies/{place.study_id}/subjects/{PRACTICE_PREFIX}{quote(place.site_number, safe='')}/code-break",
        )
        for place in who.places
        if place.site_number and who.actor.grant_for(Permission.BREAK_CODE, place.study_id, place.site_id)
    )[:PRACTICE_MAX]
