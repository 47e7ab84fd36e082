"""Steps that one person asks for and another decides."""

from enum import StrEnum

from irt.blinding.roles import Permission
from irt.errors import Refusal


class ApprovalKind(StrEnum):
    """What is to be decided."""

    STUDY_VERSION = "study_version"
    RANDOMIZATION_LIST = "randomization_list"
    KIT_LIST = "kit_list"
    SUPPLY_PLAN = "supply_plan"
    OPERATIONAL_CHANGE = "operational_change"


WHO: dict[ApprovalKind, tuple[Permission, Permission]] = {
    ApprovalKind.STUDY_VERSION: (Permission.CONFIGURE_STUDY, Permission.APPROVE_STUDY),
    ApprovalKind.RANDOMIZATION_LIST: (Permission.FREEZE_RANDOMIZATION, Permission.FREEZE_RANDOMIZATION),
    ApprovalKind.KIT_LIST: (Permission.LOAD_KITS, Permission.LOAD_KITS),
    ApprovalKind.SUPPLY_PLAN: (Permission.RUN_RESUPPLY, Permission.APPROVE_SHIPMENT),
    ApprovalKind.OPERATIONAL_CHANGE: (Permission.ACTIVATE_SITE, Permission.ACTIVATE_SITE),
}
"""Kind -> what the one who asks may do, what the one who decides may do."""


class SamePerson(Refusal):
    """One person would fill both parts, as asking and deciding."""

    status_code = 403


OWN_APPROVAL = "You asked for this approval yourself. Nothing was decided. Another person must decide it."


class RecordChanged(Refusal):
    """What was shown is no longer what would be decided."""


class AlreadyDecided(Refusal):
    """An approval is decided once."""


def refuse_same_person(first_id: int, second_id: int, sentence: str = OWN_APPROVAL) -> None:
    """Raises SamePerson where one person would fill both parts."""
    if first_id == second_id:
        raise SamePerson(sentence)


def refuse_changed(asked_hash: str, seen_hash: str) -> None:
    """Raises RecordChanged where the record is another than the one the approval was asked for."""
    if asked_hash != seen_hash:
        raise RecordChanged(
            "The record changed after approval was asked for. Nothing was decided. Ask for approval again."
        )
