"""Test, training and production have kit lists of their own: a packager's list numbers kits of one of them."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from irt.errors import BadInput, Refusal
from irt.services.approvals import salted
from irt.services.kit_list import APPROVAL_KIND, ListedLot, kit_list_hash
from irt.services.work import Work
from irt.states.records import Mode
from irt.tables.columns import table_of
from irt.tables.record import Approval
from irt.tables.secret import ApprovalMatter
from irt.tables.study import Study


class KitListOfAnotherMode(Refusal):
    """What numbers kits of a trial numbers none of a rehearsal, nor the other way."""


_STUDIES, _APPROVALS, _MATTERS = table_of(Study), table_of(Approval), table_of(ApprovalMatter)
_MODE = select(_STUDIES.c.mode).where(_STUDIES.c.id == bindparam("study_id"))
_OF_OTHER_MODES = (
    select(_STUDIES.c.mode, _APPROVALS.c.record_hash, _MATTERS.c.salt)
    .join(_APPROVALS, _APPROVALS.c.study_id == _STUDIES.c.id)
    .join(_MATTERS, _MATTERS.c.approval_id == _APPROVALS.c.id)
    .where(_APPROVALS.c.kind == APPROVAL_KIND, _APPROVALS.c.granted, _STUDIES.c.mode != bindparam("mode"))
)


def require_own_mode(work: Work, study_id: int, said: Mode | None, lots: Sequence[ListedLot]) -> None:
    """KitListOfAnotherMode where the list is said to be for another mode, or is known by its hash in one.

    BadInput where kits bring their numbers, and nobody says what they are for. Lots without numbers get theirs from
    the seed of their study, and are in all modes alike.
    """
    mode = Mode(work.one("study", _MODE, study_id=study_id)["mode"])
    if said is None and any(lot.numbers for lot in lots):
        raise BadInput("The kits bring their numbers. Nothing was asked for. Say which mode the list is for.")
    if said is not None and said != mode:
        raise KitListOfAnotherMode(
            f"This kit list is for {said}, and the study is in {mode} mode. Nothing was asked for. "
            "Each mode has lists of its own."
        )
    refuse_known_elsewhere(work, study_id, lots)


def refuse_known_elsewhere(work: Work, study_id: int, lots: Sequence[ListedLot]) -> None:
    """KitListOfAnotherMode where a study of another mode has this very list, numbers and all."""
    if not any(lot.numbers for lot in lots):
        return
    mode, digest = work.one("study", _MODE, study_id=study_id)["mode"], kit_list_hash(lots)
    for row in work.rows(_OF_OTHER_MODES, mode=mode):
        if row["record_hash"] == salted(digest, bytes.fromhex(row["salt"])):
            raise KitListOfAnotherMode(
                f"This kit list is in use in {row['mode']} mode of a study. Nothing was loaded. Each has its own."
            )
