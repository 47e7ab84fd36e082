"""Changes that were tried on a live twin, for the people who may know kit types: the question and its answer."""

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
from irt.tables.secret import TwinRun

TWINS_MAX = 50


@dataclass(frozen=True)
class TriedChange(UnblindedView):
    """One change, with the state of its job and, where it is finished, its answer."""

    number: int
    person: str
    at: datetime
    status: JobStatus
    job_id: int
    asked: Mapping[str, Any]
    result: Mapping[str, Any] | None

    @property
    def refusal(self) -> str:
        """Why there is no answer; empty where there is one, or none yet."""
        return str((self.result or {}).get("refusal", ""))


_TWINS, _JOBS, _ACCOUNTS = table_of(TwinRun), table_of(Job), table_of(Account)
_OF_STUDY = (
    select(_TWINS, _JOBS.c.status, _ACCOUNTS.c.printed_name)
    .join(_JOBS, _JOBS.c.id == _TWINS.c.job_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _TWINS.c.account_id)
    .where(_TWINS.c.study_id == bindparam("study_id"))
)
_NEWEST = _OF_STUDY.order_by(_TWINS.c.number.desc()).limit(TWINS_MAX)
_ONE = _OF_STUDY.where(_TWINS.c.number == bindparam("number"))


def tried_changes(connection: Connection, study_id: int) -> tuple[TriedChange, ...]:
    """The fifty newest of a study, by whomever."""
    return tuple(map(_tried, connection.execute(_NEWEST, {"study_id": study_id}).mappings()))


def tried_change(connection: Connection, study_id: int, number: int) -> TriedChange:
    """One change; NotFound where the study has none of that number."""
    row = connection.execute(_ONE, {"study_id": study_id, "number": number}).mappings().first()
    if row is None:
        raise NotFound(f"This study has no live twin {number}. Look at the list.")
    return _tried(row)


def _tried(row: RowMapping) -> TriedChange:
    return TriedChange(
        **{name: row[name] for name in ("number", "at", "job_id", "asked", "result")},
        person=row["printed_name"],
        status=JobStatus(row["status"]),
    )
