"""Operational data in force on a day: lanes and contacts. A later row replaces an earlier one."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, select

from irt.study.operations import Contact
from irt.tables.columns import table_of
from irt.tables.study import Depot, Lane, SiteContact

_LANES, _DEPOTS, _CONTACTS = table_of(Lane), table_of(Depot), table_of(SiteContact)
_LANE = (
    select(_LANES.c.lead_time_days, _LANES.c.calendar)
    .join(_DEPOTS, _DEPOTS.c.id == _LANES.c.origin_id)
    .where(
        _LANES.c.study_id == bindparam("study_id"),
        _DEPOTS.c.code == bindparam("origin"),
        _LANES.c.target == bindparam("target"),
        _LANES.c.effective_from <= bindparam("day"),
    )
    .order_by(_LANES.c.effective_from.desc(), _LANES.c.id.desc())
    .limit(1)
)
_CONTACT = (
    select(_CONTACTS.c.details)
    .where(_CONTACTS.c.site_id == bindparam("site_id"), _CONTACTS.c.effective_from <= bindparam("day"))
    .order_by(_CONTACTS.c.effective_from.desc(), _CONTACTS.c.id.desc())
    .limit(1)
)


def lane_in_force(
    connection: Connection, study_id: int, origin: str, target: str, day: date
) -> dict[str, Any] | None:
    """The facts of a lane as a study file writes them; None where there is no such lane on that day."""
    asked = {"study_id": study_id, "origin": origin, "target": target, "day": day}
    row = connection.execute(_LANE, asked).first()
    if row is None:
        return None
    return {"origin": origin, "target": target, "lead_time_days": row.lead_time_days, **row.calendar}


def contact_in_force(connection: Connection, site_id: int, day: date) -> Contact | None:
    """Where a site is reached on a day; None where nobody said so yet."""
    details = connection.execute(_CONTACT, {"site_id": site_id, "day": day}).scalar()
    return None if details is None else Contact.model_validate(details)
