"""What site staff report about one kit of theirs: damaged, missing, found again."""

from enum import StrEnum

from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.errors import NotFound
from irt.services.audit_draft import AuditDraft
from irt.services.move_kits import HeldKit, lock_kits_by_number, move_kits
from irt.services.site_kits import need_reason
from irt.services.supply_study import SupplySite, site_numbered
from irt.services.work import Work
from irt.states.kit import Custody, KitEvent


class Report(StrEnum):
    """What happened to the kit."""

    DAMAGED = "damaged"
    MISSING = "missing"
    FOUND = "found"


_EVENTS = {
    Report.DAMAGED: KitEvent.DAMAGE,
    Report.MISSING: KitEvent.GO_MISSING,
    Report.FOUND: KitEvent.FIND_AT_SITE,
}


class ReportKit(SQLModel):
    """One kit at a site, what happened to it, and how it was noticed."""

    study_id: int
    site: str
    kit: str
    report: Report
    reason: str


class KitReported(SQLModel):
    """The kit; a found one waits in quarantine for a quality decision."""

    kit: str
    report: Report


def report_kit(work: Work, ask: ReportKit) -> KitReported:
    """Books the loss, damage or finding of a kit at the site that reports it."""
    site = site_numbered(work, ask.study_id, ask.site)
    work.actor.require(Permission.REPORT_KIT, ask.study_id, site.id)
    reason = need_reason(ask.reason)
    (kit,) = lock_kits_by_number(work, ask.study_id, [ask.kit])
    _refuse_elsewhere(kit, site)
    place = None if ask.report == Report.MISSING else site.id
    move_kits(work, [kit], _EVENTS[ask.report], place_id=place, reason=reason)
    work.audit(
        AuditDraft(
            act=f"kit_reported_{ask.report}",
            record_kind="kit",
            record=ask.kit,
            study_id=ask.study_id,
            site_id=site.id,
            zone=site.zone,
            new={"report": ask.report},
            reason=reason,
        )
    )
    return KitReported(kit=ask.kit, report=ask.report)


def _refuse_elsewhere(kit: HeldKit, site: SupplySite) -> None:
    """A kit recorded at another place reads as unknown; a missing one may turn up anywhere."""
    if kit.state.custody != Custody.UNKNOWN and (kit.state.custody, kit.place_id) != (Custody.SITE, site.id):
        raise NotFound(f"{kit.number} is not a kit at your site. Scan the code on the kit, or type its digits.")
