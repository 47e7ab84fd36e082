"""Leak reports that were kept: what the linter said of a study version, when, and who kept it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from irt.tables.columns import table_of
from irt.tables.record import AuditEntry

ACT, RECORD_KIND = "leak_report_kept", "leak_report"


@dataclass(frozen=True, slots=True)
class KeptLeakReport:
    """One kept report; `report_hash` is the SHA-256 of its JSON."""

    version: int
    verdict: str
    subjects: int
    upper_limit: str
    fields_named: tuple[str, ...]
    report_hash: str
    person: str
    at: datetime


_ENTRIES = table_of(AuditEntry)
_KEPT = (
    select(_ENTRIES.c.new, _ENTRIES.c.person, _ENTRIES.c.at)
    .where(_ENTRIES.c.chain == bindparam("chain"), _ENTRIES.c.record_kind == RECORD_KIND, _ENTRIES.c.act == ACT)
    .order_by(_ENTRIES.c.id.desc())
)


def leak_reports(connection: Connection, study_id: int) -> list[KeptLeakReport]:
    """The reports of a study, the newest first."""
    return [
        KeptLeakReport(
            version=row.new["version"],
            verdict=row.new["verdict"],
            subjects=row.new["subjects"],
            upper_limit=row.new["upper_limit"],
            fields_named=tuple(row.new["fields_named"]),
            report_hash=row.new["report_hash"],
            person=row.person,
            at=row.at,
        )
        for row in connection.execute(_KEPT, {"chain": f"study:{study_id}"})
    ]


def leak_report_of(connection: Connection, study_id: int, version: int) -> KeptLeakReport | None:
    """The newest report of a version, for the go-live checklist; None where none was kept."""
    return next((each for each in leak_reports(connection, study_id) if each.version == version), None)
