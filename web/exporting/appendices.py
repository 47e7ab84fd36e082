"""The appendices of a clinical study report that this system holds: tables and papers. They tell treatments."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from irt.reads.blinded_sheets import sheet_of
from irt.reads.named import NamedStudy
from irt.reads.unblinded_batches import subjects_by_batch
from irt.reads.unblinded_schedule import schedule
from web.record_files import made_by, pages_and_tables, sheet_paper
from web.unblinded.document_files import (
    BATCHES_TITLE,
    SCHEDULE_TITLE,
    batches_paper,
    batches_table,
    masthead_of,
    schedule_paper,
    schedule_table,
)

E3 = "Appendices of the study report"
E3_READING = "study report appendices"
BLINDED = ("deviations", "unblinding-log")
"""Reports that go along: 16.2.2 and the unblindings."""


@dataclass(frozen=True, slots=True, repr=False)
class Appendices:
    """Every appendix by file name, and how many lines tell treatments."""

    files: dict[str, bytes]
    rows: int


def appendices(connection: Connection, study: NamedStudy, person: str, now: datetime) -> Appendices:
    """Subjects by batch (16.1.6), schedule and codes (16.1.7), deviations (16.2.2), unblindings."""
    told, batches = schedule(connection, study.id), subjects_by_batch(connection, study.id)
    sheets = [sheet_of(connection, name, study.id, now) for name in BLINDED]
    leaving = [
        batches_table(batches),
        batches_paper(batches, masthead_of(told, BATCHES_TITLE, person, now, study.mode)),
        schedule_table(told),
        schedule_paper(told, masthead_of(told, SCHEDULE_TITLE, person, now, study.mode)),
    ]
    files = {f"{one.name}.{one.suffix}": _bytes(one.content) for one in leaving}
    files |= pages_and_tables(sheets, study.words, made_by(person, now, study.mode))
    files |= {f"{sheet.name}.pdf": sheet_paper(sheet, study.words, study.mode, person, now) for sheet in sheets}
    return Appendices(files, len(told.lines) + len(batches))


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
