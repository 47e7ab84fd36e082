"""Every allocation with its chances and draws: filtered, taken away as a file, and what is noted beside them."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import BadInput, Refusal
from irt.reads.unblinded_allocations import (
    EVERYTHING,
    AllocationsPage,
    Wanted,
    allocations,
    every_allocation,
)
from irt.services.annotate_randomization import AnnotateRandomization, AnnotationKind, annotate_randomization
from web.blinded.desk import Desk, go
from web.forms import Fields
from web.unblinded.document_files import allocations_file
from web.unblinded.open_desk import open_desk_of
from web.unblinded.room import chosen_study, posted_study, room_page, suffix_in, take_away, write_down
from web.unblinded.secret_page import require_unblinded

_ADDRESS = "/randomization/allocations"


@dataclass(frozen=True)
class AllocationsView(UnblindedView):
    """A page of allocations, the filters it was asked with, and a note that was refused."""

    page: AllocationsPage
    wanted: Wanted
    command_key: str
    typed: dict[str, str] = field(default_factory=dict)
    refusal: str = ""
    noted: int | None = None

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """What a note may be."""
        return [(str(kind), str(kind).replace("_", " ").capitalize()) for kind in AnnotationKind]

    @property
    def next(self) -> str:
        """The following page under the same filters."""
        return (
            "" if self.page.next is None else f"{_ADDRESS}?{urlencode({**self.filters, 'before': self.page.next})}"
        )

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, as the address carries them."""
        words = {"site": self.wanted.site, "stratum": self.wanted.stratum, "arm": self.wanted.arm}
        return {name: word for name, word in words.items() if word} | (
            {"noted": "yes"} if self.wanted.noted else {}
        )

    @property
    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """What each filter offers."""
        plain = [(stratum, stratum.replace(";", ", ").replace("=", " ")) for stratum in self.page.strata]
        return {
            "site": [("", "All sites"), *((site, site) for site in self.page.sites)],
            "stratum": [("", "All strata"), *plain],
            "arm": [("", "All arms"), *self.page.arms],
            "noted": [("", "With and without notes"), ("yes", "With notes")],
        }


class AllocationPages(Controller):
    """The allocations of one study."""

    path = _ADDRESS
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self,
        desk: NamedDependency[Desk],
        before: FromQuery[int | None] = None,
        site: FromQuery[str] = "",
        stratum: FromQuery[str] = "",
        arm: FromQuery[str] = "",
        noted: FromQuery[str] = "",
        written: FromQuery[int | None] = None,
    ) -> Response[Any]:
        """The newest allocations, or those below a number."""
        study_id = chosen_study(desk)
        if study_id is None:
            return go("/switch")
        wanted = Wanted(site, stratum, arm, noted == "yes")
        return _page(desk, study_id, wanted, before, noted=written)

    @post("/annotate", sync_to_thread=True)
    def annotate(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Writes a note beside a randomization; nothing that was drawn changes."""
        study_id = posted_study(desk, data)
        require_unblinded(desk, Permission.ANNOTATE_RANDOMIZATION, study_id)
        try:
            ask = _annotation(study_id, data)
            desk.press(annotate_randomization, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(
                desk, study_id, EVERYTHING, None, refusal.status_code, typed=dict(data), refusal=refusal.sentence
            )
        return go(f"{_ADDRESS}?written={ask.assignment_number}")

    @post("/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Exactly the filtered allocations, in order of assignment."""
        study_id = posted_study(desk, data)
        suffix = suffix_in(data, "csv", "xlsx", "json")
        wanted = Wanted(
            data.get("site", ""), data.get("stratum", ""), data.get("arm", ""), data.get("noted") == "yes"
        )
        with desk.store.reading() as connection:
            lines = every_allocation(connection, study_id, wanted)
        return take_away(desk, study_id, allocations_file(lines, suffix))


def _annotation(study_id: int, data: dict[str, str]) -> AnnotateRandomization:
    """The note as typed; BadInput in words where something is missing."""
    if data.get("kind", "") not in set(AnnotationKind):
        raise BadInput("Say what kind of note it is. Nothing was written.")
    if len(data.get("text", "").strip()) < 3:
        raise BadInput("Write the note. Nothing was written.")
    number = data.get("number", "")
    levels = {name.removeprefix("factor-"): level for name, level in data.items() if name.startswith("factor-")}
    return AnnotateRandomization(
        study_id=study_id,
        assignment_number=max(int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0, 1),
        kind=AnnotationKind(data["kind"]),
        text=data["text"].strip()[:2000],
        corrected_levels={factor: level for factor, level in levels.items() if level},
    )


def _page(
    desk: Desk, study_id: int, wanted: Wanted, before: int | None, status_code: int = 200, **shown: Any
) -> Response[Any]:
    with desk.store.reading() as connection:
        page = allocations(connection, study_id, before, wanted)
    write_down(desk, study_id, "allocations", len(page.allocations))
    view = AllocationsView(page, wanted, desk.key(), **shown)
    return room_page(desk, "allocations.html", view, "Allocations", study_id, status_code)
