"""When each site last took its own copy of the records: it is theirs, also after the study has closed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from irt.audit.entry import study_chain
from irt.blinding.views import BlindedView
from irt.tables.columns import table_of
from irt.tables.record import AuditEntry
from irt.tables.study import Site, StudyEnd

COPY = "site copy"
"""What the history calls a copy that was taken."""
TAKEN_EVERY = timedelta(days=30)
"""A site takes its copy at least so often."""


@dataclass(frozen=True)
class SiteCopy(BlindedView):
    """One site: when its copy was last taken, and whether another one is due."""

    site_id: int
    site: str
    last_at: datetime | None
    times: int
    due: bool


_SITES, _ENTRIES, _ENDS = table_of(Site), table_of(AuditEntry), table_of(StudyEnd)


def site_copies(connection: Connection, study_id: int, now: datetime) -> tuple[SiteCopy, ...]:
    """Every site of the study by number; after the database was locked, an earlier copy is old (P11-03)."""
    taken = (
        select(_ENTRIES.c.site_id, func.max(_ENTRIES.c.at).label("at"), func.count().label("times"))
        .where(_ENTRIES.c.chain == study_chain(study_id), _ENTRIES.c.act == "read", _ENTRIES.c.record == COPY)
        .group_by(_ENTRIES.c.site_id)
    )
    last = {row.site_id: row for row in connection.execute(taken)}
    ended = connection.execute(select(func.max(_ENDS.c.at)).where(_ENDS.c.study_id == study_id)).scalar()
    sites = select(_SITES.c.id, _SITES.c.number).where(_SITES.c.study_id == study_id).order_by(_SITES.c.number)
    return tuple(
        SiteCopy(
            site_id=row.id,
            site=row.number,
            last_at=last[row.id].at if row.id in last else None,
            times=last[row.id].times if row.id in last else 0,
            due=_due(last[row.id].at if row.id in last else None, ended, now),
        )
        for row in connection.execute(sites)
    )


def _due(last: datetime | None, ended: datetime | None, now: datetime) -> bool:
    if last is None:
        return True
    if ended is not None:
        return last < ended
    return last <= now - TAKEN_EVERY
