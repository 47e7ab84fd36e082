"""The signed decision on kits in quarantine: usable again, or not for ever."""

from sqlalchemy import bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.move_kits import lock_kits_by_number, move_kits
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.site_kits import need_reason
from irt.services.vendor_notices import notice_of_kits
from irt.services.work import Work
from irt.states.kit import KitEvent
from irt.states.records import EXCURSION, ExcursionEvent, ExcursionStatus
from irt.states.table import next_status
from irt.states.vendor_message import NoticeCause
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.shipment import Excursion


class DecideQuality(SQLModel):
    """Kits to accept and kits to reject, why, and the excursion that this decides, if any."""

    study_id: int
    accept: list[str] = []
    reject: list[str] = []
    reason: str
    excursion: str | None = None
    signing: Signing = Field(exclude=True)


class QualityDecided(SQLModel):
    """The kits usable again, the rejected ones, and where the excursion stands."""

    accepted: list[str]
    rejected: list[str]
    excursion_status: ExcursionStatus | None


class SplitDecision(Refusal):
    """Some kits of an excursion would be accepted and others, that look alike, rejected."""


_EXCURSIONS, _KITS = table_of(Excursion), table_of(Kit)
_EXCURSION = (
    select(_EXCURSIONS.c.id, _EXCURSIONS.c.status)
    .where(_EXCURSIONS.c.study_id == bindparam("study_id"), _EXCURSIONS.c.number == bindparam("number"))
    .with_for_update(key_share=True)
)


def decide_quality(work: Work, ask: DecideQuality) -> QualityDecided:
    """Signs, then releases or rejects quarantined kits; a reversed kit that is accepted is free again."""
    grant = work.actor.require(Permission.DECIDE_QUALITY, ask.study_id)
    reason = need_reason(ask.reason)
    if (not ask.accept and not ask.reject) or set(ask.accept) & set(ask.reject):
        raise BadInput("Name each kit once: accepted or rejected. Nothing was decided.")
    accepted, rejected = sorted(set(ask.accept)), sorted(set(ask.reject))
    kind = "excursion" if ask.excursion else "kits"
    record = ask.excursion or f"{len(accepted) + len(rejected)} kits"
    content = {"accepted": accepted, "rejected": rejected, "reason": reason}
    signable = Signable(Meaning.DECIDE_QUALITY, kind, record, content, ask.study_id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    excursion_status = _decide_excursion(work, ask, reason)
    kits = lock_kits_by_number(work, ask.study_id, [*ask.accept, *ask.reject])
    _refuse_to_tell_apart(work, ask)
    for numbers, event in ((set(ask.accept), KitEvent.ACCEPT), (set(ask.reject), KitEvent.REJECT)):
        if some := [kit for kit in kits if kit.number in numbers]:
            move_kits(work, some, event, reason=reason)
    notice_of_kits(work, NoticeCause.QUALITY, record, kits)
    work.audit(
        AuditDraft(
            act="quality_decided",
            record_kind=kind,
            record=record,
            study_id=ask.study_id,
            new={
                "accepted": accepted,
                "rejected": rejected,
                "excursion_status": excursion_status,
                "signature": signature_id,
            },
            reason=reason,
        )
    )
    return QualityDecided(accepted=accepted, rejected=rejected, excursion_status=excursion_status)


_LOOKS = select(_KITS.c.number, _KITS.c.blinding_group).where(
    _KITS.c.study_id == bindparam("study_id"), _KITS.c.number.in_(bindparam("numbers", expanding=True))
)


def _refuse_to_tell_apart(work: Work, ask: DecideQuality) -> None:
    """Kits of one excursion that look alike went through the same: a split decision could only tell contents."""
    if ask.excursion is None or not (ask.accept and ask.reject):
        return
    rows = work.rows(_LOOKS, study_id=ask.study_id, numbers=[*ask.accept, *ask.reject])
    looks = {row["number"]: row["blinding_group"] for row in rows}
    if both := {looks[number] for number in ask.accept} & {looks[number] for number in ask.reject}:
        raise SplitDecision(
            f"Kits {min(both)} of one excursion are decided alike: they went through the same, and may "
            "not be told apart. Nothing was decided. Report a broken kit as damaged instead."
        )


def _decide_excursion(work: Work, ask: DecideQuality, reason: str) -> ExcursionStatus | None:
    """Takes the excursion through its assessment to the decision on its kits."""
    if ask.excursion is None:
        return None
    found = work.one("excursion", _EXCURSION, study_id=ask.study_id, number=ask.excursion)
    status = ExcursionStatus(found["status"])
    if status == ExcursionStatus.SUSPECTED:
        status = next_status(EXCURSION, status, ExcursionEvent.REPORT)
    if status != ExcursionStatus.UNDER_ASSESSMENT:
        status = next_status(EXCURSION, status, ExcursionEvent.ASSESS)
    status = next_status(EXCURSION, status, _decision(ask))
    work.run(update(_EXCURSIONS).where(_EXCURSIONS.c.id == found["id"]).values(status=status, decision=reason))
    return status


def _decision(ask: DecideQuality) -> ExcursionEvent:
    if ask.accept and ask.reject:
        return ExcursionEvent.ACCEPT_PARTLY
    return ExcursionEvent.ACCEPT if ask.accept else ExcursionEvent.REJECT
