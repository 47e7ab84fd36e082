"""The whole definition of a study, as unblinded pages need it."""

from sqlalchemy import Connection, bindparam, select

from irt.errors import NotFound
from irt.states.records import VersionStatus
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.secret import RestrictedPart
from irt.tables.study import StudyVersion

_VERSIONS, _PARTS = table_of(StudyVersion), table_of(RestrictedPart)
_NEWEST = (
    select(_VERSIONS.c.id)
    .where(_VERSIONS.c.study_id == bindparam("study_id"), _VERSIONS.c.status == VersionStatus.APPROVED)
    .order_by(_VERSIONS.c.number.desc())
    .limit(1)
)
_PART = select(_PARTS.c.salt, _PARTS.c.definition).where(_PARTS.c.version_id == bindparam("version_id"))
_SALT = select(_PARTS.c.salt).where(_PARTS.c.version_id == bindparam("version_id"))
_KNOWN_MAX = 64
_known: dict[str, StudyDefinition] = {}


def definition_in_force(connection: Connection, study_id: int) -> StudyDefinition:
    """The whole definition of the newest approved version, parsed once; its salt tells versions apart."""
    version_id = connection.execute(_NEWEST, {"study_id": study_id}).scalar()
    salt = connection.execute(_SALT, {"version_id": version_id}).scalar()
    if salt is None:
        raise NotFound("This study has no approved version yet. Have its version approved first.")
    if salt not in _known:
        if len(_known) >= _KNOWN_MAX:
            _known.clear()
        part = connection.execute(_PART, {"version_id": version_id}).one()
        _known[salt] = StudyDefinition.model_validate(part.definition)
    return _known[salt]
