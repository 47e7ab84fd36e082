"""Usable kits counted in piles by what is in them, without reading or sorting the many kits. For services only.

Kits of a lot that holds one thing are counted from the index of places alone. Those of a mixed lot are counted in
the order of that index, each content in a column of its own.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, func, select, true

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

    @property
    def kits(self) -> ColumnElement[bool]:
        """The condition that a usable kit lies there."""
        # Places are named one by one, so that their index is used whatever a database guesses about its tables.
        return and_(_KITS.c.custody == self.custody, _KITS.c.place_id.in_(self.places), *USABLE, self.fit)


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
        if contents:
            yield from _mixed(connection, shelves, content, contents, lots)
            continue
        question = select(*_ALIKE, func.count()).where(shelves.kits, _among(lots)).group_by(*_ALIKE)
        for place_id, lot_id, label, expiry, kits in connection.execute(question).all():
            yield place_id, lot_id, label, expiry, of_lots[lot_id][0], kits


def _mixed(
    connection: Connection, shelves: Shelves, content: Column[Any], contents: Sequence[Any], lots: Sequence[int]
) -> Iterator[Counted]:
    counts = [func.count(), *(func.count().filter(content == one) for one in contents)]
    counted = _looked_up_together if connection.dialect.name == "postgresql" else _in_order
    for place_id, lot_id, label, expiry, every, *found in connection.execute(counted(shelves, lots, counts)).all():
        if sum(found) != every:
            raise IntegrityFault(
                f"lot {lot_id} has kits at {shelves.custody} {place_id} with a content not its own"
            )
        for one, kits in zip(contents, found, strict=True):
            if kits:
                yield place_id, lot_id, label, expiry, one, kits


def _in_order(shelves: Shelves, lots: Sequence[int], counts: Sequence[ColumnElement[int]]) -> Select[Any]:
    """Each kit's content is looked up as the index of places comes to it."""
    return (
        select(*_ALIKE, *counts)
        .join(_CONTENTS, _CONTENTS.c.kit_id == _KITS.c.id)
        .where(shelves.kits, _among(lots))
        .group_by(*_ALIKE)
    )


def _looked_up_together(shelves: Shelves, lots: Sequence[int], counts: Sequence[ColumnElement[int]]) -> Select[Any]:
    """The kits of a pile go to the index of contents as one list, along which PostgreSQL walks once."""
    piles = (
        select(*_ALIKE, func.array_agg(_KITS.c.id).label("kit_ids"))
        .where(shelves.kits, _KITS.c.blinded_lot_id.in_(lots))
        .group_by(*_ALIKE)
        .subquery("piles")
    )
    inside = (
        select(*(count.label(f"count_{number}") for number, count in enumerate(counts)))
        .where(_CONTENTS.c.kit_id == func.any(piles.c.kit_ids))
        .lateral("inside")
    )
    alike = [piles.c[column.name] for column in _ALIKE]
    return select(*alike, *inside.c).join(inside, true())


def _among(lots: Sequence[int]) -> ColumnElement[bool]:
    """A single lot is found by the index. Several are not: each place is read once, not once a lot."""
    if len(lots) == 1:
        return _KITS.c.blinded_lot_id == lots[0]
    return (_KITS.c.blinded_lot_id + 0).in_(lots)
