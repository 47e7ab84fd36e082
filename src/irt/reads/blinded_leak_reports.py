"""Leak reports that were kept, as everybody may know them: verdict, figures, day; never a field that is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, select

from irt.audit.entry import study_chain
from irt.blinding.leaks.report import POPULATIONS
from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry
from irt.tables.study import StudyVersion

ACT, RECORD_KIND = "leak_report_kept", "leak_report"


@dataclass(frozen=True)
class LeakFigures(BlindedView):
    """Of subjects or of kits. `area`: of the adversary who has every field; `upper`: its limit (one-sided, 95 %).

    `units` were looked at, `needed` for a verdict; `power`: to find a field of area 0.60; `named`: how many tell.
    """

    of: str
    verdict: str
    units: int
    needed: int
    fields: int
    tests: int
    area: str
    upper: str
    power: str
    named: int


@dataclass(frozen=True)
class KeptLeakReport(BlindedView):
    """One kept report, numbered from 1 in its study; `report_hash` is the SHA-256 of its JSON as it was kept.

    `linted_with`: the number that the invented trial was begun with; it has nothing to do with the study's seeds.
    """

    number: int
    sequence: int
    version: int
    version_hash: str
    release: str
    verdict: str
    subjects: int
    upper_limit: str
    named: int
    linted_with: int
    answers: int
    letters: int
    pages: int
    figures: tuple[LeakFigures, ...]
    report_hash: str
    person: str
    at: datetime


_ENTRIES, _VERSIONS = table_of(AuditEntry), table_of(StudyVersion)
_STUDY: BindParameter[int] = bindparam("study_id")
_KEPT = (
    select(_ENTRIES.c.sequence, _ENTRIES.c.new, _ENTRIES.c.person, _ENTRIES.c.at, _ENTRIES.c.release)
    .where(_ENTRIES.c.chain == bindparam("chain"), _ENTRIES.c.record_kind == RECORD_KIND, _ENTRIES.c.act == ACT)
    .order_by(_ENTRIES.c.sequence)
)
_HASHES = select(_VERSIONS.c.number, _VERSIONS.c.salted_digest).where(_VERSIONS.c.study_id == _STUDY)
_PLAIN = ("version", "verdict", "subjects", "upper_limit", "answers", "letters", "pages", "report_hash")


def leak_reports(connection: Connection, study_id: int) -> tuple[KeptLeakReport, ...]:
    """The reports of a study, the newest first."""
    hashes = {row.number: row.salted_digest for row in connection.execute(_HASHES, {"study_id": study_id})}
    rows = connection.execute(_KEPT, {"chain": study_chain(study_id)}).mappings()
    kept = [_report(number, row, hashes) for number, row in enumerate(rows, start=1)]
    return tuple(reversed(kept))


def leak_report(connection: Connection, study_id: int, number: int) -> KeptLeakReport:
    """One of them; NotFound where there is none of that number."""
    found = next((one for one in leak_reports(connection, study_id) if one.number == number), None)
    if found is None:
        raise NotFound(f"The study has no leak report {number}. Check the number.")
    return found


def _report(number: int, row: RowMapping, hashes: Mapping[int, str]) -> KeptLeakReport:
    new: Mapping[str, Any] = row["new"]
    return KeptLeakReport(
        number=number,
        sequence=row["sequence"],
        version_hash=hashes[new["version"]],
        release=row["release"],
        named=new["fields"],
        linted_with=new["seed"],
        figures=tuple(LeakFigures(of=name, **new["figures"][name]) for name in POPULATIONS),
        person=row["person"],
        at=row["at"],
        **{name: new[name] for name in _PLAIN},
    )
