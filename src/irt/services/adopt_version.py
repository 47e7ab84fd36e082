"""A site goes on under a later protocol version, once its own approvals are there (E6-36)."""

from sqlalchemy import RowMapping, bindparam, select, update
from sqlmodel import SQLModel

from irt.blinding.audience import Audience
from irt.blinding.roles import Permission
from irt.errors import About, Refusal
from irt.reads.site_approvals import today_in
from irt.services.audit_draft import AuditDraft
from irt.services.holdings import holdings
from irt.services.require_approvals import require_amendment_approvals
from irt.services.require_checklist import require_checklist
from irt.services.require_gate import require_gate
from irt.services.site_kits import need_reason
from irt.services.studies import definition_of
from irt.services.study_versions import refuse_other_sequence, require_signed
from irt.services.subjects import refusals_concern
from irt.services.supply_study import lock_study
from irt.services.work import Work
from irt.states.records import SiteStatus
from irt.study.amendment import misfits, refuse_obstacles
from irt.tables.columns import table_of
from irt.tables.record import Message
from irt.tables.study import Site, SiteVersion


class AdoptVersion(SQLModel):
    """The version from which on a site goes on, and why."""

    study_id: int
    site: str
    version: int
    reason: str


class VersionAdopted(SQLModel):
    """The version in force at the site now, and the one before."""

    study_id: int
    site: str
    version: int
    before: int


class VersionNotLater(Refusal):
    """A site never goes back to an earlier version, nor twice to the same."""

    def __init__(self, site: str, here: int) -> None:
        super().__init__(
            f"Version {here} is in force at site {site}. Nothing was changed. A site goes on to later ones only."
        )


class SiteClosedForEver(Refusal):
    """A closed site has nothing to go on with."""

    def __init__(self, site: str) -> None:
        super().__init__(f"Site {site} is closed. Nothing was changed. Its records stay under their version.")


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


def adopt_version(work: Work, ask: AdoptVersion) -> VersionAdopted:
    """Puts an approved, later version in force at one site; its subjects go on under it from this moment."""
    work.actor.require(Permission.ACTIVATE_SITE, ask.study_id)
    reason = need_reason(ask.reason)
    lock_study(work, ask.study_id)
    site = work.one("site", _SITE, study_id=ask.study_id, number=ask.site)
    with refusals_concern(About(ask.study_id, site["id"], site["zone"], "version_adoption", "site", ask.site)):
        _require_possible(work, ask, site)
    work.run(update(_SITES).where(_SITES.c.id == site["id"]).values(version_number=ask.version))
    if site["status"] != SiteStatus.PLANNED:
        _in_force(work, ask, site)
    work.audit(
        AuditDraft(
            act="version_adopted",
            record_kind="site",
            record=ask.site,
            study_id=ask.study_id,
            site_id=site["id"],
            zone=site["zone"],
            old={"version": site["version_number"]},
            new={"version": ask.version},
            reason=reason,
        )
    )
    return VersionAdopted(study_id=ask.study_id, site=ask.site, version=ask.version, before=site["version_number"])


def _require_possible(work: Work, ask: AdoptVersion, site: RowMapping) -> None:
    here, planned = site["version_number"], site["status"] == SiteStatus.PLANNED
    if site["status"] == SiteStatus.CLOSED:
        raise SiteClosedForEver(ask.site)
    require_signed(work, ask.study_id, ask.version)
    if ask.version <= here:
        raise VersionNotLater(ask.site, here)
    refuse_other_sequence(work, ask.study_id, ask.version)
    if not planned:
        require_gate(work, ask.study_id, ask.version)
        require_checklist(work, ask.study_id, ask.version, ask.site)
        before, after = definition_of(work, ask.study_id, here), definition_of(work, ask.study_id, ask.version)
        refuse_obstacles(misfits(before, after, holdings(work, ask.study_id, site["id"])))
        day = today_in(site["zone"], work.at)
        require_amendment_approvals(work, ask.study_id, ask.version, ask.site, site["country"], day)


def _in_force(work: Work, ask: AdoptVersion, site: RowMapping) -> None:
    """The version in the site's own record, and a message on its pages. A planned site is told when it opens."""
    here = {"sponsor_id": site["sponsor_id"], "study_id": ask.study_id, "site_id": site["id"]}
    account_id = work.actor.account_id
    work.append(SiteVersion, **here, version_number=ask.version, activated_at=work.at, account_id=account_id)
    sentence = f"Protocol version {ask.version} is in force at site {ask.site} from now on."
    work.append(Message, **here, audience=Audience.BLINDED, sentence=sentence, at=work.at)
