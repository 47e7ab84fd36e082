"""Pools as those who load kits see them: what a study may reserve, what it has, and what a pool gave to whom."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select
from sqlalchemy.sql.elements import ColumnElement

from irt.blinding.views import UnblindedView
from irt.reads.pools import free_in_pool, pools_of, served_by
from irt.states.kit import Custody
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit
from irt.tables.people import Account
from irt.tables.pool import PooledKit, PoolTransfer
from irt.tables.study import Study


@dataclass(frozen=True)
class FreeLine(UnblindedView):
    """So many free kits of a pool, by the study's own name of their type."""

    pool: str
    depot: str
    lot: str
    kit_type: str
    expiry: date
    kits: int


@dataclass(frozen=True)
class TransferLine(UnblindedView):
    """Kits that went from a pool to a study, or back."""

    number: str
    kind: str
    pool: str
    study: str
    kits: int
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class KeptLine(UnblindedView):
    """A pool's lot and the study that has so many of its kits."""

    lot: str
    study: str
    kits: int


@dataclass(frozen=True)
class PoolsShown(UnblindedView):
    """The pools that serve a study and, where the study is a pool, the studies it serves and what they have."""

    pools: tuple[str, ...]
    free: tuple[FreeLine, ...]
    transfers: tuple[TransferLine, ...]
    serves: tuple[str, ...]
    kept: tuple[KeptLine, ...]


_TRANSFERS, _STUDIES, _ACCOUNTS = table_of(PoolTransfer), table_of(Study), table_of(Account)
_KITS, _LOTS, _POOLED = table_of(Kit), table_of(BlindedLot), table_of(PooledKit)
_POOL, _SERVED = _STUDIES.alias("pool"), _STUDIES.alias("served")


def _transfers(condition: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            _TRANSFERS.c.number,
            _TRANSFERS.c.kind,
            _POOL.c.protocol.label("pool"),
            _SERVED.c.protocol.label("study"),
            _TRANSFERS.c.kits,
            _TRANSFERS.c.at,
            _ACCOUNTS.c.printed_name,
            func.coalesce(_TRANSFERS.c.reason, "").label("reason"),
        )
        .join(_POOL, _POOL.c.id == _TRANSFERS.c.study_id)
        .join(_SERVED, _SERVED.c.id == _TRANSFERS.c.served_study_id)
        .join(_ACCOUNTS, _ACCOUNTS.c.id == _TRANSFERS.c.account_id)
        .where(condition)
        .order_by(_TRANSFERS.c.id.desc())
    )


_OF_STUDY = _transfers(_TRANSFERS.c.served_study_id == bindparam("study_id"))
_OF_POOL = _transfers(_TRANSFERS.c.study_id == bindparam("study_id"))
_KEPT = (
    select(_LOTS.c.number, _STUDIES.c.protocol, func.count().label("kits"))
    .join(_KITS, _KITS.c.blinded_lot_id == _LOTS.c.id)
    .join(_STUDIES, _STUDIES.c.id == _KITS.c.place_id)
    .where(_KITS.c.study_id == bindparam("study_id"), _KITS.c.custody == Custody.STUDY)
    .where(select(_POOLED.c.id).where(_POOLED.c.pool_kit_id == _KITS.c.id).exists())
    .group_by(_LOTS.c.number, _STUDIES.c.protocol)
    .order_by(_LOTS.c.number, _STUDIES.c.protocol)
)


def pools_of_study(connection: Connection, study_id: int, today: date) -> PoolsShown:
    """Of a study its own side alone: neither what others have reserved, nor kit types that it does not use."""
    asked = {"study_id": study_id}
    pools = pools_of(connection, study_id)
    serves = tuple(served.protocol for served in served_by(connection, study_id))
    free = tuple(
        FreeLine(pile.pool, pile.depot, pile.lot, pile.kit_type, pile.expiry, pile.kits)
        for pool in pools
        for pile in free_in_pool(connection, pool, today)
    )
    transfers = connection.execute(_OF_POOL if serves else _OF_STUDY, asked).all()
    kept = connection.execute(_KEPT, asked).all() if serves else ()
    return PoolsShown(
        tuple(pool.protocol for pool in pools),
        free,
        tuple(TransferLine(*row) for row in transfers),
        serves,
        tuple(KeptLine(*row) for row in kept),
    )
