"""The bench: designs assessed and compared before a study, and the study's own test after it, as jobs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import Refusal
from irt.randomization.assessment.assess import DOSE_FINDING
from irt.randomization.catalogue import CATALOGUE
from irt.randomization.scores import STATISTICS
from irt.reads.unblinded_bench import PaperLine, paper, papers
from irt.reads.unblinded_definition import definition_in_force
from irt.services.bench import StartBenchWork, start_bench_work
from web.blinded.desk import Desk, go
from web.forms import Fields, Uploads, text_in, words_in
from web.unblinded.bench_questions import (
    COMPARED_MAX,
    STRATA_MAX,
    SUBJECTS_MAX,
    TRIALS_MAX,
    assessment,
    comparison,
    outcomes_test,
)
from web.unblinded.document_files import paper_file
from web.unblinded.open_desk import open_desk_of
from web.unblinded.paper_view import PaperView, view_of
from web.unblinded.room import chosen_study, posted_study, room_page, suffix_in, take_away, write_down
from web.unblinded.secret_page import require_unblinded
from web.unblinded.typed_design import (
    SETTING,
    arms_in,
    design_in,
    label_of,
    rates_in,
    ratio_in,
    settings_of,
    whole_between,
)

FIRST_METHOD = "permuted_block"


@dataclass(frozen=True)
class BenchView(UnblindedView):
    """The forms of the bench with what was typed, and the papers on it."""

    study_id: int
    study_arms: str
    study_ratio: str
    method: str
    papers: tuple[PaperLine, ...]
    command_key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    refusal: str = ""

    @property
    def methods(self) -> list[tuple[str, str]]:
        """Every method that has operating characteristics."""
        return [(name, name.replace("_", " ")) for name in CATALOGUE if name not in DOSE_FINDING]

    @property
    def settings(self) -> list[tuple[str, str, str]]:
        """The chosen method's settings: field, label and hint."""
        return [(SETTING + name, label_of(name), hint) for name, hint in settings_of(self.method)]

    @property
    def needs_factors(self) -> bool:
        """Whether the chosen method balances factors."""
        return CATALOGUE[self.method].factors

    @property
    def learns(self) -> bool:
        """Whether the chosen method learns from responses."""
        return self.method in {"play_the_winner", "doubly_adaptive", "thompson"}

    @property
    def statistics(self) -> list[tuple[str, str]]:
        """What the test may compare."""
        return [(name, name.capitalize()) for name in STATISTICS]


