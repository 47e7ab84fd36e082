"""A kept leak report in full, for unblinded people: the fields that it names, and its JSON as it was kept."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from irt.audit.entry import study_chain
from irt.blinding.leaks.report import LeakReport
from irt.blinding.views import UnblindedView
from irt.errors import IntegrityFault
from irt.reads.blinded_leak_reports import ACT, KeptLeakReport, leak_report
from irt.tables.columns import table_of
from irt.tables.secret import SecretAuditEntry


@dataclass(frozen=True)
class LeakFieldLine(UnblindedView):
    """One field among subjects or kits; `tells`: the report names it, else it comes closest of the others."""

    of: str
    tells: bool
    field: str
    aspect: str
    area: float
    lower: float
    upper: float
    p: float
    units: int
    also: tuple[str, ...]


@dataclass(frozen=True)
class WholeLeakReport(UnblindedView):
    """The report: what everybody may know of it, its fields, and `text`, which gives its hash."""

    kept: KeptLeakReport
    fields: tuple[LeakFieldLine, ...]
    text: str


_SECRETS = table_of(SecretAuditEntry)
_TEXT = select(_SECRETS.c.body).where(
    _SECRETS.c.chain == bindparam("chain"),
    _SECRETS.c.act == ACT,
    _SECRETS.c.blinded_sequence == bindparam("sequence"),
)


def whole_leak_report(connection: Connection, study_id: int, number: int) -> WholeLeakReport:
    """One report of a study; NotFound where there is none of that number."""
    kept = leak_report(connection, study_id, number)
    asked = {"chain": study_chain(study_id), "sequence": kept.sequence}
    body = connection.execute(_TEXT, asked).scalar()
    if body is None:
        raise IntegrityFault(f"Leak report {number} of study {study_id} has no entry in the second chain.")
    text: str = body["report"]
    return WholeLeakReport(kept, _lines(LeakReport.model_validate_json(text)), text)


def _lines(report: LeakReport) -> tuple[LeakFieldLine, ...]:
    """Those that tell first; a field that tells is among the closest too, and stands once."""
    return tuple(
        LeakFieldLine(of=name, tells=tells, **one.model_dump())
        for tells in (True, False)
        for name, found in report.found.items()
        for one in (found.named if tells else found.closest)
        if tells or one not in found.named
    )
