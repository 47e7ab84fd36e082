"""A site's own life: activated for screening and supply, put on hold, resumed, closed."""

from sqlalchemy import RowMapping, bindparam, select, update
from sqlmodel import SQLModel

from irt.blinding.roles import Permission
from irt.errors import About
from irt.reads.site_approvals import today_in
from irt.services.audit_draft import AuditDraft
from irt.services.require_approvals import require_approvals
from irt.services.require_checklist import require_checklist
from irt.services.require_gate import require_gate
from irt.services.send_kits import SendKits, send_kits
from irt.services.studies import definition_of
from irt.services.study_versions import refuse_other_sequence, require_signed
from irt.services.subjects import refusals_concern
from irt.services.supply_study import SupplyStudy, lock_study
from irt.services.work import Work
from irt.states.records import SITE, SiteEvent, SiteStatus
from irt.states.table import next_status
from irt.tables.columns import table_of
from irt.tables.shipment import Shipment
from irt.tables.study import Site, SiteVersion


class ChangeSite(SQLModel):
    """What happens to a site, and why."""

    study_id: int
    site: str
    event: SiteEvent = SiteEvent.ACTIVATE
    reason: str | None = None


class SiteChanged(SQLModel):
    """The site and its status now, and the shipments of its first stock."""

    site: str
    status: SiteStatus
    shipments: list[str] = []


_OPENING = frozenset({SiteEvent.ACTIVATE, SiteEvent.RESUME})
_SITES = table_of(Site)
_SITE = (
    select(
        _SITES.c.id,
        _SITES.c.sponsor_id,
        _SITES.c.status,
        _SITES.c.country,
        _SITES.c.zone,
        _SITES.c.version_number,
    )
    .where(_SITES.c.study_id == bindparam("study_id"), _SITES.c.number == bindparam("number"))
    .with_for_update(key_share=True)
)

_SHIPMENTS = table_of(Shipment)
_SEEDED = (
    select(_SHIPMENTS.c.id)
    .join(_SITES, _SITES.c.id == _SHIPMENTS.c.site_id)
    .where(_SHIPMENTS.c.raised_by == "initial", _SHIPMENTS.c.study_id == bindparam("study_id"))
    .where(_SITES.c.number == bindparam("number"))
    .limit(1)
)


def change_site(work: Work, ask: ChangeSite) -> SiteChanged:
    """Activates, holds, resumes or closes a site; it opens with version, gate and approvals asked for."""
    work.actor.require(Permission.ACTIVATE_SITE, ask.study_id)
    study = lock_study(work, ask.study_id)
    site = work.one("site", _SITE, study_id=ask.study_id, number=ask.site)
    with refusals_concern(About(ask.study_id, site["id"], site["zone"], f"site_{ask.event}", "site", ask.site)):
        status = next_status(SITE, SiteStatus(site["status"]), ask.event)
        if ask.event == SiteEvent.ACTIVATE:
            require_signed(work, ask.study_id, site["version_number"])
            refuse_other_sequence(work, ask.study_id, site["version_number"])
            require_gate(work, ask.study_id, site["version_number"])
            require_checklist(work, ask.study_id, site["version_number"], ask.site)
        if ask.event in _OPENING:
            _require_approvals(work, ask, site)
    work.run(update(_SITES).where(_SITES.c.id == site["id"]).values(status=status))
    if ask.event == SiteEvent.ACTIVATE:
        work.append(
            SiteVersion,
            sponsor_id=site["sponsor_id"],
            study_id=ask.study_id,
            site_id=site["id"],
            version_number=site["version_number"],
            activated_at=work.at,
            account_id=work.actor.account_id,
        )
    work.audit(
        AuditDraft(
            act=f"site_{status}",
            record_kind="site",
            record=ask.site,
            study_id=ask.study_id,
            site_id=site["id"],
            zone=site["zone"],
            old={"status": site["status"]},
            new={"status": status, "version": site["version_number"]},
            reason=ask.reason,
        )
    )
    first = _first_stock(work, study, ask.site, site["version_number"]) if ask.event == SiteEvent.ACTIVATE else []
    return SiteChanged(site=ask.site, status=status, shipments=first)


def _require_approvals(work: Work, ask: ChangeSite, site: RowMapping) -> None:
    day = today_in(site["zone"], work.at)
    require_approvals(work, ask.study_id, site["version_number"], ask.site, site["country"], day)


def _first_stock(work: Work, study: SupplyStudy, site: str, version: int) -> list[str]:
    """What the study sends to a site that opens; nothing where supply has stopped or the site had it before."""
    seeding = definition_of(work, study.id, version).resupply.seeding
    if not seeding or work.row(_SEEDED, study_id=study.id, number=site):
        return []
    return send_kits(work, study, SendKits(site, seeding, "initial", "first stock")).shipments
