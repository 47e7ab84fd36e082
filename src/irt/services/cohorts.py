"""Which cohort is open: cohorts are filled one after the other, with their waiting times."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import bindparam, func, select

from irt.errors import Refusal
from irt.services.studies import definition_of
from irt.services.work import Work
from irt.study.arms import Cohort
from irt.study.definition import StudyDefinition
from irt.tables.columns import table_of
from irt.tables.study import SiteVersion
from irt.tables.subject import Randomization


class CohortsOvertaken(Refusal):
    """Another site goes on under a version with other cohorts."""

    def __init__(self, newest: int) -> None:
        super().__init__(
            f"The cohorts of this study changed with version {newest}, which is not in force at this site yet. "
            "Nothing was drawn. Ask the study team to activate it here."
        )


_SITE_VERSIONS = table_of(SiteVersion)
_NEWEST_IN_USE = select(func.max(_SITE_VERSIONS.c.version_number)).where(
    _SITE_VERSIONS.c.study_id == bindparam("study_id")
)
_RANDOMIZATIONS = table_of(Randomization)
_DAYS = (
    select(_RANDOMIZATIONS.c.on_day)
    .where(_RANDOMIZATIONS.c.study_id == bindparam("study_id"), _RANDOMIZATIONS.c.stage == 1)
    .order_by(_RANDOMIZATIONS.c.assignment_number)
)


def open_cohort(work: Work, definition: StudyDefinition, study_id: int, on_day: date) -> Cohort | None:
    """The cohort with room whose waiting times are over; None in studies without cohorts, or in a wait.

    The caller has taken the study's turn, so that two subjects never share a last place.
    """
    if not definition.cohorts:
        return None
    _refuse_overtaken(work, definition, study_id)
    return cohort_open_on(
        definition.cohorts, [row["on_day"] for row in work.rows(_DAYS, study_id=study_id)], on_day
    )


def _refuse_overtaken(work: Work, definition: StudyDefinition, study_id: int) -> None:
    """Places are counted through one list: two lists at a time would give one place twice."""
    newest = work.connection.execute(_NEWEST_IN_USE, {"study_id": study_id}).scalar()
    if newest is not None and definition_of(work, study_id, newest).cohorts != definition.cohorts:
        raise CohortsOvertaken(newest)


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
