"""Loading an approved list: from then on it is fixed, its root is published, and subjects take its positions."""

from sqlalchemy import RowMapping, bindparam, select
from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.blinding.two_persons import ApprovalKind
from irt.errors import Refusal
from irt.randomization.lists.frozen_list import FrozenList
from irt.randomization.lists.merkle import merkle_root
from irt.randomization.lists.read_list import read_list
from irt.services.approvals import salted
from irt.services.audit_draft import AuditDraft
from irt.services.randomization_lists import LISTS_LOADED, LOCK_STUDY, list_name, require_sound
from irt.services.studies import seed_of
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.record import Approval
from irt.tables.secret import ApprovalMatter, ListEntry, RandomizationList


class LoadRandomizationList(SQLModel):
    """The approval of the list; what was approved is what is loaded."""

    study_id: int
    approval_id: int


class RandomizationListLoaded(SQLModel):
    """The so-maniest list of the study, and what is published of it."""

    number: int
    positions: int
    merkle_root: str


class RandomizationListNotApproved(Refusal):
    """No second person has granted this list."""

    def __init__(self) -> None:
        super().__init__(
            "This list is not approved by a second person. Nothing was loaded. Ask for its approval first."
        )


_APPROVALS, _MATTERS = table_of(Approval), table_of(ApprovalMatter)
_APPROVAL = (
    select(_APPROVALS, _MATTERS.c.salt, _MATTERS.c.content)
    .join(_MATTERS, _MATTERS.c.approval_id == _APPROVALS.c.id)
    .where(_APPROVALS.c.id == bindparam("approval_id"))
)


def load_randomization_list(work: Work, ask: LoadRandomizationList) -> RandomizationListLoaded:
    """Writes down every position of the approved list; the same checks as when it was asked for."""
    work.actor.require(Permission.FREEZE_RANDOMIZATION, ask.study_id)
    study = work.one("study", LOCK_STUDY, study_id=ask.study_id)
    approval = _granted(work, ask)
    made = read_list(approval["content"]["csv"])
    if approval["record_hash"] != salted(made.sha256, bytes.fromhex(approval["salt"])):
        raise RandomizationListNotApproved
    require_sound(work, ask.study_id, made, approval["content"]["positions"])
    root = merkle_root(seed_of(work, ask.study_id, "allocation"), made)
    number = work.one("study", LISTS_LOADED, study_id=ask.study_id)["lists"] + 1
    _record(work, study, approval, made, number, root)
    facts = {"number": number, "positions": len(made.entries), "merkle_root": root}
    work.audit(
        AuditDraft(
            act="randomization_list_loaded",
            record_kind="randomization_list",
            record=list_name(study["protocol"], number),
            study_id=ask.study_id,
            new={**facts, "approval": ask.approval_id},
            secret={"sha256": made.sha256, "origin": approval["content"]["origin"]},
        )
    )
    return RandomizationListLoaded(**facts)


def _granted(work: Work, ask: LoadRandomizationList) -> RowMapping:
    found = work.row(_APPROVAL, approval_id=ask.approval_id)
    if (
        found is None
        or (found["kind"], found["study_id"]) != (ApprovalKind.RANDOMIZATION_LIST, ask.study_id)
        or not found["granted"]
        or found["decided_by_id"] in (None, found["asked_by_id"])
    ):
        raise RandomizationListNotApproved
    return found


def _record(work: Work, study: RowMapping, approval: RowMapping, made: FrozenList, number: int, root: str) -> None:
    owner = {"sponsor_id": study["sponsor_id"], "study_id": study["id"]}
    list_id = work.record(
        RandomizationList,
        **owner,
        number=number,
        origin=approval["content"]["origin"],
        csv=made.csv,
        sha256=made.sha256,
        merkle_root=root,
        approval_id=approval["id"],
        at=work.at,
    )
    work.record_all(
        ListEntry,
        (
            {**owner, "list_id": list_id, "stratum": entry.stratum, "position": entry.position, "arm": entry.arm}
            for entry in made.entries
        ),
    )
