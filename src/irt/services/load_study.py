"""Loading a study: sponsor, version, network, seeds and settings from one checked definition."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlmodel import Field, SQLModel

from irt.blinding.roles import Permission
from irt.errors import BadInput, Refusal
from irt.randomization.stream import commitment
from irt.services.audit_draft import AuditDraft
from irt.services.caps import ASSIGNMENTS
from irt.services.study_network import (
    levels_in,
    record_depots,
    record_import_licences,
    record_lanes,
    record_levels,
    record_shippers,
    record_site,
)
from irt.services.study_versions import FIRST_VERSION, record_version
from irt.services.work import Work
from irt.states.records import Mode
from irt.study.definition import StudyDefinition
from irt.study.sites import sites_of
from irt.tables.columns import table_of
from irt.tables.secret import AllocationKey, AllocationState
from irt.tables.study import Sponsor, Study

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
    salted = record_version(work, definition, owner, FIRST_VERSION)
    depots = record_depots(work, definition.depots, owner, {})
    record_lanes(work, definition.lanes, owner, depots, ask.effective_from)
    common = {**owner, "effective_from": ask.effective_from}
    record_import_licences(work, definition.import_licences, common)
    record_shippers(work, definition.shippers, common)
    sites = _sites(work, definition, owner, depots, ask)
    record_levels(work, levels_in(definition, sites, depots), owner, ask.effective_from)
    commitments = _seeds(work, owner)
    work.append(AllocationState, **owner, key=ASSIGNMENTS, state={"count": 0})
    work.audit(
        AuditDraft(
            act="study_loaded",
            record_kind="study",
            record=definition.study.protocol,
            study_id=study_id,
            new={"version": FIRST_VERSION, "mode": ask.mode, "digest": salted, "sites": len(sites), **commitments},
        )
    )
    return StudyLoaded(
        study_id=study_id, version=FIRST_VERSION, sites=len(sites), digest=salted, commitments=commitments
    )


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


def _sites(
    work: Work,
    definition: StudyDefinition,
    owner: Mapping[str, int],
    depots: Mapping[str, int],
    ask: LoadStudy,
) -> dict[str, int]:
    ids = {
        site.number: record_site(
            work,
            definition,
            site,
            owner,
            depots[definition.depot_of(site)],
            FIRST_VERSION,
            ask.effective_from,
        )
        # Main sites before their satellites.
        for site in sorted(sites_of(definition, ask.size), key=lambda site: site.satellite_of is not None)
    }
    if not ids and not definition.serves:
        raise BadInput(f"The study file has no sites of size {ask.size!r}. Nothing was loaded.")
    return ids


def _seeds(work: Work, owner: Mapping[str, int]) -> dict[str, str]:
    commitments = {}
    for purpose in SEED_PURPOSES:
        seed = work.store.entropy(32)
        commitments[purpose] = commitment(seed)
        work.append(
            AllocationKey,
            **owner,
            purpose=purpose,
            sealed=work.store.seal.close(seed),
            commitment=commitments[purpose],
        )
    return commitments
