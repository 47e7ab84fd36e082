"""Protocol versions as services find them: written once, approved under a signature, withdrawn only as drafts."""

from collections.abc import Mapping

from sqlalchemy import RowMapping, bindparam, func, select

from irt.errors import IntegrityFault, Refusal
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.states.records import VersionStatus
from irt.study.amendment import sequence_of
from irt.study.definition import StudyDefinition
from irt.study.digest import digest
from irt.study.public_part import public_part_of
from irt.tables.columns import table_of
from irt.tables.secret import RestrictedPart
from irt.tables.study import SiteVersion, Study, StudyVersion

FIRST_VERSION = 1


class VersionNotDraft(Refusal):
    """The version is signed or withdrawn: it never changes again."""

    def __init__(self, number: int, status: str) -> None:
        words = "already approved" if status == VersionStatus.APPROVED else "withdrawn"
        super().__init__(f"Version {number} is {words}. Nothing was changed. A change is a new version.")


class VersionNotSigned(Refusal):
    """A site can only go on under a version that two people agreed on."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Version {number} is not approved, so nothing was changed. Have it approved, or choose another one."
        )


class SequenceInUse(Refusal):
    """Two versions with different randomization settings would draw from one sequence."""

    def __init__(self, number: int, other: int) -> None:
        super().__init__(
            f"Version {number} randomizes by other settings than version {other}, on which a site was opened. "
            f"Nothing was changed. Choose a version that goes on with the settings of version {other}."
        )


def record_version(work: Work, definition: StudyDefinition, owner: Mapping[str, int], number: int) -> str:
    """Appends a draft and gives its salted digest.

    The public part is for everybody, the whole and the salt apart. A bare hash would give small secrets away.
    """
    whole = definition.model_dump(mode="json")
    salt = work.store.entropy(32)
    salted = digest(definition, salt)
    version_id = work.record(
        StudyVersion,
        **owner,
        number=number,
        status=VersionStatus.DRAFT,
        public_part=public_part_of(definition),
        salted_digest=salted,
        created_at=work.at,
        loaded_by_id=work.actor.account_id,
    )
    work.append(RestrictedPart, **owner, version_id=version_id, definition=whole, salt=salt.hex())
    return salted


_VERSIONS, _PARTS, _STUDIES = table_of(StudyVersion), table_of(RestrictedPart), table_of(Study)
_SITE_VERSIONS = table_of(SiteVersion)
_COLUMNS = (
    _VERSIONS.c.id,
    _VERSIONS.c.number,
    _VERSIONS.c.status,
    _VERSIONS.c.salted_digest,
    _VERSIONS.c.public_part,
    _VERSIONS.c.loaded_by_id,
    _STUDIES.c.protocol,
    _STUDIES.c.sponsor_id,
)
_OF_STUDY = (
    select(*_COLUMNS)
    .join(_STUDIES, _STUDIES.c.id == _VERSIONS.c.study_id)
    .where(_VERSIONS.c.study_id == bindparam("study_id"))
)
_LOCKED = _OF_STUDY.where(_VERSIONS.c.number == bindparam("number")).with_for_update(key_share=True, of=_VERSIONS)
_NEWEST = _OF_STUDY.order_by(_VERSIONS.c.number.desc()).limit(1)
_SALT = select(_PARTS.c.salt, _PARTS.c.definition).where(_PARTS.c.version_id == bindparam("version_id"))
_OPENED = (
    select(_SITE_VERSIONS.c.version_number).where(_SITE_VERSIONS.c.study_id == bindparam("study_id")).distinct()
)
_APPROVED_BEFORE = select(func.max(_VERSIONS.c.number)).where(
    _VERSIONS.c.study_id == bindparam("study_id"),
    _VERSIONS.c.number < bindparam("number"),
    _VERSIONS.c.status == VersionStatus.APPROVED,
)


def lock_draft(work: Work, study_id: int, number: int) -> RowMapping:
    """A draft whose row this transaction has locked; VersionNotDraft where it is one no more."""
    version = work.one("study version", _LOCKED, study_id=study_id, number=number)
    if version["status"] != VersionStatus.DRAFT:
        raise VersionNotDraft(number, version["status"])
    return version


def newest_of(work: Work, study_id: int) -> RowMapping:
    """The newest version of a study, whatever its status."""
    return work.one("study", _NEWEST, study_id=study_id)


def version_before(work: Work, study_id: int, number: int) -> int | None:
    """The number of the version that this one follows: the newest approved before it, else the first; None: no."""
    found = work.connection.execute(_APPROVED_BEFORE, {"study_id": study_id, "number": number}).scalar()
    return int(found) if found is not None else FIRST_VERSION if number > FIRST_VERSION else None


def require_signed(work: Work, study_id: int, number: int) -> None:
    """VersionNotSigned unless the version was approved."""
    found = work.row(_OF_STUDY.where(_VERSIONS.c.number == number), study_id=study_id)
    if found is None or found["status"] != VersionStatus.APPROVED:
        raise VersionNotSigned(number)


def refuse_other_sequence(work: Work, study_id: int, number: int) -> None:
    """SequenceInUse where a site was opened on a version that draws from another allocation sequence."""
    ours = sequence_of(definition_of(work, study_id, number))
    for row in work.rows(_OPENED, study_id=study_id):
        if sequence_of(definition_of(work, study_id, row["version_number"])) != ours:
            raise SequenceInUse(number, row["version_number"])


def verify_digest(work: Work, version: RowMapping) -> None:
    """IntegrityFault where what would be signed is not what was loaded."""
    part = work.one("study version", _SALT, version_id=version["id"])
    definition = StudyDefinition.model_validate(part["definition"])
    same = digest(definition, bytes.fromhex(part["salt"])) == version["salted_digest"]
    if not same or public_part_of(definition) != version["public_part"]:
        raise IntegrityFault(f"version {version['number']} of {version['protocol']} is not the one that was loaded")
