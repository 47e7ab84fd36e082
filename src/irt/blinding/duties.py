"""What has to be done at regular times, by whom, and when a letter reminds of it."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from irt.blinding.roles import Permission

TOLD_AHEAD = timedelta(days=14)
"""So long ahead a duty stands on the pages of whoever does it."""
AGAIN_AFTER_DAYS = 7
"""A letter is written on the day itself, then every so many days until it is done."""
FIRST_WITHIN = timedelta(days=30)
"""A site does its duties for the first time within so long after it opened."""


class DutyKind(StrEnum):
    """One kind of duty."""

    TRAIL_REVIEW = "trail_review"
    ACCESS_REVIEW = "access_review"
    APPROVAL_ENDS = "approval_ends"
    SITE_COPY = "site_copy"
    PRACTICE = "code_break_practice"


@dataclass(frozen=True, slots=True)
class DutyWords:
    """Who does it, and what page and letter say of it; the same for everybody."""

    permission: Permission
    title: str
    details: str
    of_site: bool = False


DUTIES: dict[DutyKind, DutyWords] = {
    DutyKind.TRAIL_REVIEW: DutyWords(
        Permission.REVIEW_TRAIL, "Review of the history", "every 90 days, signed on the page Records"
    ),
    DutyKind.ACCESS_REVIEW: DutyWords(
        Permission.REVIEW_ACCESS, "Review of access", "every 90 days, signed on the page Access"
    ),
    DutyKind.APPROVAL_ENDS: DutyWords(
        Permission.RECORD_SITE_APPROVAL,
        "Approval ends",
        "from the day after, nobody is screened or randomized where it counts",
    ),
    DutyKind.SITE_COPY: DutyWords(
        Permission.DELEGATE_TASKS, "Your own copy of the records", "every 30 days, taken on the page Records", True
    ),
    DutyKind.PRACTICE: DutyWords(
        Permission.DELEGATE_TASKS,
        "Practise a code break",
        "once a year; it takes a minute, and nobody's treatment is told",
        True,
    ),
}
"""Those of a site belong to its investigator, who alone delegates tasks there."""


def stands_on_pages(due: date, today: date) -> bool:
    """Whether a duty is shown yet."""
    return due - TOLD_AHEAD <= today


def letter_goes(due: date, today: date) -> bool:
    """Whether a letter reminds of it today: on its day, and every week after."""
    late = (today - due).days
    return late >= 0 and late % AGAIN_AFTER_DAYS == 0
