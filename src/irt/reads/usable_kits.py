"""Usable kits counted in piles by what is in them, without reading or sorting the many kits. For services only.

Kits of a lot that holds one thing are counted from the index of places alone. Those of a mixed lot are counted in
the order of that index, each content in a column of its own.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    select,
    true,
)

from irt.errors import IntegrityFault
from irt.states.kit import Assignment, Custody, Quality
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.secret import KitContent

_KITS, _CONTENTS = table_of(Kit), table_of(KitContent)

USABLE = (_KITS.c.assignment == Assignment.FREE, _KITS.c.quality == Quality.RELEASED)
"""The condition that a kit is free and released."""
# In the order of the index of places, so that counting needs no sorting.
_ALIKE = (_KITS.c.place_id, _KITS.c.blinded_lot_id, _KITS.c.label_group, _KITS.c.expiry)
Counted = tuple[int, int, str, date, Any, int]
"""So many usable kits at one place: place id, lot id, label, expiry, content, kits.

A bare tuple: thousands are read every night.
"""


class Shelves(NamedTuple):
    """Places of one kind, by id; kits that do not fit are not counted."""

    custody: Custody
    places: Sequence[int]
    fit: ColumnElement[bool] = true()


def usable_by(
    connection: Connection, shelves: Shelves, content: Column[Any], of_lots: Mapping[int, Sequence[Any]]
) -> Iterator[Counted]:
    """Usable kits of some lots by a column of their content, given which contents each lot has.

    IntegrityFault where a kit holds what its lot does not.
    """
    together: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for lot_id, contents in of_lots.items():
        together[tuple(sorted(contents)) if len(contents) > 1 else ()].append(lot_id)
    for contents, lots in together.items():
        usable = _usable(connection, shelves, lots)
        if contents:
            yield from _mixed(connection, usable, content, contents)
            continue
        question = select(*_ALIKE, func.count()).where(usable).group_by(*_ALIKE)
        for place_id, lot_id, label, expiry, kits in connection.execute(question).all():
            yield place_id, lot_id, label, expiry, of_lots[lot_id][0], kits


def _usable(connection: Connection, shelves: Shelves, lots: Sequence[int]) -> ColumnElement[bool]:
    """The condition that a usable kit of some lots lies there, said so that the index of places answers."""
    there: ColumnElement[bool] = _KITS.c.place_id.in_(shelves.places)
    if connection.dialect.name == "postgresql":
        # Of a list that it sees only later PostgreSQL expects little: it neither scans all kits nor sorts any.
        later = select(func.unnest(bindparam("places", shelves.places, ARRAY(Integer)))).scalar_subquery()
        there = _KITS.c.place_id == func.any(func.array(later))
    # A single lot is found by the index. Several are not: each place is read once, not once a lot.
    among = _KITS.c.blinded_lot_id == lots[0] if len(lots) == 1 else (_KITS.c.blinded_lot_id + 0).in_(lots)
    return and_(_KITS.c.custody == shelves.custody, there, *USABLE, among, shelves.fit)


def _mixed(
    connection: Connection, usable: ColumnElement[bool], content: Column[Any], contents: Sequence[Any]
) -> Iterator[Counted]:
    counts = [func.count(), *(func.count().filter(content == one) for one in contents)]
    counted = _looked_up_together if connection.dialect.name == "postgresql" else _in_order
    for place_id, lot_id, label, expiry, every, *found in connection.execute(counted(usable, counts)).all():
        if sum(found) != every:
            raise IntegrityFault(f"lot {lot_id} has kits at place {place_id} with a content that is not its own")
        for one, kits in zip(contents, found, strict=True):
            if kits:
                yield place_id, lot_id, label, expiry, one, kits


def _in_order(usable: ColumnElement[bool], counts: Sequence[ColumnElement[int]]) -> Select[Any]:
    """Each kit's content is looked up as the index of places comes to it."""
    inside = _CONTENTS.c.kit_id == _KITS.c.id
    return select(*_ALIKE, *counts).join(_CONTENTS, inside).where(usable).group_by(*_ALIKE)


def _looked_up_together(usable: ColumnElement[bool], counts: Sequence[ColumnElement[int]]) -> Select[Any]:
    """The kits of a pile go to the index of contents as one list, along which PostgreSQL walks once."""
    kit_ids = func.array_agg(_KITS.c.id).label("kit_ids")
    piles = select(*_ALIKE, kit_ids).where(usable).group_by(*_ALIKE).subquery("piles")
    inside = (
        select(*(count.label(f"count_{number}") for number, count in enumerate(counts)))
        .where(_CONTENTS.c.kit_id == func.any(piles.c.kit_ids))
        .lateral("inside")
    )
    return select(*(piles.c[column.name] for column in _ALIKE), *inside.c).join(inside, true())
