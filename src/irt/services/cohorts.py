"""Which cohort is open: cohorts are filled one after the other, with their waiting times."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import bindparam, select

from irt.services.work import Work
from irt.study.arms import Cohort
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.subject import Randomization

_RANDOMIZATIONS = table_of(Randomization)
_DAYS = (
    select(_RANDOMIZATIONS.c.on_day)
    .where(_RANDOMIZATIONS.c.study_id == bindparam("study_id"))
    .order_by(_RANDOMIZATIONS.c.assignment_number)
)


def open_cohort(work: Work, definition: StudyDefinition, study_id: int, on_day: date) -> Cohort | None:
    """The cohort with room whose waiting times are over; None in studies without cohorts, or in a wait.

    The caller has taken the study's turn, so that two subjects never share a last place.
    """
    if not definition.cohorts:
        return None
    return cohort_open_on(
        definition.cohorts, [row["on_day"] for row in work.rows(_DAYS, study_id=study_id)], on_day
    )


def cohort_open_on(cohorts: Sequence[Cohort], enrolled_on: Sequence[date], on_day: date) -> Cohort | None:
    """The open cohort on a day, given the days of all enrolments in their order.

    Several cohorts may share an arm, so places are counted through the list and not by arm.
    """
    waits_until = date.min
    for cohort in cohorts:
        members, enrolled_on = enrolled_on[: cohort.size], enrolled_on[cohort.size :]
        if len(members) == 1 and cohort.size > 1:
            waits_until = members[0] + timedelta(days=cohort.sentinel_days)
        if len(members) < cohort.size:
            return cohort if on_day >= waits_until else None
        waits_until = max(members) + timedelta(days=cohort.observation_days)
    return None
