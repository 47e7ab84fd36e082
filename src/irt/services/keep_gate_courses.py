"""Courses of a run that has its verdict: kept beside the record for plots, and no part of what is signed."""

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.errors import IntegrityFault
from irt.services.audit_draft import AuditDraft
from irt.services.gates import gate_numbered, require_may_gate, run_numbered
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.secret import GateCourses


class KeepGateCourses(SQLModel):
    """A scenario's courses, as Parquet."""

    study_id: int
    gate: int
    run: int
    scenario: str
    content: bytes = Field(exclude=True)


class GateCoursesKept(SQLModel):
    """The run; `kept` is false where such courses were there already."""

    gate: int
    run: int
    kept: bool


_COURSES = table_of(GateCourses)
_THERE = select(_COURSES.c.id).where(
    _COURSES.c.run_id == bindparam("run_id"), _COURSES.c.scenario == bindparam("scenario")
)


def keep_gate_courses(work: Work, ask: KeepGateCourses) -> GateCoursesKept:
    """Keeps what the first worker hands in; courses of a run without a verdict are a fault of the program."""
    study = lock_study(work, ask.study_id)
    require_may_gate(work, study)
    run = run_numbered(work, gate_numbered(work, study, ask.gate), ask.run)
    if run["verdict"] is None:
        raise IntegrityFault(f"run {ask.run} of gate {ask.gate} has no verdict that courses could stand beside")
    there = work.rows(_THERE, run_id=run["id"], scenario=ask.scenario)
    if not there:
        work.append(GateCourses, **study.owner, run_id=run["id"], scenario=ask.scenario, content=ask.content)
        told = {"run": ask.run}
        work.audit(
            AuditDraft(
                "gate_courses_kept",
                "go-live gate",
                str(ask.gate),
                study_id=study.id,
                new=told,
                secret={"scenario": ask.scenario},
            )
        )
    return GateCoursesKept(gate=ask.gate, run=ask.run, kept=not there)
