"""The second and later randomizations of a subject: when they may come, and that each comes once."""

from datetime import date, timedelta

from sqlalchemy import RowMapping, bindparam, select

from irt.errors import BadInput, Refusal
from irt.services.subjects import LockedSubject, TooEarly
from irt.services.work import Work
from irt.states.subject import ON_STUDY_TREATMENT
from irt.tables.columns import table_of
from irt.tables.subject import Randomization


class NotToBeRandomizedAgain(Refusal):
    """The subject is not where a later randomization begins."""


_R = table_of(Randomization)
_EARLIER = select(_R.c.number, _R.c.at, _R.c.on_day, _R.c.stage).where(_R.c.subject_id == bindparam("subject_id"))


def earlier_randomization(work: Work, subject: LockedSubject, stage: int) -> RowMapping | None:
    """The subject's randomization of that place, if it was made."""
    return work.row(_EARLIER.where(_R.c.stage == stage), subject_id=subject.id)


def require_turn(work: Work, subject: LockedSubject, stage: int, on_day: date) -> None:
    """Refuses a later randomization that the study does not have, or for which it is not time."""
    later = subject.definition.later_randomizations
    if stage > len(later) + 1:
        raise BadInput("This study has no such randomization. Nothing was drawn. See the protocol.")
    before = earlier_randomization(work, subject, stage - 1)
    if before is None or subject.status not in ON_STUDY_TREATMENT:
        raise NotToBeRandomizedAgain(
            "The subject is not on treatment after the randomization before. Nothing was drawn. See its page."
        )
    first: date = before["on_day"] + timedelta(days=later[stage - 2].after_days)
    if on_day < first:
        raise TooEarly(first)
