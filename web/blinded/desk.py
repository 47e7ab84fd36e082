"""The desk a person works at: one request of somebody signed in, with what every page of a site needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from litestar import MediaType, Request, Response
from litestar.di import NamedDependency
from litestar.response import Redirect
from sqlmodel import SQLModel

from irt.blinding.eyes import blinded_eyes
from irt.blinding.views import BlindedView
from irt.reads.blinded_people import Place, place_in
from irt.services.store import Store
from irt.services.work import Work
from web.frame import Frame, frame_for
from web.press import new_key, press
from web.render import blinded_fragment, blinded_page
from web.session import Who

Ask = TypeVar("Ask", bound=SQLModel)
Answer = TypeVar("Answer", bound=SQLModel)


@dataclass(frozen=True)
class Desk:
    """Who asks, when, and where answers are made."""

    request: Request[Any, Any, Any]
    who: Who
    store: Store
    now: datetime

    @property
    def wants_part(self) -> bool:
        """Whether the page asks for a part of itself."""
        return self.request.headers.get("hx-request") == "true"

    def key(self) -> str:
        """A fresh key for one rendered form."""
        return new_key(self.store)

    def press(self, service: Callable[[Work, Ask], Answer], ask: Ask, key: str) -> Answer:
        """Carries out a use case once."""
        return press(self.store, self.who, self.now, service, ask, key)

    def page(
        self,
        template: str,
        view: BlindedView,
        title: str,
        current: str = "",
        *,
        study_id: int | None = None,
        site_id: int | None = None,
        counts: dict[str, int] | None = None,
        status_code: int = 200,
    ) -> Response[str]:
        """A whole page; at the place it is about, else at the one chosen."""
        place = self._place(study_id, site_id)
        frame = frame_for(self.who, self.request, title, current, place=place, counts=counts)
        return _html(blinded_page(template, view, frame), status_code)

    def part(self, template: str, block: str, view: BlindedView, status_code: int = 200) -> Response[str]:
        """One named block of a page."""
        return _html(blinded_fragment(template, block, view, self._frame()), status_code)

    def _frame(self) -> Frame:
        return frame_for(self.who, self.request, "")

    def _place(self, study_id: int | None, site_id: int | None) -> Place | None:
        if study_id is None:
            return None
        with self.store.reading() as connection:
            return place_in(connection, self.who.actor, study_id, site_id)


def desk_of(
    request: Request[Any, Any, Any],
    who: NamedDependency[Who],
    store: NamedDependency[Store],
    now: NamedDependency[datetime],
) -> Desk:
    """The desk of one request; what it reads is behind the wall, whoever sits there."""
    return Desk(request, who, store.seen_with(blinded_eyes(who.actor)), now)


def go(address: str) -> Redirect:
    """On to another page after something was booked."""
    return Redirect(address, status_code=303)


def _html(text: str, status_code: int) -> Response[str]:
    return Response(text, status_code=status_code, media_type=MediaType.HTML)
