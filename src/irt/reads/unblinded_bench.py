"""The papers on the statistician's bench: what was asked of designs, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select

from irt.blinding.views import UnblindedView
from irt.errors import NotFound
from irt.states.records import JobStatus
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.record import Job
from irt.tables.secret import BenchPaper

PAPERS_MAX = 50


@dataclass(frozen=True)
class PaperLine(UnblindedView):
    """One paper in a list; `outcome` says in a few words what came of it."""

    id: int
    kind: str
    title: str
    person: str
    at: datetime
    status: JobStatus
    job_id: int
    outcome: str


@dataclass(frozen=True)
class Paper(UnblindedView):
    """One paper with its question and, where it is finished, its answer."""

    study_id: int
    line: PaperLine
    asked: Mapping[str, Any]
    result: Mapping[str, Any] | None


_PAPERS, _JOBS, _ACCOUNTS = table_of(BenchPaper), table_of(Job), table_of(Account)
_OF_STUDY = (
    select(_PAPERS, _JOBS.c.status, _ACCOUNTS.c.printed_name)
    .join(_JOBS, _JOBS.c.id == _PAPERS.c.job_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _PAPERS.c.account_id)
    .where(_PAPERS.c.study_id == bindparam("study_id"))
)
_NEWEST = _OF_STUDY.order_by(_PAPERS.c.id.desc()).limit(PAPERS_MAX)
_ONE = _OF_STUDY.where(_PAPERS.c.id == bindparam("paper_id"))


def papers(connection: Connection, study_id: int) -> tuple[PaperLine, ...]:
    """The fifty newest of a study, by whomever."""
    rows = connection.execute(_NEWEST, {"study_id": study_id}).mappings()
    return tuple(_line(row) for row in rows)


def paper(connection: Connection, study_id: int, paper_id: int) -> Paper:
    """One paper; NotFound where the study has none of that number."""
    row = connection.execute(_ONE, {"study_id": study_id, "paper_id": paper_id}).mappings().first()
    if row is None:
        raise NotFound("There is no such paper on the bench of this study. Look at the list.")
    return Paper(study_id, _line(row), row["asked"], row["result"])


def _line(row: RowMapping) -> PaperLine:
    return PaperLine(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        person=row["printed_name"],
        at=row["at"],
        status=JobStatus(row["status"]),
        job_id=row["job_id"],
        outcome=_outcome(row["kind"], row["result"]),
    )


def _outcome(kind: str, result: Mapping[str, Any] | None) -> str:
    if result is None:
        return ""
    if "refusal" in result:
        return str(result["refusal"])
    match kind:
        case "assessment":
            share = result["correct_guesses"]["directional"] / result["n"]
            largest = result["imbalance"]["expected_max_abs"]
            return f"largest lead {largest:.2f}, guessed {share:.1%}"
        case "comparison":
            return f"{len(result['designs'])} designs compared"
        case "test":
            return f"p = {result['p_value']:.4f}"
        case _:
            strata = len(result["strata"])
            return f"{strata} {'stratum' if strata == 1 else 'strata'} with a known arm"
