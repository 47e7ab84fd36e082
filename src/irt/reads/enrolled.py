"""How each site has enrolled so far: subjects randomized, and days since it opened. For services only."""

from datetime import date

from sqlalchemy import Connection, bindparam, func, select

from irt.supply.planner import EnrolledSoFar
from irt.tables.columns import table_of
from irt.tables.study import SiteVersion
from irt.tables.subject import Subject

_SUBJECTS, _OPENED = table_of(Subject), table_of(SiteVersion)
_RANDOMIZED = (
    select(_SUBJECTS.c.site_id, func.count())
    .where(_SUBJECTS.c.study_id == bindparam("study_id"), _SUBJECTS.c.randomized_on.is_not(None))
    .group_by(_SUBJECTS.c.site_id)
)
_SINCE = (
    select(_OPENED.c.site_id, func.min(_OPENED.c.activated_at))
    .where(_OPENED.c.study_id == bindparam("study_id"))
    .group_by(_OPENED.c.site_id)
)


def enrolled_so_far(connection: Connection, study_id: int, day: date) -> dict[int, EnrolledSoFar]:
    """By site id; two questions, however many sites and subjects."""
    asked = {"study_id": study_id}
    subjects = {row[0]: row[1] for row in connection.execute(_RANDOMIZED, asked).all()}
    return {
        site_id: EnrolledSoFar(subjects.get(site_id, 0), max((day - since.date()).days, 0))
        for site_id, since in connection.execute(_SINCE, asked).all()
    }
