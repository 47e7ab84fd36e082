"""Licences for controlled drugs in force on a day: of one place, the newest row."""

from datetime import date

from sqlalchemy import Select, select

from irt.tables.columns import table_of
from irt.tables.controlled import ControlledLicence

_LICENCES = table_of(ControlledLicence)


def licence_on(depot_id: int | None, site_id: int | None, day: date) -> Select[tuple[str, date]]:
    """The licence of a place in force on a day: the newest row."""
    place = _LICENCES.c.depot_id == depot_id if depot_id is not None else _LICENCES.c.site_id == site_id
    return (
        select(_LICENCES.c.number, _LICENCES.c.valid_until)
        .where(place, _LICENCES.c.effective_from <= day)
        .order_by(_LICENCES.c.effective_from.desc(), _LICENCES.c.id.desc())
        .limit(1)
    )
