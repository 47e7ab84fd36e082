"""Advice beside plans, for the people who may know kit types: what was asked, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select

from irt.blinding.views import UnblindedView
from irt.errors import NotFound
from irt.states.plan import AdviceKind
from irt.states.records import JobStatus
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.record import Job
from irt.tables.secret import SupplyAdvice

ADVICE_MAX = 50


@dataclass(frozen=True)
class AdviceLine(UnblindedView):
    """One question in a list, with the state of its job."""

    number: int
    plan: int
    kind: AdviceKind
    title: str
    person: str
    at: datetime
    status: JobStatus
    job_id: int


@dataclass(frozen=True)
class Advice(UnblindedView):
    """One question and, where it is finished, its answer."""

    line: AdviceLine
    asked: Mapping[str, Any]
    result: Mapping[str, Any] | None

    @property
    def refusal(self) -> str:
        """Why there is no answer; empty where there is one, or none yet."""
        return str((self.result or {}).get("refusal", ""))


_ADVICE, _JOBS, _ACCOUNTS = table_of(SupplyAdvice), table_of(Job), table_of(Account)
_OF_STUDY = (
    select(_ADVICE, _JOBS.c.status, _ACCOUNTS.c.printed_name)
    .join(_JOBS, _JOBS.c.id == _ADVICE.c.job_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _ADVICE.c.account_id)
    .where(_ADVICE.c.study_id == bindparam("study_id"))
)
_NEWEST = _OF_STUDY.order_by(_ADVICE.c.number.desc()).limit(ADVICE_MAX)
_ONE = _OF_STUDY.where(_ADVICE.c.number == bindparam("number"))


def advice_lines(connection: Connection, study_id: int) -> tuple[AdviceLine, ...]:
    """The fifty newest of a study, by whomever and beside whichever plan."""
    return tuple(map(_line, connection.execute(_NEWEST, {"study_id": study_id}).mappings()))


def advice_of(connection: Connection, study_id: int, number: int) -> Advice:
    """One question; NotFound where the study has none of that number."""
    row = connection.execute(_ONE, {"study_id": study_id, "number": number}).mappings().first()
    if row is None:
        raise NotFound(f"This study has no advice {number}. Look at the list.")
    return Advice(_line(row), row["asked"], row["result"])


def _line(row: RowMapping) -> AdviceLine:
    names = ("number", "plan", "title", "at", "job_id")
    return AdviceLine(
        **{name: row[name] for name in names},
        kind=AdviceKind(row["kind"]),
        person=row["printed_name"],
        status=JobStatus(row["status"]),
    )
