"""Randomizations that a site still owes: a further one of a subject, and one in the place of a subject who left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from irt.reads.blinded_sites import WorkSite, study_at
from irt.states.subject import SubjectEvent, SubjectStatus
from irt.tables.columns import table_of
from irt.tables.subject import Randomization, Subject
from irt.tables.subject import SubjectEvent as Happened


@dataclass(frozen=True, slots=True)
class DrawsOwed:
    """By subject: the last draw's stage and day where a further one may follow, and the day a place came free."""

    last: dict[int, tuple[int, date]]
    places: dict[int, date]


LEFT = (SubjectStatus.OFF_TREATMENT, SubjectStatus.FOLLOW_UP, SubjectStatus.WITHDRAWN, SubjectStatus.LOST)
"""Where subjects stand who ended treatment before its time."""

_SUBJECTS, _DRAWS, _EVENTS = table_of(Subject), table_of(Randomization), table_of(Happened)
_HERE: BindParameter[Any] = bindparam("sites", expanding=True)
_LATER = _DRAWS.alias("later")
_LAST = (
    select(_DRAWS.c.subject_id, func.max(_DRAWS.c.stage).label("stage"), func.max(_DRAWS.c.on_day).label("on_day"))
    .join(_SUBJECTS, _SUBJECTS.c.id == _DRAWS.c.subject_id)
    .where(_SUBJECTS.c.site_id.in_(_HERE))
    .group_by(_DRAWS.c.subject_id)
)
_PLACES = (
    select(_EVENTS.c.subject_id, func.max(_EVENTS.c.on_day).label("on_day"))
    .join(_SUBJECTS, _SUBJECTS.c.id == _EVENTS.c.subject_id)
    .join(_DRAWS, (_DRAWS.c.subject_id == _SUBJECTS.c.id) & (_DRAWS.c.stage == 1))
    .where(
        _SUBJECTS.c.site_id.in_(_HERE),
        _SUBJECTS.c.status.in_(LEFT),
        _EVENTS.c.kind.in_((SubjectEvent.STOP_TREATMENT, SubjectEvent.WITHDRAW, SubjectEvent.LOSE_CONTACT)),
        ~select(_LATER.c.id).where(_LATER.c.replaces_id == _DRAWS.c.id).exists(),
    )
    .group_by(_EVENTS.c.subject_id)
)


def draws_owed(connection: Connection, sites: Sequence[WorkSite]) -> DrawsOwed:
    """Of the sites together; nothing is asked of a site whose study draws once and replaces nobody."""
    studies = {site.site_id: study_at(connection, site.study_id, site.version) for site in sites}
    again = [site_id for site_id, study in studies.items() if len(study.randomizations) > 1]
    replacing = [site_id for site_id, study in studies.items() if study.conduct.replacement_subjects]
    last = connection.execute(_LAST, {"sites": again}).all() if again else []
    places = connection.execute(_PLACES, {"sites": replacing}).all() if replacing else []
    return DrawsOwed(
        {row.subject_id: (row.stage, row.on_day) for row in last},
        {row.subject_id: row.on_day for row in places},
    )
