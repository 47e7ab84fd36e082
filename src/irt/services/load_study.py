"""Loading a study: sponsor, version, network, seeds and settings from one checked definition."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError
from sqlalchemy import bindparam, select, update
from sqlmodel import Field, SQLModel

from irt.audit.entry import study_chain
from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.two_persons import refuse_same_person
from irt.errors import About, BadInput, Refusal
from irt.services.audit_draft import AuditDraft
from irt.services.caps import ASSIGNMENTS
from irt.services.seal import commitment
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.subjects import refusals_concern
from irt.services.work import Work
from irt.states.records import Mode, SiteStatus, VersionStatus
from irt.study.definition import StudyDefinition
from irt.study.digest import digest
from irt.study.network import Depot as DepotPart
from irt.study.public_part import public_part_of
from irt.study.sites import sites_of
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry
from irt.tables.secret import AllocationKey, AllocationState, RestrictedPart, ResupplySetting
from irt.tables.study import Depot, Lane, Site, Sponsor, Study, StudyVersion

SEED_PURPOSES = ("allocation", "randomization_numbers", "kit_numbers", "kit_choice")


class LoadStudy(SQLModel):
    """A checked study definition to load in one mode and size."""

    definition: dict[str, Any]
    size: str = "small"
    mode: Mode = Mode.PRODUCTION
    effective_from: date


class StudyLoaded(SQLModel):
    """The study as loaded, waiting for a second person's approval."""

    study_id: int
    version: int
    sites: int
    digest: str
    commitments: dict[str, str] = Field(description="SHA-256 of each seed, published before the first draw")


class AlreadyLoaded(Refusal):
    """The protocol exists in this mode."""


def load_study(work: Work, ask: LoadStudy) -> StudyLoaded:
    """Writes version 1 of a study with its network; a draft until somebody else approves it."""
    work.actor.require(Permission.CONFIGURE_STUDY, None)
    definition = _definition(ask)
    sponsor_id = _sponsor(work, definition.study.sponsor)
    study_id = _study(work, definition, sponsor_id, ask.mode)
    owner = {"sponsor_id": sponsor_id, "study_id": study_id}
    salted = _version(work, definition, owner)
    depots = _depots(work, definition, owner, ask.effective_from)
    sites = _sites(work, definition, owner, depots, ask.size)
    _resupply(work, definition, owner, sites, ask.effective_from)
    commitments = _seeds(work, owner)
    work.record(AllocationState, **owner, key=ASSIGNMENTS, state={"count": 0})
    work.audit(
        AuditDraft(
            act="study_loaded",
            record_kind="study",
            record=definition.study.protocol,
            study_id=study_id,
            new={"version": 1, "mode": ask.mode, "digest": salted, "sites": len(sites), **commitments},
        )
    )
    return StudyLoaded(study_id=study_id, version=1, sites=len(sites), digest=salted, commitments=commitments)


def _definition(ask: LoadStudy) -> StudyDefinition:
    try:
        return StudyDefinition.model_validate(ask.definition)
    except ValidationError as fault:
        place = ".".join(str(part) for part in fault.errors()[0]["loc"])
        raise BadInput(f"The study definition cannot be read at {place!r}. Nothing was loaded.") from fault


_SPONSORS, _STUDIES = table_of(Sponsor), table_of(Study)


def _sponsor(work: Work, name: str) -> int:
    found = work.row(select(_SPONSORS.c.id).where(_SPONSORS.c.name == name))
    return int(found["id"]) if found else work.record(Sponsor, name=name)


def _study(work: Work, definition: StudyDefinition, sponsor_id: int, mode: Mode) -> int:
    identity = definition.study
    same = select(_STUDIES.c.id).where(
        _STUDIES.c.sponsor_id == sponsor_id, _STUDIES.c.protocol == identity.protocol, _STUDIES.c.mode == mode
    )
    if work.row(same):
        raise AlreadyLoaded(
            f"{identity.protocol} is already loaded in {mode} mode. An amendment is a new version, not a new load."
        )
    return work.record(
        Study,
        sponsor_id=sponsor_id,
        protocol=identity.protocol,
        name=identity.name,
        mode=mode,
        opened_at=work.at,
    )


def _version(work: Work, definition: StudyDefinition, owner: Mapping[str, int]) -> str:
    """The public part for everybody, the whole and the salt apart. A bare hash would give small secrets away."""
    whole = definition.model_dump(mode="json")
    salt = work.store.entropy(32)
    salted = digest(definition, salt)
    version_id = work.record(
        StudyVersion,
        **owner,
        number=1,
        status=VersionStatus.DRAFT,
        public_part=public_part_of(definition),
        salted_digest=salted,
        created_at=work.at,
    )
    work.record(RestrictedPart, **owner, version_id=version_id, definition=whole, salt=salt.hex())
    return salted


def _depots(
    work: Work, definition: StudyDefinition, owner: Mapping[str, int], effective_from: date
) -> dict[str, int]:
    ids: dict[str, int] = {}
    for depot in suppliers_first(definition.depots):
        facts = depot.model_dump(exclude={"supplied_by"})
        supplier = ids[depot.supplied_by] if depot.supplied_by else None
        ids[depot.code] = work.record(Depot, **owner, **facts, supplied_by_id=supplier)
    for lane in definition.lanes:
        work.record(
            Lane,
            **owner,
            origin_id=ids[lane.origin],
            target=lane.target,
            lead_time_days=lane.lead_time_days,
            calendar=lane.model_dump(mode="json", exclude={"origin", "target", "lead_time_days"}),
            effective_from=effective_from,
        )
    return ids


