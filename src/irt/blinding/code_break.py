"""Breaking the code of one subject in an emergency: why, how often, and what is shown once it is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from irt.blinding.views import UnblindedView
from irt.errors import Refusal

BREAKS_AN_HOUR_MAX = 3
"""Code breaks of one person in an hour with the password alone."""

REVIEW_WITHIN = timedelta(hours=24)
NARRATIVE_WITHIN = timedelta(hours=24)


class ReasonCategory(StrEnum):
    """Why the treatment must be known now; the narrative follows within 24 hours."""

    MEDICAL_EMERGENCY = "medical_emergency"
    OVERDOSE = "overdose"
    PREGNANCY = "pregnancy"
    SAFETY_REPORT = "safety_report"
    WRONG_PERSON = "wrong_person"
    OTHER = "other"


PRACTICE_PREFIX = "PRACTICE-"
"""A practice subject is this and the site's number; no real subject is numbered so."""
PRACTICE_TOLD = "Practice only: this subject does not exist and has no treatment."
PRACTICE_EVERY = timedelta(days=365)
PRACTICE_SEALS = ("Practice cedar", "Practice maple", "Practice willow")
"""What the practice seal of a pack may say: words of trees, which no study treats with."""


class TooManyCodeBreaks(Refusal):
    """Several code breaks with the password alone within an hour: a second person or a code is needed."""

    status_code = 429


@dataclass(frozen=True)
class BrokenCode(UnblindedView):
    """The result page of a code break."""

    subject: str
    arms: tuple[str, ...]
    broken_at: datetime
    reason: str
    review_due_at: datetime | None


def refuse_too_many(with_password_alone: Iterable[datetime], now: datetime) -> None:
    """Raises TooManyCodeBreaks where three were made in the last hour with the password alone."""
    recent = [at for at in with_password_alone if now - at < timedelta(hours=1)]
    if len(recent) >= BREAKS_AN_HOUR_MAX:
        raise TooManyCodeBreaks(
            "You broke 3 codes in the last hour without your six-digit code. Nothing was shown. "
            "Enter the six-digit code, or call the safety desk."
        )


def practice_due(last: datetime | None, now: datetime) -> bool:
    """Whether a site has to practise: it never did, or a year ago."""
    return last is None or now - last >= PRACTICE_EVERY


def practice_site(subject: str) -> str | None:
    """The site whose practice subject this is; None for every other subject."""
    return subject.removeprefix(PRACTICE_PREFIX) if subject.startswith(PRACTICE_PREFIX) else None


def review_due(broken_at: datetime, with_code: bool) -> datetime | None:
    """When a second person must have looked at the break; None where both components were used."""
    return None if with_code else broken_at + REVIEW_WITHIN
