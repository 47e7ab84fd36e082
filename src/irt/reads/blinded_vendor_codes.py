"""What depots call sites, depots and products in their own systems, in force and to come. No kit type."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, select

from irt.blinding.views import BlindedView
from irt.study.operations import CodeOf
from irt.tables.columns import table_of
from irt.tables.study import Depot
from irt.tables.vendor import VendorCode


@dataclass(frozen=True)
class CodeLine(BlindedView):
    """One code of one depot; `coming` where it does not hold yet."""

    depot: str
    code_of: CodeOf
    record: str
    code: str
    effective_from: date
    coming: bool


_CODES, _DEPOTS = table_of(VendorCode), table_of(Depot)
_LINES = (
    select(_CODES, _DEPOTS.c.code.label("depot"))
    .join(_DEPOTS, _DEPOTS.c.id == _CODES.c.depot_id)
    .where(_CODES.c.study_id == bindparam("study_id"))
    .order_by(_DEPOTS.c.code, _CODES.c.code_of, _CODES.c.record, _CODES.c.effective_from, _CODES.c.id)
)


def vendor_codes(connection: Connection, study_id: int, today: date) -> tuple[CodeLine, ...]:
    """The code of each thing that holds today, and those to come, by depot."""
    held: dict[tuple[str, str, str, bool, date | None], CodeLine] = {}
    for row in connection.execute(_LINES, {"study_id": study_id}):
        coming = row.effective_from > today
        line = CodeLine(row.depot, CodeOf(row.code_of), row.record, row.code, row.effective_from, coming)
        held[row.depot, row.code_of, row.record, coming, row.effective_from if coming else None] = line
    return tuple(held.values())