def suppliers_first(depots: Sequence[DepotPart]) -> list[DepotPart]:
    """Every depot after the one that supplies it; BadInput where no order is possible."""
    ordered: list[DepotPart] = []
    waiting = list(depots)
    while waiting:
        known = {None, *(depot.code for depot in ordered)}
        ready = [depot for depot in waiting if depot.supplied_by in known]
        if not ready:
            codes = ", ".join(depot.code for depot in waiting)
            raise BadInput(f"No central depot supplies these depots: {codes}. Nothing was loaded.")
        ordered += ready
        waiting = [depot for depot in waiting if depot not in ready]
    return ordered


def _sites(
    work: Work, definition: StudyDefinition, owner: Mapping[str, int], depots: Mapping[str, int], size: str
) -> dict[str, int]:
    ids: dict[str, int] = {}
    for site in sites_of(definition, size):
        country = definition.country(site.country)
        ids[site.number] = work.record(
            Site,
            **owner,
            number=site.number,
            name=site.name,
            country=site.country,
            region=country.region,
            zone=site.zone or country.zone,
            label_group=country.label_group,
            depot_id=depots[country.depot],
            status=SiteStatus.PLANNED,
            version_number=1,
        )
    if not ids:
        raise BadInput(f"The study file has no sites of size {size!r}. Nothing was loaded.")
    return ids


def _resupply(
    work: Work,
    definition: StudyDefinition,
    owner: Mapping[str, int],
    sites: Mapping[str, int],
    effective_from: date,
) -> None:
    settings = definition.resupply
    levels = [
        (None, None, settings.study),
        *((country, None, levels) for country, levels in settings.countries.items()),
        *((None, sites[site], levels) for site, levels in settings.sites.items() if site in sites),
    ]
    work.record_all(
        ResupplySetting,
        (
            {
                **owner,
                "country": country,
                "site_id": site_id,
                "kit_type": kit_type,
                "minimum": level.minimum,
                "maximum": level.maximum,
                "effective_from": effective_from,
            }
            for country, site_id, by_type in levels
            for kit_type, level in by_type.items()
        ),
    )


def _seeds(work: Work, owner: Mapping[str, int]) -> dict[str, str]:
    commitments = {}
    for purpose in SEED_PURPOSES:
        seed = work.store.entropy(32)
        commitments[purpose] = commitment(seed)
        work.record(
            AllocationKey,
            **owner,
            purpose=purpose,
            sealed=work.store.seal.close(seed),
            commitment=commitments[purpose],
        )
    return commitments


class ApproveVersion(SQLModel):
    """A second person signs a draft version; from then on it never changes."""

    study_id: int
    version: int
    signing: Signing = Field(exclude=True)


class VersionApproved(SQLModel):
    """The version in force."""

    study_id: int
    version: int
    digest: str


_VERSIONS = table_of(StudyVersion)
_DRAFT = (
    select(_VERSIONS.c.id, _VERSIONS.c.status, _VERSIONS.c.salted_digest, _STUDIES.c.protocol)
    .join(_STUDIES, _STUDIES.c.id == _VERSIONS.c.study_id)
    .where(_VERSIONS.c.study_id == bindparam("study_id"), _VERSIONS.c.number == bindparam("number"))
    .with_for_update(key_share=True, of=_VERSIONS)
)
_ENTRIES = table_of(AuditEntry)
_LOADED_BY = select(_ENTRIES.c.account_id).where(
    _ENTRIES.c.chain == bindparam("chain"), _ENTRIES.c.act == "study_loaded"
)


def approve_version(work: Work, ask: ApproveVersion) -> VersionApproved:
    """Makes a draft version immutable and usable, under a signature bound to its digest."""
    grant = work.actor.require(Permission.APPROVE_STUDY, ask.study_id)
    draft = work.one("study version", _DRAFT, study_id=ask.study_id, number=ask.version)
    with refusals_concern(About(ask.study_id, None, "UTC", "version_approval", "study", draft["protocol"])):
        if draft["status"] != VersionStatus.DRAFT:
            raise AlreadyLoaded(f"Version {ask.version} is already approved. Nothing was changed.")
        loaded = work.one("study", _LOADED_BY, chain=study_chain(ask.study_id))
        refuse_same_person(loaded["account_id"], work.actor.account_id)
    content = {"version": ask.version, "digest": draft["salted_digest"]}
    signable = Signable(Meaning.APPROVE, "study version", draft["protocol"], content, ask.study_id)
    signed = {"status": VersionStatus.APPROVED, "signature_id": sign_record(work, ask.signing, signable, grant)}
    work.run(update(_VERSIONS).where(_VERSIONS.c.id == draft["id"]).values(signed))
    work.audit(
        AuditDraft(
            act="version_approved",
            record_kind="study",
            record=draft["protocol"],
            study_id=ask.study_id,
            old={"status": VersionStatus.DRAFT},
            new={"status": VersionStatus.APPROVED, "version": ask.version, "digest": draft["salted_digest"]},
        )
    )
    return VersionApproved(study_id=ask.study_id, version=ask.version, digest=draft["salted_digest"])
