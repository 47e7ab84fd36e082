"""A kit list before a second person: the list itself is kept for whoever decides, and for loading."""

from typing import Literal

from sqlalchemy import bindparam, select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.blinding.two_persons import ApprovalKind
from irt.services.approvals import (
    ApprovalAsked,
    ApprovalDecided,
    AskApproval,
    DecideApproval,
    ask_approval,
    decide_approval,
)
from irt.services.kit_list import ListedLot, check_list, kit_list_hash, lots_of_size
from irt.services.kit_list_mode import require_own_mode
from irt.services.sign_record import Signing
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.states.records import Mode
from irt.tables.columns import table_of
from irt.tables.study import Study


class AskKitList(SQLModel):
    """The lots of the study file's size, or the lots listed here; `mode` where kits bring their numbers."""

    study_id: int
    size: Literal["full", "small"] | None = None
    lots: list[ListedLot] = []
    mode: Mode | None = Field(default=None, description="what a list whose kits bring their numbers is for")


class DecideKitList(SQLModel):
    """The decision on a list, by the list itself as the deciding person holds it; a refusal says why."""

    study_id: int
    approval_id: int
    size: Literal["full", "small"] | None = None
    lots: list[ListedLot] = []
    granted: bool
    reason: str | None = None
    signing: Signing = Field(exclude=True)


_STUDIES = table_of(Study)
_PROTOCOL = select(_STUDIES.c.protocol).where(_STUDIES.c.id == bindparam("study_id"))


def ask_kit_list(work: Work, ask: AskKitList) -> ApprovalAsked:
    """Checks the list and puts it before a second person."""
    work.actor.require(Permission.LOAD_KITS, ask.study_id)
    study = lock_study(work, ask.study_id)
    lots = ask.lots or lots_of_size(study.definition, ask.size)
    check_list(study.definition, lots)
    require_own_mode(work, study.id, ask.mode, lots)
    protocol = work.one("study", _PROTOCOL, study_id=study.id)["protocol"]
    wish = AskApproval(
        kind=ApprovalKind.KIT_LIST,
        record=kit_list_name(protocol, None if ask.lots else ask.size),
        record_hash=kit_list_hash(lots),
        study_id=study.id,
        content={"lots": [lot.model_dump(mode="json") for lot in lots]},
    )
    return ask_approval(work, wish)


def decide_kit_list(work: Work, ask: DecideKitList) -> ApprovalDecided:
    """Grants or refuses under a signature; RecordChanged where the list held is not the one asked for."""
    work.actor.require(Permission.LOAD_KITS, ask.study_id)
    study = lock_study(work, ask.study_id)
    lots = ask.lots or lots_of_size(study.definition, ask.size)
    decision = DecideApproval(
        approval_id=ask.approval_id,
        granted=ask.granted,
        record_hash=kit_list_hash(lots),
        reason=ask.reason,
        signing=ask.signing,
    )
    return decide_approval(work, decision)


def kit_list_name(protocol: str, size: str | None) -> str:
    """What the approval is filed under, as 'kit list of NB-301, full'."""
    return f"kit list of {protocol}, {size or 'as listed'}"
