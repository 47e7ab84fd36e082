"""The statistician's allocations: read, balanced and derived again. Every reading is written down."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.enrolment.verify_allocations import VerifyAllocations, verify_allocations
from irt.reads.unblinded_allocations import AllocationsPage, allocations
from irt.services.log_reading import LogReading, log_reading
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import study_of
from web.forms import Fields
from web.unblinded.secret_page import require_unblinded, secret_page

_TITLE = "Randomization"


@dataclass(frozen=True)
class AllocationsView(UnblindedView):
    """A page of allocations, and the last proof made from this page."""

    page: AllocationsPage
    command_key: str
    next: str
    verified: int | None = None
    same: int | None = None
    first_difference: str = ""


class RandomizationPages(Controller):
    """Live allocations of one study."""

    path = "/randomization"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], before: FromQuery[int | None] = None) -> Response[Any]:
        """The newest allocations, or those below a number."""
        study_id = study_of(desk, Permission.VIEW_RANDOMIZATION)
        if study_id is None:
            return go("/switch")
        require_unblinded(desk, Permission.VIEW_RANDOMIZATION, study_id)
        return secret_page(
            desk, "randomization/allocations.html", _read(desk, study_id, before), _TITLE, _TITLE, study_id
        )

    @post("/verify", status_code=200, sync_to_thread=True)
    def verify(self, desk: NamedDependency[Desk], data: Fields) -> Response[str]:
        """Derives every allocation again and says how many came out the same."""
        typed = data.get("study", "")
        study_id = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
        require_unblinded(desk, Permission.VIEW_RANDOMIZATION, study_id)
        found = desk.press(verify_allocations, VerifyAllocations(study_id=study_id), data.get("command_key", ""))
        view = _read(
            desk,
            study_id,
            None,
            verified=found.allocations,
            same=found.same,
            first_difference=found.first_difference or "",
        )
        return secret_page(desk, "randomization/allocations.html", view, _TITLE, _TITLE, study_id)


def _read(desk: Desk, study_id: int, before: int | None, **proof: Any) -> AllocationsView:
    with desk.store.reading() as connection:
        page = allocations(connection, study_id, before)
    ask = LogReading(
        study_id=study_id,
        what="allocations",
        permission=Permission.VIEW_RANDOMIZATION,
        rows=len(page.allocations),
    )
    desk.press(log_reading, ask, desk.key())
    return AllocationsView(
        page, desk.key(), f"/randomization?before={page.next}" if page.next is not None else "", **proof
    )
