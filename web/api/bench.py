"""The statistician's bench: designs assessed and compared, the study's own test, guesses; each a job."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field as Within
from sqlalchemy import Connection
from sqlmodel import Field, SQLModel

from irt.blinding.roles import DataClass, Permission
from irt.blinding.unblinding import Path
from irt.randomization.design import design_of
from irt.reads.unblinded_bench import PaperLine, paper, papers
from irt.reads.unblinded_known_arms import USUAL
from irt.services.bench import StartBenchWork, start_bench_work
from web.api.gate import SHOWS
from web.api.operations import (
    Caller,
    Now,
    PaperId,
    Records,
    StudyId,
    asked_of_a_worker,
    unblinded_question,
)
from web.api.readings import write_down
from web.unblinded.bench_questions import (
    COMPARED_MAX,
    KNOWN_MAX,
    STRATA_MAX,
    SUBJECTS_MAX,
    TRIALS_MAX,
    assessment,
    comparison,
    guesses,
    outcomes_test,
)

_VIEW = Permission.VIEW_RANDOMIZATION
_DESIGN = {"method": "big_stick", "arms": ["A", "B"], "params": {"mti": 3}}


class BenchQuestion(SQLModel):
    """What every question to the bench says; trials are simulated only where nothing exact is known."""

    study_id: int
    trials: int | None = Field(default=None, ge=2, le=TRIALS_MAX)


class AssessDesign(BenchQuestion):
    """A design as its file says it, for that many subjects; rates are each arm's chance of success."""

    design: dict[str, Any]
    subjects: int = Field(ge=1, le=SUBJECTS_MAX)
    rates: list[Annotated[float, Within(ge=0, le=1)]] | None = None


class CompareDesigns(BenchQuestion):
    """The usual designs for these arms side by side, and one's own where it is given."""

    arms: list[str]
    ratio: list[int] = []
    subjects: int = Field(ge=2, le=COMPARED_MAX)
    strata: int = Field(default=1, ge=1, le=STRATA_MAX)
    design: dict[str, Any] | None = None


class TestOutcomes(BenchQuestion):
    """Outcomes as the text of a CSV file with the columns subject and outcome, tested by the study's own law."""

    csv: str = Field(max_length=900_000)
    statistic: Literal["means", "ranks", "rates"] = "means"


class GuessAfterCodeBreaks(SQLModel):
    """Randomizations supposed known, by number, besides those that became known on these paths of unblinding."""

    study_id: int
    also: list[int] = Field(default=[], max_length=KNOWN_MAX)
    paths: list[Path] = Field(default=list(USUAL), max_length=len(Path), description="of unblinding, counted in")


@dataclass(frozen=True)
class BenchPaperShown:
    """One paper: what was asked of a design, and what came of it."""

    paper: PaperLine
    asked: dict[str, Any]
    answer: dict[str, Any] | None


@dataclass(frozen=True)
class BenchPapers:
    """Papers, newest first."""

    items: tuple[BenchPaperShown, ...]


def assess_design(connection: Connection, ask: AssessDesign) -> StartBenchWork:
    """Starts the operating characteristics of one design, exact where they can be."""
    return assessment(ask.study_id, design_of(ask.design), ask.subjects, ask.trials, ask.rates)


def compare_designs(connection: Connection, ask: CompareDesigns) -> StartBenchWork:
    """Starts the comparison of at least twelve designs on the plane of balance and randomness."""
    own = None if ask.design is None else design_of(ask.design)
    size = (ask.subjects, min(ask.strata, ask.subjects))
    return comparison(ask.study_id, ask.arms, ask.ratio, size, ask.trials, own)


def test_outcomes(connection: Connection, ask: TestOutcomes) -> StartBenchWork:
    """Starts the re-randomization test."""
    return outcomes_test(connection, ask.study_id, ask.csv, ask.statistic, ask.trials)


def guess_after_code_breaks(connection: Connection, ask: GuessAfterCodeBreaks) -> StartBenchWork:
    """Starts working out what a blinded reader could guess who knows these arms."""
    return guesses(connection, ask.study_id, ask.also, ask.paths)


@unblinded_question(
    "/studies/{study_id:int}/bench-papers", _VIEW, DataClass.LISTS, "The papers on the statistician's bench"
)
def list_bench_papers(study_id: StudyId, caller: Caller, store: Records, now: Now) -> BenchPapers:
    """The fifty newest, each with its question and its answer, null where it is not finished."""
    with store.reading() as connection:
        found = tuple(_shown(connection, study_id, line.id) for line in papers(connection, study_id))
    write_down(store, caller, now, study_id, "bench papers", len(found))
    return BenchPapers(found)


@unblinded_question(
    "/studies/{study_id:int}/bench-papers/{paper_id:int}",
    _VIEW,
    DataClass.LISTS,
    "One paper on the statistician's bench",
)
def show_bench_paper(
    study_id: StudyId, paper_id: PaperId, caller: Caller, store: Records, now: Now
) -> BenchPaperShown:
    """The question with its answer, null where the job is not finished."""
    with store.reading() as connection:
        found = _shown(connection, study_id, paper_id)
    write_down(store, caller, now, study_id, f"bench paper {paper_id}", 1)
    return found


def _shown(connection: Connection, study_id: int, paper_id: int) -> BenchPaperShown:
    found = paper(connection, study_id, paper_id)
    return BenchPaperShown(found.line, dict(found.asked), None if found.result is None else dict(found.result))


def _command(path: str, question: Callable[..., StartBenchWork], summary: str, example: dict[str, Any]) -> Any:
    shows = {SHOWS: DataClass.LISTS}
    return asked_of_a_worker(path, question, start_bench_work, _VIEW, summary, example, **shows)


OPERATIONS = (
    _command(
        "/bench/assess",
        assess_design,
        "Assess a design as a job",
        {"study_id": 1, "design": _DESIGN, "subjects": 200},
    ),
    _command(
        "/bench/compare",
        compare_designs,
        "Compare the usual designs as a job",
        {"study_id": 1, "arms": ["A", "B"], "ratio": [1, 1], "subjects": 100, "strata": 4},
    ),
    _command(
        "/bench/test",
        test_outcomes,
        "Test outcomes by the study's own randomization, as a job",
        {"study_id": 1, "csv": "subject,outcome\n1014-0037,12.5\n", "statistic": "means"},
    ),
    _command(
        "/bench/guess",
        guess_after_code_breaks,
        "Work out what code breaks tell, as a job",
        {"study_id": 1, "also": [3, 7]},
    ),
    list_bench_papers,
    show_bench_paper,
)