class DesignBenchPages(Controller):
    """The bench of one study."""

    path = "/randomization/designs"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], method: FromQuery[str] = FIRST_METHOD) -> Response[Any]:
        """The forms, the settings being those of the chosen method."""
        study_id = chosen_study(desk)
        if study_id is None:
            return go("/switch")
        return _page(desk, study_id, method=method if method in CATALOGUE else FIRST_METHOD)

    @post("/assess", sync_to_thread=True)
    def assess(self, desk: NamedDependency[Desk], data: Uploads) -> Response[Any]:
        """Asks for the operating characteristics of one design."""
        typed = words_in(data)
        study_id = posted_study(desk, typed)
        try:
            return _start(desk, _assessment(study_id, typed, text_in(data, "file")), typed)
        except Refusal as refusal:
            return _refused(desk, study_id, "assess", typed, refusal)

    @post("/compare", sync_to_thread=True)
    def compare(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """Asks for the usual designs side by side."""
        study_id = posted_study(desk, data)
        try:
            return _start(desk, _comparison(study_id, data), data)
        except Refusal as refusal:
            return _refused(desk, study_id, "compare", data, refusal)

    @post("/test", sync_to_thread=True)
    def test(self, desk: NamedDependency[Desk], data: Uploads) -> Response[Any]:
        """Asks for the re-randomization test of the outcomes handed in."""
        typed = words_in(data)
        study_id = posted_study(desk, typed)
        try:
            text = text_in(data, "outcomes_file") or typed.get("outcomes", "")
            return _start(desk, _test(desk, study_id, typed, text), typed)
        except Refusal as refusal:
            return _refused(desk, study_id, "test", typed, refusal)

    @get("/{paper_id:int}", sync_to_thread=True)
    def show_paper(self, desk: NamedDependency[Desk], paper_id: FromPath[int]) -> Response[Any]:
        """One question with its answer."""
        study_id = chosen_study(desk)
        if study_id is None:
            return go("/switch")
        view = _paper(desk, study_id, paper_id)
        write_down(desk, study_id, f"bench paper {paper_id}", 1)
        return room_page(desk, "paper.html", view, view.paper.line.title, study_id)

    @post("/{paper_id:int}/export", status_code=200, sync_to_thread=True)
    def export(self, desk: NamedDependency[Desk], paper_id: FromPath[int], data: Fields) -> Response[Any]:
        """Question and answer as JSON, or the picture as SVG."""
        study_id = posted_study(desk, data)
        suffix = suffix_in(data, "json", "svg")
        return take_away(desk, study_id, paper_file(_paper(desk, study_id, paper_id).paper, suffix))


def _assessment(study_id: int, typed: Mapping[str, str], file: str) -> StartBenchWork:
    subjects = whole_between(typed, "n", "The number of subjects", 1, SUBJECTS_MAX)
    return assessment(study_id, design_in(typed, file), subjects, _trials(typed), rates_in(typed))


def _comparison(study_id: int, typed: Mapping[str, str]) -> StartBenchWork:
    subjects = whole_between(typed, "n", "The number of subjects", 2, COMPARED_MAX)
    strata = whole_between(typed, "strata", "The number of strata", 1, min(STRATA_MAX, subjects))
    own = design_in(typed, "") if typed.get("method") else None
    return comparison(study_id, arms_in(typed), ratio_in(typed), (subjects, strata), _trials(typed), own)


def _test(desk: Desk, study_id: int, typed: Mapping[str, str], text: str) -> StartBenchWork:
    statistic = typed.get("statistic", "")
    statistic = statistic if statistic in STATISTICS else STATISTICS[0]
    with desk.store.reading() as connection:
        return outcomes_test(connection, study_id, text, statistic, _trials(typed))


def _trials(typed: Mapping[str, str]) -> int | None:
    if not typed.get("trials", "").strip():
        return None
    return whole_between(typed, "trials", "The number of simulated trials", 2, TRIALS_MAX)


def _start(desk: Desk, ask: StartBenchWork, typed: Mapping[str, str]) -> Response[Any]:
    started = desk.press(start_bench_work, ask, typed.get("command_key", ""))
    return go(f"/jobs/{started.job_id}")


def _refused(desk: Desk, study_id: int, refused: str, typed: Mapping[str, str], refusal: Refusal) -> Response[Any]:
    method = typed.get("method", "")
    shown = {"refused": refused, "refusal": refusal.sentence, "typed": typed}
    known = method if method in CATALOGUE else FIRST_METHOD
    return _page(desk, study_id, refusal.status_code, method=known, **shown)


def _page(desk: Desk, study_id: int, status_code: int = 200, **shown: Any) -> Response[Any]:
    with desk.store.reading() as connection:
        lines = papers(connection, study_id)
        arms = definition_in_force(connection, study_id).arms
    view = BenchView(
        study_id=study_id,
        study_arms=", ".join(arm.code for arm in arms),
        study_ratio=":".join(str(arm.ratio) for arm in arms),
        papers=lines,
        command_key=desk.key(),
        **shown,
    )
    return room_page(desk, "designs.html", view, "Designs", study_id, status_code)


def _paper(desk: Desk, study_id: int, paper_id: int) -> PaperView:
    require_unblinded(desk, Permission.VIEW_RANDOMIZATION, study_id)
    with desk.store.reading() as connection:
        return view_of(paper(connection, study_id, paper_id), desk.key())
