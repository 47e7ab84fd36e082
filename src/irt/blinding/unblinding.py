"""The five ways a treatment becomes known, and what belongs to each: reasons, scope, consequences, conditions."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from irt.errors import BadInput, Refusal


class Path(StrEnum):
    """How a treatment became known to somebody.

    Blinded people may know that an emergency, a plan or an accident was, never what was found at its end. A case of
    safety is assessed in the same way whether its subject is unblinded or not, and only the assessment is told: a
    treatment can be inferred from which cases were unblinded, and what followed (L31). Looks of the unblinded
    pharmacist follow the preparation, which differs by treatment.
    """

    EMERGENCY = "emergency"
    SAFETY = "safety"
    PLANNED = "planned"
    PHARMACIST = "pharmacist"
    ACCIDENT = "accident"


class Purpose(StrEnum):
    """Why treatments are told by plan."""

    FINAL = "final_analysis"
    INTERIM = "interim_analysis"


class ScopeKind(StrEnum):
    """Whose treatments are told."""

    STUDY = "study"
    COHORT = "cohort"
    SUBJECTS = "subjects"


class How(StrEnum):
    """How somebody learned a treatment by accident."""

    TOLD = "told_by_somebody"
    PAPER = "paper_or_label"
    MAIL = "letter_or_mail"
    SCREEN = "screen_or_file"
    KIT = "look_of_the_kit"
    LABORATORY = "laboratory_value"
    OTHER = "other"


class Told(StrEnum):
    """What was learned, in kind: never which treatment."""

    CERTAIN = "the_treatment"
    LIKELY = "what_makes_it_likely"
    KIT_TYPE = "what_a_kit_holds"
    UNSURE = "not_sure"


class Consequence(StrEnum):
    """What follows from an accident."""

    NONE = "no_consequence"
    OTHER_ASSESSOR = "another_person_assesses_the_subject"
    EXCLUDED_FROM_ANALYSIS = "analysis_without_the_subject"
    SENSITIVITY_ANALYSIS = "sensitivity_analysis"
    LEFT_BLINDED_DUTIES = "person_leaves_blinded_duties"


class StudyNotLocked(Refusal):
    """Treatments are told for the final analysis after the lock only."""


class RecipientBlinded(Refusal):
    """Somebody who is to stay blinded would receive treatments."""


def needs_unblinding(*, serious: bool, suspected: bool, expected: bool) -> bool:
    """Whether safety unblinds: an unexpected serious suspected reaction only (SAF-01)."""
    return serious and suspected and not expected


def refuse_unlocked(purpose: Purpose, locked_at: datetime | None) -> None:
    """StudyNotLocked where a final list is asked for before the database is locked; an interim needs no lock."""
    if purpose is Purpose.FINAL and locked_at is None:
        raise StudyNotLocked(
            "The database of this study is not locked. Nothing was booked. Treatments are told for the final "
            "analysis after the lock; an interim analysis has a purpose of its own."
        )


def refuse_scope(purpose: Purpose, kind: ScopeKind, values: Sequence[str]) -> None:
    """BadInput where a scope names nothing, or names something beside the whole study."""
    if (kind is ScopeKind.STUDY) == bool(values):
        raise BadInput("Name the cohorts or subjects, or choose the whole study and name none. Nothing was booked.")
    if purpose is Purpose.FINAL and kind is not ScopeKind.STUDY:
        raise BadInput("The final analysis is of the whole study. Nothing was booked. Choose the whole study.")


def refuse_blinded_recipients(usernames: Sequence[str]) -> None:
    """RecipientBlinded, naming those who hold a blinded role, before the study is locked."""
    if usernames:
        raise RecipientBlinded(
            f"{', '.join(usernames)}: blinded in this study. Nothing was booked. Name recipients who work with no "
            "blinded subject, site or decision."
        )
