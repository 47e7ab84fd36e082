"""A draft version before its second person: approved under a signature, or withdrawn."""

from sqlalchemy import RowMapping, update
from sqlmodel import Field, SQLModel

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.two_persons import refuse_changed, refuse_same_person
from irt.errors import About
from irt.reads.blinded_impact import AmendmentImpact
from irt.services.audit_draft import AuditDraft
from irt.services.foresee_amendment import amendment_of, impact_of
from irt.services.holdings import holdings
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.site_kits import need_reason
from irt.services.study_network import extend_network
from irt.services.study_versions import FIRST_VERSION, lock_draft, newest_of, verify_digest
from irt.services.subjects import refusals_concern
from irt.services.supply_study import lock_row
from irt.services.work import Work
from irt.states.records import VersionStatus
from irt.study.amendment import obstacles, refuse_obstacles
from irt.tables.columns import table_of
from irt.tables.study import StudyVersion


class ApproveVersion(SQLModel):
    """A second person signs a draft version; from then on it never changes."""

    study_id: int
    version: int
    impact: str | None = Field(default=None, description="hash of the impact that was read; none: as it is found")
    signing: Signing = Field(exclude=True)


class WithdrawVersion(SQLModel):
    """A draft that is not to be approved."""

    study_id: int
    version: int
    reason: str


class VersionDecided(SQLModel):
    """The version and what it is now."""

    study_id: int
    version: int
    status: VersionStatus
    digest: str


_VERSIONS = table_of(StudyVersion)


def approve_version(work: Work, ask: ApproveVersion) -> VersionDecided:
    """Makes a draft version immutable and usable, under a signature bound to its digest.

    An amendment is held against what the study holds now, and brings the new parts of its network along. What it
    changes is kept beside the signature, which covers its hash.
    """
    grant = work.actor.require(Permission.APPROVE_STUDY, ask.study_id)
    lock_row(work, ask.study_id)
    with refusals_concern(_about(work, ask.study_id, "version_approval")):
        draft = lock_draft(work, ask.study_id, ask.version)
        refuse_same_person(draft["loaded_by_id"], work.actor.account_id)
        verify_digest(work, draft)
        impact = _follow(work, ask, draft)
    content = {"version": ask.version, "digest": draft["salted_digest"]}
    if impact is not None:
        content["impact"] = impact.hash
    signable = Signable(Meaning.APPROVE, "study version", draft["protocol"], content, ask.study_id)
    signature_id = sign_record(work, ask.signing, signable, grant)
    signed = {"status": VersionStatus.APPROVED, "signature_id": signature_id, "approved_at": work.at}
    signed["impact"] = impact.plain() if impact is not None else None
    work.run(update(_VERSIONS).where(_VERSIONS.c.id == draft["id"]).values(signed))
    seen = impact.hash if impact is not None else None
    return _decided(work, ask.study_id, draft, "version_approved", VersionStatus.APPROVED, impact=seen)


def withdraw_version(work: Work, ask: WithdrawVersion) -> VersionDecided:
    """Sets a draft aside for good, so that another can be loaded; who loaded it may do so, and who may approve."""
    may_load = work.actor.grant_for(Permission.CONFIGURE_STUDY, ask.study_id, None)
    work.actor.require(Permission.CONFIGURE_STUDY if may_load else Permission.APPROVE_STUDY, ask.study_id)
    reason = need_reason(ask.reason)
    with refusals_concern(_about(work, ask.study_id, "version_withdrawal")):
        draft = lock_draft(work, ask.study_id, ask.version)
    withdrawn = update(_VERSIONS).where(_VERSIONS.c.id == draft["id"]).values(status=VersionStatus.RETIRED)
    work.run(withdrawn)
    return _decided(work, ask.study_id, draft, "version_withdrawn", VersionStatus.RETIRED, reason)


def _about(work: Work, study_id: int, act: str) -> About:
    return About(study_id, None, "UTC", act, "study", newest_of(work, study_id)["protocol"])


def _follow(work: Work, ask: ApproveVersion, draft: RowMapping) -> AmendmentImpact | None:
    """Checks an amendment against what the study holds, foresees it, and appends the new parts of its network.

    None for a first version; RecordChanged where its impact is another than the one that was read.
    """
    if ask.version == FIRST_VERSION:
        return None
    amendment = amendment_of(work, ask.study_id, ask.version)
    before, after = amendment.before, amendment.after
    refuse_obstacles(obstacles(before, after, holdings(work, ask.study_id)))
    impact = impact_of(work, amendment)
    if ask.impact is not None:
        refuse_changed(impact.hash, ask.impact)
    owner = {"sponsor_id": draft["sponsor_id"], "study_id": ask.study_id}
    extend_network(work, before, after, owner, work.at.date())
    return impact


def _decided(
    work: Work,
    study_id: int,
    draft: RowMapping,
    act: str,
    status: VersionStatus,
    reason: str | None = None,
    impact: str | None = None,
) -> VersionDecided:
    number, salted = draft["number"], draft["salted_digest"]
    kept = {"impact": impact} if impact else {}
    work.audit(
        AuditDraft(
            act=act,
            record_kind="study",
            record=draft["protocol"],
            study_id=study_id,
            old={"status": VersionStatus.DRAFT},
            new={"status": status, "version": number, "digest": salted, **kept},
            reason=reason,
        )
    )
    return VersionDecided(study_id=study_id, version=number, status=status, digest=salted)
