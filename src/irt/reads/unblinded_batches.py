"""Subjects by batch (ICH E3 16.1.6): who was given kits of which manufacturing lot. Tells treatments."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, select

from irt.blinding.views import UnblindedView
from irt.states.kit import Custody
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit, Movement
from irt.tables.secret import KitContent, ManufacturingLot
from irt.tables.study import Site
from irt.tables.subject import Subject

HEADS = (
    *("Kit type", "Batch", "Lot on the label", "Expiry of the batch", "Subject", "Site", "Kits"),
    *("First handed over (UTC)", "Last handed over (UTC)"),
)


@dataclass(frozen=True)
class BatchLine(UnblindedView):
    """One subject under one batch; a kit counts that came into the subject's hands, also one given by mistake."""

    kit_type: str
    batch: str
    blinded_lot: str
    expiry: date
    subject: str
    site: str
    kits: int
    first_at: datetime
    last_at: datetime


_KITS, _LOTS, _MOVES = table_of(Kit), table_of(BlindedLot), table_of(Movement)
_CONTENTS, _MADE = table_of(KitContent), table_of(ManufacturingLot)
_SUBJECTS, _SITES = table_of(Subject), table_of(Site)
_HANDED = (
    select(_MOVES.c.kit_id, _MOVES.c.place_id.label("subject_id"), func.min(_MOVES.c.occurred_at).label("at"))
    .where(_MOVES.c.study_id == bindparam("study_id"), _MOVES.c.custody == Custody.SUBJECT)
    .group_by(_MOVES.c.kit_id, _MOVES.c.place_id)
    .subquery()
)
"""When each kit first came into a subject's hands, whatever became of it then."""
_BY = (
    _CONTENTS.c.kit_type,
    _MADE.c.number.label("batch"),
    _LOTS.c.number.label("blinded_lot"),
    _MADE.c.expiry,
    _SUBJECTS.c.number.label("subject"),
    _SITES.c.number.label("site"),
)
_LINES = (
    select(
        *_BY,
        func.count().label("kits"),
        func.min(_HANDED.c.at).label("first_at"),
        func.max(_HANDED.c.at).label("last_at"),
    )
    .select_from(_HANDED)
    .join(_KITS, _KITS.c.id == _HANDED.c.kit_id)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .join(_MADE, _MADE.c.id == _CONTENTS.c.manufacturing_lot_id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .join(_SUBJECTS, _SUBJECTS.c.id == _HANDED.c.subject_id)
    .join(_SITES, _SITES.c.id == _SUBJECTS.c.site_id)
    .group_by(*_BY)
    .order_by(_CONTENTS.c.kit_type, _MADE.c.number, _SUBJECTS.c.number)
)


def subjects_by_batch(connection: Connection, study_id: int) -> tuple[BatchLine, ...]:
    """Every subject who received a kit, under each batch, by kit type, batch and subject."""
    rows = connection.execute(_LINES, {"study_id": study_id}).mappings()
    return tuple(BatchLine(**row) for row in rows)


def batch_row(line: BatchLine) -> tuple[object, ...]:
    """A line as a file has it."""
    span = (f"{line.first_at:%Y-%m-%dT%H:%M:%SZ}", f"{line.last_at:%Y-%m-%dT%H:%M:%SZ}")
    return (
        *(line.kit_type, line.batch, line.blinded_lot, line.expiry.isoformat(), line.subject, line.site, line.kits),
        *span,
    )
