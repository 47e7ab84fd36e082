"""Neutral codes for closed reports: drawn by lot once, so that neither letter nor order tells an arm."""

from sqlalchemy import bindparam, select
from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.services.audit_draft import AuditDraft
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.states.records import VersionStatus
from irt.tables.columns import table_of
from irt.tables.secret import TransferCode
from irt.tables.study import Study, StudyVersion

LETTERS = "XYZWVUTSRQ"
_WORD_BYTES = 16


class DrawTransferCodes(SQLModel):
    """The study whose arms are to have neutral codes."""

    study_id: int


class TransferCodesDrawn(SQLModel):
    """How many arms got their code now; 0 where all had one."""

    study_id: int
    drawn: int


_CODES, _STUDIES, _VERSIONS = table_of(TransferCode), table_of(Study), table_of(StudyVersion)
_STUDY = select(_STUDIES.c.sponsor_id).where(_STUDIES.c.id == bindparam("study_id")).with_for_update(key_share=True)
_HELD = select(_CODES.c.arm, _CODES.c.code).where(_CODES.c.study_id == bindparam("study_id"))
_VERSION = (
    select(_VERSIONS.c.number)
    .where(_VERSIONS.c.study_id == bindparam("study_id"), _VERSIONS.c.status == VersionStatus.APPROVED)
    .order_by(_VERSIONS.c.number.desc())
    .limit(1)
)


def draw_transfer_codes(work: Work, ask: DrawTransferCodes) -> TransferCodesDrawn:
    """Gives every arm without a code one of the codes that are left; codes once given stay."""
    work.actor.require(Permission.VIEW_RANDOMIZATION, ask.study_id)
    sponsor_id = work.one("study", _STUDY, study_id=ask.study_id)["sponsor_id"]
    version = work.one("approved version", _VERSION, study_id=ask.study_id)["number"]
    arms = [arm.code for arm in definition_of(work, ask.study_id, version).arms]
    held = {row["arm"]: row["code"] for row in work.rows(_HELD, study_id=ask.study_id)}
    free = [code for code in _codes(len(arms)) if code not in held.values()]
    waiting = [arm for arm in arms if arm not in held]
    for arm in waiting:
        code = free.pop(int.from_bytes(work.store.entropy(_WORD_BYTES)) % len(free))
        work.record(TransferCode, sponsor_id=sponsor_id, study_id=ask.study_id, arm=arm, code=code)
    work.audit(AuditDraft("transfer_codes_drawn", "study", str(ask.study_id), study_id=ask.study_id))
    return TransferCodesDrawn(study_id=ask.study_id, drawn=len(waiting))


def _codes(arms: int) -> list[str]:
    """As many letters as there are arms, or numbered ones where the letters do not reach."""
    return list(LETTERS[:arms]) if arms <= len(LETTERS) else [f"X{place}" for place in range(1, arms + 1)]
