"""Which cohort is open: cohorts are filled one after the other, with their waiting times."""

from datetime import date, timedelta

from sqlalchemy import bindparam, func, select

from irt.services.unit_of_work import Work
from irt.study.arms import Cohort
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.secret import TreatmentAssignment
from irt.tables.subject import Randomization

_RANDOMIZATIONS, _TREATMENTS = table_of(Randomization), table_of(TreatmentAssignment)
_BY_ARM = (
    select(
        _TREATMENTS.c.arm,
        func.count().label("subjects"),
        func.min(_RANDOMIZATIONS.c.on_day).label("first_on"),
        func.max(_RANDOMIZATIONS.c.on_day).label("last_on"),
    )
    .join(_RANDOMIZATIONS, _RANDOMIZATIONS.c.id == _TREATMENTS.c.randomization_id)
    .where(_TREATMENTS.c.study_id == bindparam("study_id"))
    .group_by(_TREATMENTS.c.arm)
)


def open_cohort(work: Work, definition: StudyDefinition, study_id: int, on_day: date) -> Cohort | None:
    """The first cohort with room whose waiting times are over; None in studies without cohorts, or in a wait."""
    if not definition.cohorts:
        return None
    enrolled = {row["arm"]: row for row in work.rows(_BY_ARM, study_id=study_id)}
    for cohort in definition.cohorts:
        so_far = enrolled.get(cohort.arm)
        if so_far is None:
            return cohort
        if so_far["subjects"] < cohort.size:
            waits_until = so_far["first_on"] + timedelta(days=cohort.sentinel_days)
            return cohort if so_far["subjects"] > 1 or on_day >= waits_until else None
        if on_day < so_far["last_on"] + timedelta(days=cohort.observation_days):
            return None
    return None
