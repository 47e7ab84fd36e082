"""The statistician signs for the first live allocations, which are derived again in the same request."""

from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.enrolment.rederive import rederive
from irt.errors import Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.secret import TreatmentAssignment
from irt.tables.study import Study
from irt.tables.subject import Randomization


class CheckFirstAllocations(SQLModel):
    """How many of the first allocations are signed for."""

    study_id: int
    allocations: int = Field(ge=1, le=10_000)
    signing: Signing = Field(exclude=True)


class FirstAllocationsChecked(SQLModel):
    """How many allocations the signature stands for, and the signature."""

    study_id: int
    allocations: int
    signature_id: int


class TooFewAllocations(Refusal):
    """More allocations are to be signed for than there are."""

    def __init__(self, there: int) -> None:
        super().__init__(f"There are {there} allocations so far. Nothing was signed. Sign for no more than that.")


class AllocationsDiffer(Refusal):
    """An allocation does not come out as it is stored."""

    def __init__(self) -> None:
        super().__init__(
            "Not every allocation came out as it is stored. Nothing was signed. "
            "Stop enrolment and call the sponsor's statistician."
        )


RECORD_KIND = "first allocations"
_R, _T, _STUDIES = table_of(Randomization), table_of(TreatmentAssignment), table_of(Study)
_FIRST = (
    select(_R.c.assignment_number, _R.c.number, _R.c.levels, _T.c.arm, _T.c.probabilities, _T.c.draws)
    .join(_T, _T.c.randomization_id == _R.c.id)
    .where(_R.c.study_id == bindparam("study_id"))
    .order_by(_R.c.assignment_number)
    .limit(bindparam("allocations"))
)
_PROTOCOL = select(_STUDIES.c.protocol).where(_STUDIES.c.id == bindparam("study_id"))


def check_first_allocations(work: Work, ask: CheckFirstAllocations) -> FirstAllocationsChecked:
    """Derives every allocation again and signs for the first ones; nothing is signed where any differs."""
    grant = work.actor.require(Permission.FREEZE_RANDOMIZATION, ask.study_id)
    found = rederive(work, ask.study_id)
    if found.allocations < ask.allocations:
        raise TooFewAllocations(found.allocations)
    if found.same != found.allocations:
        raise AllocationsDiffer
    protocol = work.one("study", _PROTOCOL, study_id=ask.study_id)["protocol"]
    content = {"allocations": _first(work, ask)}
    record = f"{protocol}, 1 to {ask.allocations}"
    signable = Signable(Meaning.CHECK_ALLOCATIONS, RECORD_KIND, record, content, ask.study_id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    work.audit(
        AuditDraft(
            act="first_allocations_checked",
            record_kind="study",
            record=protocol,
            study_id=ask.study_id,
            new={"allocations": ask.allocations, "signature": signature_id},
        )
    )
    return FirstAllocationsChecked(study_id=ask.study_id, allocations=ask.allocations, signature_id=signature_id)


def _first(work: Work, ask: CheckFirstAllocations) -> list[dict[str, Any]]:
    rows = work.rows(_FIRST, study_id=ask.study_id, allocations=ask.allocations)
    return [dict(row) for row in rows]
