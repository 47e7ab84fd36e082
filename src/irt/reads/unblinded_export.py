"""Everything that an outsider needs to make a study's allocations again, apart from the seed."""

from sqlalchemy import Connection, RowMapping, bindparam, select

from irt.audit.entry import study_chain
from irt.errors import NotFound
from irt.randomization.export.export_file import Export
from irt.randomization.export.study_export import Stored, study_export
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.record import AuditHead
from irt.tables.secret import AllocationKey, RestrictedPart, SecretAuditHead, TreatmentAssignment
from irt.tables.study import Study, StudyVersion
from irt.tables.subject import Randomization

_R, _T, _STUDIES, _KEYS = (
    table_of(Randomization),
    table_of(TreatmentAssignment),
    table_of(Study),
    table_of(AllocationKey),
)
_VERSIONS, _PARTS = table_of(StudyVersion), table_of(RestrictedPart)
_HEADS, _SECRET_HEADS = table_of(AuditHead), table_of(SecretAuditHead)
_STUDY = (
    select(_STUDIES.c.protocol, _STUDIES.c.mode, _KEYS.c.commitment)
    .join(_KEYS, _KEYS.c.study_id == _STUDIES.c.id)
    .where(_STUDIES.c.id == bindparam("study_id"), _KEYS.c.purpose == "allocation")
)
_DEFINITIONS = (
    select(_VERSIONS.c.number, _PARTS.c.definition)
    .join(_PARTS, _PARTS.c.version_id == _VERSIONS.c.id)
    .where(_VERSIONS.c.study_id == bindparam("study_id"))
    .order_by(_VERSIONS.c.number)
)
_ALLOCATIONS = (
    select(
        _R.c.assignment_number,
        _R.c.number,
        _R.c.version_number,
        _R.c.stage,
        _R.c.levels,
        _T.c.stratum,
        _T.c.arm,
        _T.c.probabilities,
        _T.c.draws,
        _T.c.state_seen,
    )
    .join(_T, _T.c.randomization_id == _R.c.id)
    .where(_R.c.study_id == bindparam("study_id"))
    .order_by(_R.c.assignment_number)
)


def allocations_export(connection: Connection, study_id: int) -> Export:
    """The export of a study as it stands; NotFound where there is no such study."""
    facts = {"study_id": study_id}
    study = connection.execute(_STUDY, facts).mappings().first()
    if study is None:
        raise NotFound("No such study. Check the number.")
    rows = connection.execute(_ALLOCATIONS, facts).mappings().all()
    used = {row["version_number"] for row in rows}
    versions = {
        row.number: StudyDefinition.model_validate(row.definition)
        for row in connection.execute(_DEFINITIONS, facts)
        if row.number in used
    }
    stored = [_stored(row) for row in rows]
    return study_export(study["protocol"], study["commitment"], versions, stored, _trail(connection, study_id))


def _stored(row: RowMapping) -> Stored:
    return Stored(
        number=row["assignment_number"],
        randomization=row["number"],
        version=row["version_number"],
        stage=row["stage"],
        levels=row["levels"],
        stratum=row["stratum"],
        arm=row["arm"],
        probabilities=row["probabilities"],
        draws=row["draws"],
        seen=row["state_seen"],
    )


def _trail(connection: Connection, study_id: int) -> dict[str, dict[str, object]]:
    """The last entry of each chain: whoever has the trail can hold the export against it."""
    heads = {}
    for name, table in (("blinded", _HEADS), ("secret", _SECRET_HEADS)):
        asked = select(table.c.sequence, table.c.hash).where(table.c.chain == study_chain(study_id))
        row = connection.execute(asked).mappings().first()
        heads[name] = dict(row) if row else {}
    return heads
