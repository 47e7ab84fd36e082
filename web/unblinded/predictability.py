"""How well the sequence can be guessed: so far, and after what became known on each path of unblinding."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from irt.blinding.unblinding import Path
from irt.blinding.views import UnblindedView
from irt.errors import Refusal
from irt.randomization.bench_work import BenchKind
from irt.reads.unblinded_bench import PaperLine, papers
from irt.reads.unblinded_known_arms import USUAL, known_arms, known_on
from irt.reads.unblinded_live import LivePage, live
from irt.services.bench import start_bench_work
from web.blinded.desk import Desk, go
from web.forms import Fields
from web.unblinded.bench_questions import guesses
from web.unblinded.open_desk import open_desk_of
from web.unblinded.room import chosen_study, posted_study, room_page, write_down

WORDS = {
    Path.EMERGENCY: "Code breaks",
    Path.SAFETY: "Safety cases",
    Path.ACCIDENT: "Accidents",
    Path.PHARMACIST: "Pharmacist",
    Path.PLANNED: "Planned lists",
}


@dataclass(frozen=True)
class PredictabilityView(UnblindedView):
    """What guessers had right, whose arms became known on which path, and what was worked out from that before."""

    page: LivePage
    known: tuple[tuple[Path, tuple[int, ...]], ...]
    papers: tuple[PaperLine, ...]
    command_key: str
    also: str = ""
    refusal: str = ""
    usual: tuple[Path, ...] = USUAL

    @property
    def known_words(self) -> tuple[tuple[str, str], ...]:
        """Path and numbers, as the page lists them."""
        return tuple((WORDS[path], ", ".join(map(str, numbers[:12])) or "none") for path, numbers in self.known)

    @property
    def told(self) -> tuple[int, ...]:
        """Known on any of the usual paths."""
        return tuple(known_on(dict(self.known)))


class PredictabilityPages(Controller):
    """Guesses in one study."""

    path = "/randomization/predictability"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """Guesses so far, and the form that asks what code breaks tell."""
        study_id = chosen_study(desk)
        return go("/switch") if study_id is None else _page(desk, study_id)

    @post("/ask", sync_to_thread=True)
    def ask(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Asks what a blinded reader could guess, who knows the broken codes and those named besides."""
        study_id = posted_study(desk, data)
        try:
            with desk.store.reading() as connection:
                ask = guesses(connection, study_id, _also(data), _paths(data))
            started = desk.press(start_bench_work, ask, data.get("command_key", ""))
        except Refusal as refusal:
            shown = {"also": data.get("also", ""), "refusal": refusal.sentence}
            return _page(desk, study_id, refusal.status_code, **shown)
        return go(f"/jobs/{started.job_id}")


def _also(typed: dict[str, str]) -> list[int]:
    """The randomizations supposed known besides; what is no number counts as 0, which none has."""
    parts = [part.strip() for part in typed.get("also", "").split(",") if part.strip()]
    return [int(part) if part.isascii() and part.isdigit() and len(part) < 10 else 0 for part in parts]


def _paths(typed: dict[str, str]) -> list[Path]:
    """The usual paths, and those that were ticked besides."""
    return [path for path in Path if path in USUAL or typed.get(f"path-{path}")]


def _page(desk: Desk, study_id: int, status_code: int = 200, **shown: Any) -> Response[Any]:
    with desk.store.reading() as connection:
        page = live(connection, study_id)
        known = tuple(known_arms(connection, study_id).items())
        lines = tuple(line for line in papers(connection, study_id) if line.kind == BenchKind.GUESSES)
    write_down(desk, study_id, "predictability", page.total)
    view = PredictabilityView(page, known, lines, desk.key(), **shown)
    return room_page(desk, "predictability.html", view, "Predictability", study_id, status_code)
