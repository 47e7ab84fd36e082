"""The study definition in force, read once and kept: protocol versions never change."""

from sqlalchemy import bindparam, select

from irt.errors import IntegrityFault
from irt.randomization.numbers import OpaqueNumbers
from irt.randomization.procedures import procedure_in
from irt.randomization.scheme import Procedure
from irt.services.seed_custody import open_seed
from irt.services.work import Work
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.secret import AllocationKey, RestrictedPart
from irt.tables.study import Study, StudyVersion

_STUDIES, _VERSIONS, _PARTS = table_of(Study), table_of(StudyVersion), table_of(RestrictedPart)
_SEEDS = table_of(AllocationKey)
_PROTOCOL = select(_STUDIES.c.protocol).where(_STUDIES.c.id == bindparam("study_id"))
_DEFINITION = (
    select(_PARTS.c.definition)
    .join(_VERSIONS, _VERSIONS.c.id == _PARTS.c.version_id)
    .where(_VERSIONS.c.study_id == bindparam("study_id"), _VERSIONS.c.number == bindparam("number"))
)
_SEED = select(_SEEDS.c.sealed).where(
    _SEEDS.c.study_id == bindparam("study_id"), _SEEDS.c.purpose == bindparam("purpose")
)


def definition_of(work: Work, study_id: int, version_number: int) -> StudyDefinition:
    """The whole definition of a version; IntegrityFault where its restricted part is missing."""
    known = work.store.definitions.get((study_id, version_number))
    if known is None:
        row = work.row(_DEFINITION, study_id=study_id, number=version_number)
        if row is None:
            raise IntegrityFault(f"study {study_id} has no version {version_number}")
        known = StudyDefinition.model_validate(row["definition"])
        work.store.definitions[(study_id, version_number)] = known
    return known


def protocol_of(work: Work, study_id: int) -> str:
    """A study's protocol number."""
    return str(work.one("study", _PROTOCOL, study_id=study_id)["protocol"])


def seed_of(work: Work, study_id: int, purpose: str) -> bytes:
    """A study's seed, unsealed once and held in memory only."""
    known = work.store.seeds.get((study_id, purpose))
    if known is None:
        row = work.row(_SEED, study_id=study_id, purpose=purpose)
        if row is None:
            raise IntegrityFault(f"study {study_id} has no seed for {purpose}")
        return open_seed(work, study_id, purpose, row["sealed"])
    return known


def procedure_of(work: Work, study_id: int, version_number: int, stage: int = 1) -> Procedure:
    """The procedure of a version for a subject's first randomization, or for a later one."""
    known = work.store.procedures.get((study_id, version_number, stage))
    if known is None:
        definition = definition_of(work, study_id, version_number)
        known = procedure_in(definition, stage)
        work.store.procedures[(study_id, version_number, stage)] = known
    return known


RANDOMIZATION_DIGITS = 6


def randomization_number(work: Work, study_id: int, assignment_number: int) -> str:
    """The opaque number of the so-maniest randomization; it tells neither order nor arm nor stratum (L12)."""
    known = work.store.numbers.get(study_id)
    if known is None:
        seed = seed_of(work, study_id, "randomization_numbers")
        known = work.store.numbers[study_id] = OpaqueNumbers(seed, RANDOMIZATION_DIGITS, "randomization")
    return known.number(assignment_number - 1)
