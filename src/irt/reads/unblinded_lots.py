"""Lots as the qualified person reads them: what is inside, where the kits lie, where they may be used."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, select

from irt.blinding.views import UnblindedView
from irt.errors import NotFound
from irt.states.kit import Custody
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit, LotApproval
from irt.tables.record import Signature
from irt.tables.secret import KitContent, ManufacturingLot
from irt.tables.study import Depot


@dataclass(frozen=True)
class LotPart(UnblindedView):
    """Kits of one manufacturing lot under a blinded lot; `depot` is empty for those that have left."""

    manufacturing_lot: str
    kit_type: str
    expiry: date
    depot: str
    kits: int


@dataclass(frozen=True)
class LotUse(UnblindedView):
    """Where a lot may be used (None: wherever the study runs), and who signed for it."""

    country: str | None
    at: datetime
    signed_by: str
    role: str
    meaning: str


@dataclass(frozen=True)
class LotLine(UnblindedView):
    """A blinded lot; `countries` empty and released: everywhere."""

    number: str
    expiry: date
    released_on: date | None
    kits: int
    kit_types: tuple[str, ...]
    countries: tuple[str, ...]


@dataclass(frozen=True)
class LotRecord(UnblindedView):
    """One lot with its parts and the countries it may be used in."""

    line: LotLine
    parts: tuple[LotPart, ...]
    uses: tuple[LotUse, ...]


_LOTS, _KITS, _APPROVALS = table_of(BlindedLot), table_of(Kit), table_of(LotApproval)
_CONTENTS, _MADE, _DEPOTS = table_of(KitContent), table_of(ManufacturingLot), table_of(Depot)
_SIGNATURES = table_of(Signature)
_ALL = (
    select(_LOTS.c.id, _LOTS.c.number, _LOTS.c.expiry, _LOTS.c.released_on)
    .where(_LOTS.c.study_id == bindparam("study_id"))
    .order_by(_LOTS.c.released_on.is_not(None), _LOTS.c.expiry, _LOTS.c.number)
)
# Counted by content, one bulk lot after the other along its index: the kits' own rows need not be read or sorted.
_KIT_COUNTS = (
    select(
        _MADE.c.blinded_lot_id,
        _MADE.c.kit_type,
        select(func.count()).where(_CONTENTS.c.manufacturing_lot_id == _MADE.c.id).scalar_subquery().label("kits"),
    )
    .where(_MADE.c.study_id == bindparam("study_id"))
    .order_by(_MADE.c.kit_type)
)
_USED_IN = (
    select(_APPROVALS.c.blinded_lot_id, _APPROVALS.c.country)
    .where(_APPROVALS.c.study_id == bindparam("study_id"), _APPROVALS.c.country.is_not(None))
    .where(_APPROVALS.c.ended_by_id.is_(None))
    .order_by(_APPROVALS.c.country)
)
_PARTS = (
    select(
        _MADE.c.number,
        _MADE.c.kit_type,
        _MADE.c.expiry,
        func.coalesce(_DEPOTS.c.code, "").label("depot"),
        func.count().label("kits"),
    )
    .join(_CONTENTS, _CONTENTS.c.manufacturing_lot_id == _MADE.c.id)
    .join(_KITS, _KITS.c.id == _CONTENTS.c.kit_id)
    .outerjoin(_DEPOTS, (_DEPOTS.c.id == _KITS.c.place_id) & (_KITS.c.custody == Custody.DEPOT))
    .where(_MADE.c.blinded_lot_id == bindparam("lot_id"))
    .group_by(_MADE.c.number, _MADE.c.kit_type, _MADE.c.expiry, func.coalesce(_DEPOTS.c.code, ""))
    .order_by(_MADE.c.kit_type, _MADE.c.number, func.coalesce(_DEPOTS.c.code, ""))
)
_USES = (
    select(
        _APPROVALS.c.country,
        _APPROVALS.c.at,
        _SIGNATURES.c.printed_name,
        _SIGNATURES.c.role,
        _SIGNATURES.c.meaning,
    )
    .outerjoin(_SIGNATURES, _SIGNATURES.c.id == _APPROVALS.c.signature_id)
    .where(_APPROVALS.c.blinded_lot_id == bindparam("lot_id"), _APPROVALS.c.ended_by_id.is_(None))
    .order_by(_APPROVALS.c.at, _APPROVALS.c.id)
)


def lots(connection: Connection, study_id: int) -> tuple[LotLine, ...]:
    """Every lot of the study: those that wait for release first, then by expiry."""
    return tuple(line for _, line in _lines(connection, study_id))


def lot_record(connection: Connection, study_id: int, number: str) -> LotRecord:
    """One lot; NotFound where the study has none of that number."""
    found = next(((lot_id, line) for lot_id, line in _lines(connection, study_id) if line.number == number), None)
    if found is None:
        raise NotFound(f"Lot {number} is not a lot of this study. Check the number.")
    lot_id, line = found
    parts = tuple(LotPart(*row) for row in connection.execute(_PARTS, {"lot_id": lot_id}))
    uses = tuple(
        LotUse(row.country, row.at, row.printed_name or "", row.role or "", row.meaning or "")
        for row in connection.execute(_USES, {"lot_id": lot_id})
    )
    return LotRecord(line, parts, uses)


def _lines(connection: Connection, study_id: int) -> list[tuple[int, LotLine]]:
    asked = {"study_id": study_id}
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for lot_id, kit_type, kits in connection.execute(_KIT_COUNTS, asked).all():
        if kits:
            counts[lot_id][kit_type] += kits
    countries: dict[int, list[str]] = {}
    for row in connection.execute(_USED_IN, asked):
        countries.setdefault(row.blinded_lot_id, []).append(row.country)
    return [
        (
            row.id,
            LotLine(
                number=row.number,
                expiry=row.expiry,
                released_on=row.released_on,
                kits=sum(counts.get(row.id, {}).values()),
                kit_types=tuple(counts.get(row.id, {})),
                countries=tuple(countries.get(row.id, ())),
            ),
        )
        for row in connection.execute(_ALL, asked)
    ]
