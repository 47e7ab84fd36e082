"""Replacement subjects: somebody takes the place of a subject who ended treatment, linked to it for ever."""

from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import bindparam, select

from irt.errors import BadInput, Refusal
from irt.randomization.scheme import Allocation, Procedure
from irt.services.subjects import LockedSubject
from irt.services.work import Work
from irt.states.subject import ON_STUDY_TREATMENT
from irt.tables.columns import table_of
from irt.tables.secret import TreatmentAssignment
from irt.tables.subject import Randomization, Subject


class Replaced(NamedTuple):
    """The randomization whose place is taken."""

    randomization_id: int
    assignment_number: int
    subject: str
    arm: str


class CannotBeReplaced(Refusal):
    """The other subject's place is not free."""


_SUBJECTS, _R, _T = table_of(Subject), table_of(Randomization), table_of(TreatmentAssignment)
_EARLIER = (
    select(_R.c.id, _R.c.assignment_number, _SUBJECTS.c.status, _T.c.arm)
    .join(_SUBJECTS, _SUBJECTS.c.id == _R.c.subject_id)
    .join(_T, _T.c.randomization_id == _R.c.id)
    .where(
        _SUBJECTS.c.study_id == bindparam("study_id"),
        _SUBJECTS.c.site_id == bindparam("site_id"),
        _SUBJECTS.c.number == bindparam("number"),
    )
)
_TAKEN = select(_R.c.id).where(_R.c.replaces_id == bindparam("randomization_id"))


def replaced_by(work: Work, subject: LockedSubject, number: str | None, reason: str | None) -> Replaced | None:
    """Whose place the subject takes, None where nobody's; a named refusal where it cannot be taken."""
    if number is None:
        return None
    if not subject.definition.conduct.replacement_subjects:
        raise BadInput("This study has no replacement subjects. Nothing was drawn. Leave the other subject out.")
    if not reason or not reason.strip():
        raise BadInput("Say why the subject is replaced. Nothing was drawn.")
    row = work.row(_EARLIER, study_id=subject.study_id, site_id=subject.site.id, number=number)
    if row is None:
        raise CannotBeReplaced(
            f"Subject {number} was not randomized at this site. Nothing was drawn. Check the number."
        )
    if row["status"] in ON_STUDY_TREATMENT:
        raise CannotBeReplaced(f"Subject {number} is still on treatment. Nothing was drawn. Record its end first.")
    if work.row(_TAKEN, randomization_id=row["id"]):
        raise CannotBeReplaced(f"Subject {number} is replaced already. Nothing was drawn.")
    return Replaced(row["id"], row["assignment_number"], number, row["arm"])


def same_arm(procedure: Procedure, arm: str) -> Allocation:
    """The arm of the subject replaced: nothing is drawn, and nobody is counted twice."""
    certain = tuple((each, Fraction(each == arm)) for each in procedure.arms)
    return Allocation(arm, certain, (), (), {}, {})
