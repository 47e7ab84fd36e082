"""What a protocol version changes, the restricted parts too."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from irt.blinding.views import UnblindedView
from irt.errors import NotFound
from irt.states.records import VersionStatus
from irt.study.comparison import Change, unblinded_changes
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.secret import RestrictedPart
from irt.tables.study import StudyVersion


@dataclass(frozen=True)
class WholeComparison(UnblindedView):
    """A version against the one it follows."""

    study_id: int
    number: int
    follows: int | None
    changes: tuple[Change, ...]


_VERSIONS, _PARTS = table_of(StudyVersion), table_of(RestrictedPart)
_DEFINITION = (
    select(_PARTS.c.definition)
    .join(_VERSIONS, _VERSIONS.c.id == _PARTS.c.version_id)
    .where(_VERSIONS.c.study_id == bindparam("study_id"), _VERSIONS.c.number == bindparam("number"))
)
_BEFORE = select(func.max(_VERSIONS.c.number)).where(
    _VERSIONS.c.study_id == bindparam("study_id"),
    _VERSIONS.c.number < bindparam("number"),
    (_VERSIONS.c.status == VersionStatus.APPROVED) | (_VERSIONS.c.number == 1),
)


def whole_comparison(connection: Connection, study_id: int, number: int) -> WholeComparison:
    """Everything that changed with a version; nothing for the first. NotFound where there is no such version."""
    after = definition_of_version(connection, study_id, number)
    follows = connection.execute(_BEFORE, {"study_id": study_id, "number": number}).scalar()
    if follows is None:
        return WholeComparison(study_id, number, None, ())
    changes = unblinded_changes(definition_of_version(connection, study_id, follows), after)
    return WholeComparison(study_id, number, follows, changes)


def definition_of_version(connection: Connection, study_id: int, number: int) -> StudyDefinition:
    """The whole definition of a version, whatever its status; NotFound where there is none."""
    found = connection.execute(_DEFINITION, {"study_id": study_id, "number": number}).scalar()
    if found is None:
        raise NotFound(f"The study has no version {number}. Check the number.")
    return StudyDefinition.model_validate(found)
