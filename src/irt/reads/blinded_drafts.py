"""Study versions as blinded people may know them: number, digest, who loaded and who approved; what is public."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, Select, select

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.reads.blinded_sites import study_at
from irt.states.records import Mode, VersionStatus
from irt.study.describe import describe_blinded
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.record import Signature
from irt.tables.study import Study, StudyVersion


@dataclass(frozen=True)
class VersionLine(BlindedView):
    """One version of one study; `digest` is salted."""

    study_id: int
    protocol: str
    name: str
    mode: Mode
    number: int
    status: VersionStatus
    digest: str
    loaded_by_id: int
    loaded_by: str
    loaded_at: datetime
    approved_by: str
    approved_at: datetime | None

    @property
    def words(self) -> str:
        """As in 'NB-301 (production), version 2'."""
        return f"{self.protocol} ({self.mode}), version {self.number}"


@dataclass(frozen=True)
class VersionRecord(BlindedView):
    """One version with its specification as blinded people read it, in Markdown."""

    line: VersionLine
    specification: str


_VERSIONS, _STUDIES, _ACCOUNTS = table_of(StudyVersion), table_of(Study), table_of(Account)
_SIGNATURES = table_of(Signature)
_ALL = (
    select(
        _VERSIONS.c.study_id,
        _VERSIONS.c.number,
        _VERSIONS.c.status,
        _VERSIONS.c.salted_digest,
        _VERSIONS.c.loaded_by_id,
        _VERSIONS.c.created_at,
        _VERSIONS.c.approved_at,
        _STUDIES.c.protocol,
        _STUDIES.c.name,
        _STUDIES.c.mode,
        _ACCOUNTS.c.printed_name,
        _SIGNATURES.c.printed_name.label("approved_by"),
    )
    .join(_STUDIES, _STUDIES.c.id == _VERSIONS.c.study_id)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _VERSIONS.c.loaded_by_id)
    .outerjoin(_SIGNATURES, _SIGNATURES.c.id == _VERSIONS.c.signature_id)
    .order_by(_STUDIES.c.protocol, _VERSIONS.c.study_id, _VERSIONS.c.number.desc())
)
_DRAFTS = _ALL.where(_VERSIONS.c.status == VersionStatus.DRAFT)


def versions_reached(connection: Connection, actor: Actor) -> tuple[VersionLine, ...]:
    """Every version of the studies in which the person has any role, newest first in each study."""
    return tuple(line for line in _lines(connection, _ALL) if actor.reaches(line.study_id, None))


def drafts_to_approve(connection: Connection, actor: Actor) -> tuple[VersionLine, ...]:
    """Draft versions that the person's role lets them approve, their own loads among them."""
    return tuple(
        line
        for line in _lines(connection, _DRAFTS)
        if actor.grant_for(Permission.APPROVE_STUDY, line.study_id, None) is not None
    )


def version_record(connection: Connection, study_id: int, number: int) -> VersionRecord:
    """One version; NotFound where the study has none of that number."""
    statement = _ALL.where(_VERSIONS.c.study_id == study_id, _VERSIONS.c.number == number)
    if not (lines := _lines(connection, statement)):
        raise NotFound("No such version of this study. Check the address.")
    return VersionRecord(lines[0], describe_blinded(study_at(connection, study_id, number), "markdown"))


def _lines(connection: Connection, statement: Select[tuple[object, ...]]) -> Sequence[VersionLine]:
    return [_line(row) for row in connection.execute(statement).mappings()]


def _line(row: RowMapping) -> VersionLine:
    return VersionLine(
        study_id=row["study_id"],
        protocol=row["protocol"],
        name=row["name"],
        mode=Mode(row["mode"]),
        number=row["number"],
        status=VersionStatus(row["status"]),
        digest=row["salted_digest"],
        loaded_by_id=row["loaded_by_id"],
        loaded_by=row["printed_name"],
        loaded_at=row["created_at"],
        approved_by=row["approved_by"] or "",
        approved_at=row["approved_at"],
    )
