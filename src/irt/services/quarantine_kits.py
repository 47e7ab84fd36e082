"""Kits set apart until somebody decides on their quality."""

from sqlmodel import SQLModel

from irt.services.audit_draft import AuditDraft
from irt.services.move_kits import move_kits
from irt.services.site_kits import lock_for_quality, need_reason
from irt.services.vendor_notices import notice_of_kits
from irt.services.work import Work
from irt.states.kit import KitEvent
from irt.states.vendor_message import NoticeCause


class QuarantineKits(SQLModel):
    """Kits by number, wherever they are, and why they may not be used for now."""

    study_id: int
    kits: list[str]
    reason: str


class KitsQuarantined(SQLModel):
    """The kits now in quarantine."""

    kits: list[str]


def quarantine_kits(work: Work, ask: QuarantineKits) -> KitsQuarantined:
    """Sets kits apart; quality may do so anywhere, site staff at their site."""
    kits = lock_for_quality(work, ask.study_id, ask.kits)
    reason = need_reason(ask.reason)
    moved = move_kits(work, kits, KitEvent.QUARANTINE, reason=reason)
    notice_of_kits(work, NoticeCause.QUALITY, "quarantine", moved)
    numbers = sorted(kit.number for kit in moved)
    work.audit(
        AuditDraft(
            act="kits_quarantined",
            record_kind="kits",
            record=numbers[0] if len(numbers) == 1 else f"{len(numbers)} kits",
            study_id=ask.study_id,
            old={"quality": {kit.number: kit.state.quality for kit in kits}},
            new={"kits": numbers},
            reason=reason,
        )
    )
    return KitsQuarantined(kits=numbers)
