"""Pools and the studies they serve: who may reserve from whom, and what lies free there. For services."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from irt.errors import NotFound
from irt.reads.holds import OPEN_HOLDS, covers_in_force, under_hold
from irt.reads.unblinded_definition import definition_in_force
from irt.reads.usable_kits import USABLE
from irt.states.kit import Custody
from irt.study.pool import ServedStudy
from irt.tables.columns import table_of
from irt.tables.kit import BlindedLot, Kit
from irt.tables.secret import KitContent
from irt.tables.study import Depot, Study

_STUDIES, _DEPOTS, _KITS = table_of(Study), table_of(Depot), table_of(Kit)
_LOTS, _CONTENTS = table_of(BlindedLot), table_of(KitContent)


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool, and the line of its file that serves one study."""

    id: int
    protocol: str
    served: ServedStudy

    @property
    def types(self) -> Mapping[str, str]:
        """The study's kit types and what the pool calls them; the pool's others do not exist for the study."""
        return {named: pooled for pooled, named in self.served.kit_types.items()}


@dataclass(frozen=True, slots=True)
class PoolPile:
    """So many free kits of a pool, alike in depot, lot, date and the study's kit type."""

    pool: str
    depot: str
    lot: str
    kit_type: str
    expiry: date
    kits: int


_SPONSOR = select(_STUDIES.c.sponsor_id, _STUDIES.c.mode, _STUDIES.c.protocol).where(
    _STUDIES.c.id == bindparam("study_id")
)
_OTHERS = (
    select(_STUDIES.c.id, _STUDIES.c.protocol)
    .where(_STUDIES.c.sponsor_id == bindparam("sponsor_id"), _STUDIES.c.mode == bindparam("mode"))
    .where(_STUDIES.c.id != bindparam("study_id"))
    .order_by(_STUDIES.c.protocol)
)
_FREE = (
    *(_KITS.c.custody == Custody.DEPOT, *USABLE),
    _KITS.c.expiry >= bindparam("today"),
    _CONTENTS.c.kit_type.in_(bindparam("kit_types", expanding=True)),
)
_PILES = (
    select(
        _DEPOTS.c.code,
        _LOTS.c.number,
        _CONTENTS.c.kit_type,
        _KITS.c.expiry,
        func.count().label("kits"),
    )
    .join(_DEPOTS, _DEPOTS.c.id == _KITS.c.place_id)
    .join(_LOTS, _LOTS.c.id == _KITS.c.blinded_lot_id)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .where(_DEPOTS.c.study_id == bindparam("study_id"), *_FREE)
    .group_by(_DEPOTS.c.code, _LOTS.c.number, _CONTENTS.c.kit_type, _KITS.c.expiry)
    .order_by(_DEPOTS.c.code, _KITS.c.expiry, _LOTS.c.number, _CONTENTS.c.kit_type)
)
_NEXT = (
    select(_KITS.c.id, OPEN_HOLDS)
    .join(_DEPOTS, _DEPOTS.c.id == _KITS.c.place_id)
    .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
    .where(_DEPOTS.c.study_id == bindparam("study_id"), _DEPOTS.c.code == bindparam("depot"), *_FREE)
    .order_by(_CONTENTS.c.sequence)
    .limit(bindparam("kits"))
)


def pools_of(connection: Connection, study_id: int) -> tuple[Pool, ...]:
    """The pools of the same sponsor and mode that serve the study, by protocol number."""
    mine = connection.execute(_SPONSOR, {"study_id": study_id}).one()
    asked = {"study_id": study_id, "sponsor_id": mine.sponsor_id, "mode": mine.mode}
    return tuple(
        Pool(other.id, other.protocol, served)
        for other in connection.execute(_OTHERS, asked).all()
        for served in _serves(connection, other.id)
        if served.protocol == mine.protocol
    )


def served_by(connection: Connection, study_id: int) -> tuple[ServedStudy, ...]:
    """The studies that a pool serves; none where the study is no pool."""
    return tuple(_serves(connection, study_id))


def _serves(connection: Connection, study_id: int) -> Iterator[ServedStudy]:
    try:
        yield from definition_in_force(connection, study_id).serves
    except NotFound:
        return


def free_in_pool(connection: Connection, pool: Pool, today: date) -> tuple[PoolPile, ...]:
    """What the study may reserve, by depot, lot, date and its own names of kit types."""
    names = pool.served.kit_types
    asked = {"study_id": pool.id, "today": today, "kit_types": sorted(names)}
    rows = connection.execute(_unheld(connection, pool.id, _PILES), asked).all()
    return tuple(PoolPile(pool.protocol, row[0], row[1], names[row[2]], row[3], row[4]) for row in rows)


def next_in_pool(
    connection: Connection, pool: Pool, depot: str, kit_type: str, kits: int, today: date
) -> Sequence[int]:
    """Ids of the pool's next kits in the warehouse's order, of a kit type by the pool's name; not locked."""
    asked = {"study_id": pool.id, "depot": depot, "kit_types": [kit_type], "kits": kits, "today": today}
    rows = connection.execute(_NEXT, asked).all()
    if rows and rows[0].open_holds:
        rows = connection.execute(_unheld(connection, pool.id, _NEXT), asked).all()
    return [row.id for row in rows]


def _unheld(connection: Connection, pool_id: int, statement: Select[Any]) -> Select[Any]:
    covers = covers_in_force(connection, pool_id)
    return statement.where(~under_hold(covers)) if covers else statement
