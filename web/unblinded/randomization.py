"""The statistician's allocations: read, balanced and derived again. Every reading is written down."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.enrolment.verify_allocations import VerifyAllocations, verify_allocations
from irt.errors import BadInput, Refusal
from irt.reads.unblinded_allocations import AllocationsPage, allocations
from irt.services.annotate_randomization import AnnotateRandomization, AnnotationKind, annotate_randomization
from irt.services.log_reading import LogReading, log_reading
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import study_of
from web.forms import Fields
from web.unblinded.secret_page import require_unblinded, secret_page

_TITLE = "Randomization"
_TEMPLATE = "randomization/allocations.html"


@dataclass(frozen=True)
class AllocationsView(UnblindedView):
    """A page of allocations, and the last proof made from this page."""

    page: AllocationsPage
    command_key: str
    next: str
    verified: int | None = None
    same: int | None = None
    first_difference: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""
    noted: int | None = None

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """What a note may be."""
        return [(str(kind), str(kind).replace("_", " ").capitalize()) for kind in AnnotationKind]


class RandomizationPages(Controller):
    """Live allocations of one study."""

    path = "/randomization"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        before: FromQuery[int | None] = None,
        noted: FromQuery[int | None] = None,
    ) -> Response[Any]:
        """The newest allocations, or those below a number."""
        study_id = study_of(desk, Permission.VIEW_RANDOMIZATION)
        if study_id is None:
            return go("/switch")
        require_unblinded(desk, Permission.VIEW_RANDOMIZATION, study_id)
        return secret_page(desk, _TEMPLATE, _read(desk, study_id, before, noted=noted), _TITLE, _TITLE, study_id)

    @post("/annotate", sync_to_thread=True)
    def annotate(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Writes a note beside a randomization; nothing that was drawn changes."""
        study_id = _study(data)
        require_unblinded(desk, Permission.ANNOTATE_RANDOMIZATION, study_id)
        try:
            ask = _annotation(study_id, data)
            desk.press(annotate_randomization, ask, data.get("command_key", ""))
        except Refusal as refusal:
            view = _read(desk, study_id, None, typed=dict(data), refusal=refusal.sentence)
            return secret_page(desk, _TEMPLATE, view, _TITLE, _TITLE, study_id, refusal.status_code)
        return go(f"/randomization?noted={ask.assignment_number}")

    @post("/verify", status_code=200, sync_to_thread=True)
    def verify(self, desk: NamedDependency[Desk], data: Fields) -> Response[str]:
        """Derives every allocation again and says how many came out the same."""
        study_id = _study(data)
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
        return secret_page(desk, _TEMPLATE, view, _TITLE, _TITLE, study_id)


def _study(data: dict[str, str]) -> int:
    return _number(data.get("study", ""))


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _annotation(study_id: int, data: dict[str, str]) -> AnnotateRandomization:
    """The note as typed; BadInput in words where something is missing."""
    if data.get("kind", "") not in set(AnnotationKind):
        raise BadInput("Say what kind of note it is. Nothing was written.")
    if len(data.get("text", "").strip()) < 3:
        raise BadInput("Write the note. Nothing was written.")
    levels = {name.removeprefix("factor-"): level for name, level in data.items() if name.startswith("factor-")}
    return AnnotateRandomization(
        study_id=study_id,
        assignment_number=max(_number(data.get("number", "")), 1),
        kind=AnnotationKind(data["kind"]),
        text=data["text"].strip()[:2000],
        corrected_levels={factor: level for factor, level in levels.items() if level},
    )


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
