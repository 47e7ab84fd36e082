"""The statistician's proof: every allocation is drawn again from the sealed seed, and the result written down."""

from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.enrolment.rederive import rederive
from irt.services.audit_draft import AuditDraft
from irt.services.work import Work


class VerifyAllocations(SQLModel):
    """The study whose allocations are to be derived again."""

    study_id: int


class AllocationsVerified(SQLModel):
    """How many allocations there are, how many came out the same, and the first that did not."""

    allocations: int
    same: int
    first_difference: str | None


def verify_allocations(work: Work, ask: VerifyAllocations) -> AllocationsVerified:
    """Derives them all and notes the numbers; which allocation differs is told in the second chain alone."""
    work.actor.require(Permission.VIEW_RANDOMIZATION, ask.study_id)
    found = rederive(work, ask.study_id)
    work.audit(
        AuditDraft(
            "allocations_verified",
            "study",
            str(ask.study_id),
            study_id=ask.study_id,
            new={"allocations": found.allocations, "same": found.same},
            secret={"first_difference": found.first_difference},
        )
    )
    return AllocationsVerified(
        allocations=found.allocations, same=found.same, first_difference=found.first_difference
    )
