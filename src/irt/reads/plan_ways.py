"""Further ways that plans may take, as they stand on a day: the study file's, and what two people agreed since.

Prices stand in cents; where goods leave from and when is in each way. For services, and for who sets them.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from irt.study.planning import Way
from irt.tables.columns import table_of
from irt.tables.network import PlanWay

_WAYS = table_of(PlanWay)
_AGREED = (
    select(_WAYS).where(_WAYS.c.study_id == bindparam("study_id")).order_by(_WAYS.c.effective_from, _WAYS.c.id)
)


class WayFacts(NamedTuple):
    """A way as it holds from a day on; the study file's own ever since. Not `open`: plans take it no more."""

    way: Way
    open: bool
    effective_from: date = date.min


def ways_on(connection: Connection, study_id: int, in_file: Iterable[Way], day: date) -> tuple[Way, ...]:
    """The ways that plans may take on a day, by code and target."""
    return tuple(one.way for one in ways_known(connection, study_id, in_file, day) if one.open)


def ways_known(connection: Connection, study_id: int, in_file: Iterable[Way], day: date) -> tuple[WayFacts, ...]:
    """Every way as it stands on a day, closed ones too; what was agreed comes before the study file."""
    latest = {(way.code, way.target): WayFacts(way, True) for way in in_file}
    for row in connection.execute(_AGREED, {"study_id": study_id}).mappings():
        if row["effective_from"] <= day:
            way = Way.model_validate(row["way"])
            latest[way.code, way.target] = WayFacts(way, row["open"], row["effective_from"])
    return tuple(latest[key] for key in sorted(latest))


def ways_to_come(connection: Connection, study_id: int, day: date) -> tuple[WayFacts, ...]:
    """What was agreed for later days, in their order."""
    rows = connection.execute(_AGREED, {"study_id": study_id}).mappings()
    return tuple(
        WayFacts(Way.model_validate(row["way"]), row["open"], row["effective_from"])
        for row in rows
        if row["effective_from"] > day
    )
