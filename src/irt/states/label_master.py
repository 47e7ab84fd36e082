"""A version of a label master: written, drawn as a proof, approved by another person, and one day superseded."""

from enum import StrEnum


class LabelMasterStatus(StrEnum):
    """Where a version stands. Its text never changes."""

    DRAFT = "draft"
    PROOF = "proof"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class LabelMasterEvent(StrEnum):
    """What happens to a version."""

    WRITE = "write"
    PROOF = "proof"
    APPROVE = "approve"
    REJECT = "reject"
    SUPERSEDE = "supersede"


_S, _E = LabelMasterStatus, LabelMasterEvent

LABEL_MASTER: dict[tuple[LabelMasterStatus, LabelMasterEvent], LabelMasterStatus] = {
    (_S.DRAFT, _E.PROOF): _S.PROOF,
    (_S.PROOF, _E.APPROVE): _S.APPROVED,
    (_S.PROOF, _E.REJECT): _S.REJECTED,
    # A later version that is written puts away what nobody approved; one that is approved, what was.
    **{(s, _E.SUPERSEDE): _S.SUPERSEDED for s in (_S.DRAFT, _S.PROOF, _S.APPROVED)},
}
