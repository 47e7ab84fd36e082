"""Whose treatments a planned unblinding means: the whole study, cohorts by their order, or subjects by number."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import RowMapping, bindparam, select

from irt.blinding.unblinding import ScopeKind
from irt.errors import BadInput
from irt.services.audit_draft import AuditDraft
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.secret import TreatmentAssignment
from irt.tables.subject import Randomization, Subject
from irt.tables.unblinding import PlannedUnblinding, PlannedUnblindingDecision

_PLANS, _DECISIONS = table_of(PlannedUnblinding), table_of(PlannedUnblindingDecision)
_SUBJECTS, _RANDOMIZATIONS, _ARMS = table_of(Subject), table_of(Randomization), table_of(TreatmentAssignment)
NUMBERED = (
    select(_PLANS, _DECISIONS.c.granted)
    .outerjoin(_DECISIONS, _DECISIONS.c.unblinding_id == _PLANS.c.id)
    .where(_PLANS.c.study_id == bindparam("study_id"), _PLANS.c.number == bindparam("number"))
)
"""A plan and the word on it, null while it waits."""
_TREATED = (
    select(
        _SUBJECTS.c.number.label("subject"),
        _RANDOMIZATIONS.c.number,
        _RANDOMIZATIONS.c.stage,
        _RANDOMIZATIONS.c.on_day,
        _RANDOMIZATIONS.c.assignment_number,
        _RANDOMIZATIONS.c.version_number,
        _ARMS.c.arm,
    )
    .join(_RANDOMIZATIONS, _RANDOMIZATIONS.c.subject_id == _SUBJECTS.c.id)
    .join(_ARMS, _ARMS.c.randomization_id == _RANDOMIZATIONS.c.id)
    .where(_SUBJECTS.c.study_id == bindparam("study_id"))
    .order_by(_SUBJECTS.c.number, _RANDOMIZATIONS.c.stage)
)


def covered_by(work: Work, study_id: int, scope: Mapping[str, Any]) -> Sequence[RowMapping]:
    """The allocations that a scope means, by subject and stage; BadInput for a subject who has none."""
    rows, named = work.rows(_TREATED, study_id=study_id), set(scope["values"])
    if scope["kind"] == ScopeKind.STUDY:
        return rows
    if scope["kind"] == ScopeKind.COHORT:
        named = _members(work, study_id, rows, named)
    elif missing := sorted(named - {row["subject"] for row in rows}):
        raise BadInput(f"{missing[0]} is no randomized subject of this study. Nothing was booked.")
    return [row for row in rows if row["subject"] in named]


def _members(work: Work, study_id: int, rows: Sequence[RowMapping], codes: set[str]) -> set[str]:
    """Subjects of these cohorts, which are filled one after the other in the order of assignment."""
    order = sorted((row for row in rows if row["stage"] == 1), key=lambda row: row["assignment_number"])
    cohorts = definition_of(work, study_id, order[-1]["version_number"]).cohorts if order else ()
    if missing := sorted(codes - {cohort.code for cohort in cohorts}):
        raise BadInput(f"{missing[0]} is no cohort of this study. Nothing was booked.")
    members, start = set[str](), 0
    for cohort in cohorts:
        here = order[start : start + cohort.size]
        members |= {row["subject"] for row in here} if cohort.code in codes else set()
        start += cohort.size
    return members


def audit_plan(
    work: Work,
    study_id: int,
    number: str,
    act: str,
    new: Mapping[str, Any],
    reason: str = "",
    secret: Mapping[str, Any] | None = None,
) -> None:
    """One audit line about a planned unblinding."""
    draft = AuditDraft(act, "planned unblinding", number, study_id=study_id, new=dict(new), reason=reason or None)
    work.audit(replace(draft, secret=None if secret is None else dict(secret)))
