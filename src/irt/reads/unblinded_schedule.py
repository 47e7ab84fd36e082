"""The schedule and codes of a study (ICH E3 16.1.7), and what else leaves the statistician's room."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from irt.blinding.views import UnblindedView
from irt.reads.unblinded_definition import definition_in_force
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.record import Signature
from irt.tables.secret import AllocationKey, TransferCode, TreatmentAssignment
from irt.tables.study import Site, Study, StudyVersion
from irt.tables.subject import Randomization, Subject

FIRST_ALLOCATIONS = "first allocations"
"""The kind of record that a signed check of the first allocations is."""


@dataclass(frozen=True)
class ScheduleLine(UnblindedView):
    """One subject of the schedule."""

    number: int
    randomization: str
    subject: str
    site: str
    on_day: date
    stratum: str
    arm: str
    arm_name: str


@dataclass(frozen=True)
class SignedCheck(UnblindedView):
    """A signature under a check of the first allocations."""

    record: str
    printed_name: str
    role: str
    meaning: str
    at: datetime


@dataclass(frozen=True)
class Schedule(UnblindedView):
    """All allocations of a study with what they were made by."""

    study_id: int
    study: str
    protocol: str
    method: str
    version: int
    digest: str
    plan: Mapping[str, Any]
    commitment: str
    arms: tuple[tuple[str, str, int], ...]
    lines: tuple[ScheduleLine, ...]
    checks: tuple[SignedCheck, ...]


_R, _T, _SITES, _SUBJECTS = (
    table_of(Randomization),
    table_of(TreatmentAssignment),
    table_of(Site),
    table_of(Subject),
)
_STUDIES, _VERSIONS, _KEYS, _CODES, _SIGNATURES = (
    table_of(Study),
    table_of(StudyVersion),
    table_of(AllocationKey),
    table_of(TransferCode),
    table_of(Signature),
)
_LINES = (
    select(
        _R.c.assignment_number,
        _R.c.number.label("randomization"),
        _R.c.on_day,
        _SUBJECTS.c.number.label("subject"),
        _SITES.c.number.label("site"),
        _T.c.stratum,
        _T.c.arm,
    )
    .join(_T, _T.c.randomization_id == _R.c.id)
    .join(_SITES, _SITES.c.id == _R.c.site_id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _R.c.subject_id)
    .where(_R.c.study_id == bindparam("study_id"))
    .order_by(_R.c.assignment_number)
)
_STUDY = select(_STUDIES.c.name, _STUDIES.c.protocol).where(_STUDIES.c.id == bindparam("study_id"))
_VERSION = (
    select(_VERSIONS.c.number, _VERSIONS.c.salted_digest)
    .where(_VERSIONS.c.study_id == bindparam("study_id"), _VERSIONS.c.approved_at.is_not(None))
    .order_by(_VERSIONS.c.number.desc())
    .limit(1)
)
_COMMITMENT = select(_KEYS.c.commitment).where(
    _KEYS.c.study_id == bindparam("study_id"), _KEYS.c.purpose == "allocation"
)
_CODES_HELD = select(_CODES.c.arm, _CODES.c.code).where(_CODES.c.study_id == bindparam("study_id"))
_CHECKS = (
    select(_SIGNATURES)
    .where(_SIGNATURES.c.study_id == bindparam("study_id"), _SIGNATURES.c.record_kind == FIRST_ALLOCATIONS)
    .order_by(_SIGNATURES.c.id.desc())
)


def schedule(connection: Connection, study_id: int) -> Schedule:
    """The whole schedule, in order of assignment."""
    facts = {"study_id": study_id}
    definition = definition_in_force(connection, study_id)
    study = connection.execute(_STUDY, facts).one()
    version = connection.execute(_VERSION, facts).one()
    return Schedule(
        study_id=study_id,
        study=study.name,
        protocol=study.protocol,
        method=definition.randomization.method.replace("_", " "),
        version=version.number,
        digest=version.salted_digest,
        plan=definition.randomization.model_dump(mode="json"),
        commitment=str(connection.execute(_COMMITMENT, facts).scalar() or ""),
        arms=tuple((arm.code, arm.name, arm.ratio) for arm in definition.arms),
        lines=_lines(connection, facts, definition),
        checks=_checks(connection, facts),
    )


def transfer_codes(connection: Connection, study_id: int) -> dict[str, str]:
    """Arm -> neutral code; empty where none were drawn yet."""
    rows = connection.execute(_CODES_HELD, {"study_id": study_id})
    return {row.arm: row.code for row in rows}


def _lines(
    connection: Connection, facts: Mapping[str, int], definition: StudyDefinition
) -> tuple[ScheduleLine, ...]:
    names = {arm.code: arm.name for arm in definition.arms}
    return tuple(
        ScheduleLine(
            number=row.assignment_number,
            randomization=row.randomization,
            subject=row.subject,
            site=row.site,
            on_day=row.on_day,
            stratum=row.stratum.replace(";", ", ").replace("=", " "),
            arm=row.arm,
            arm_name=names.get(row.arm, row.arm),
        )
        for row in connection.execute(_LINES, facts)
    )


def _checks(connection: Connection, facts: Mapping[str, int]) -> tuple[SignedCheck, ...]:
    rows = connection.execute(_CHECKS, facts)
    return tuple(SignedCheck(row.record, row.printed_name, row.role, row.meaning, row.at) for row in rows)
