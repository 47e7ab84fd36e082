"""A study's lock: asked for by one person, set by another; what may still be written down while it holds."""

from enum import StrEnum


class LockStep(StrEnum):
    """What happens to the lock, in the order in which it may."""

    ASK = "ask"
    SET = "set"
    ASK_LIFT = "ask_lift"
    LIFT = "lift"
    DROP = "drop"


class LockStatus(StrEnum):
    """Where a study stands."""

    OPEN = "open"
    ASKED = "asked"
    LOCKED = "locked"
    LIFT_ASKED = "lift_asked"


_S, _L = LockStatus, LockStep
LOCK: dict[tuple[LockStatus, LockStep], LockStatus] = {
    (_S.OPEN, _L.ASK): _S.ASKED,
    (_S.ASKED, _L.SET): _S.LOCKED,
    (_S.ASKED, _L.DROP): _S.OPEN,
    (_S.LOCKED, _L.ASK_LIFT): _S.LIFT_ASKED,
    (_S.LIFT_ASKED, _L.LIFT): _S.OPEN,
    (_S.LIFT_ASKED, _L.DROP): _S.LOCKED,
}

STILL = frozenset(
    {
        # A life may depend on it at any time.
        "code_broken",
        "broken_code_shown",
        "code_break_narrated",
        "code_break_reviewed",
        # Safety goes on after the lock, and so do accidents.
        "code_break_practised",
        "safety_case_assessed",
        "safety_case_shown",
        "safety_case_taken",
        "accident_recorded",
        "accident_decided",
        # What is read, taken out and examined.
        "read",
        "address_read",
        "pickup_address_read",
        "history_exported",
        "trail_exported",
        "trail_verified",
        "heads_anchored",
        "allocations_exported",
        "study_archived",
        "study_retrieved",
        "data_exported",
        "unblinded_data_exported",
        "trail_reviewed",
        # A serious breach may come to light at any time, and its clock runs.
        "incident_noted",
        "incident_followed",
        "incident_closed",
        # The end of the blind.
        "study_locked",
        "study_unblinded",
        "unblinded_list_taken",
        "seed_opened",
        "seed_unsealed",
        "seed_revealed",
        # People, and what is signed about the lock itself.
        "role_granted",
        "role_revoked",
        "access_reviewed",
        "person_invited",
        "invitation_withdrawn",
        "invitation_accepted",
        "passkey_question",
        "record_signed",
        "signature_refused",
        "study_lock_asked",
        "study_lock_set",
        "study_lock_lift_asked",
        "study_lock_lifted",
        "study_lock_dropped",
        # What has ended by itself or is told to somebody: no record of a subject or a kit.
        "message_given_up",
    }
)
"""Acts that a locked study still takes into its trail; every other one is refused, whoever wrote it."""


def still_possible(act: str) -> bool:
    """Whether a locked study takes the act; that something was refused is written down for ever."""
    return act in STILL or act.endswith("_refused") or act.startswith(("unblinding_", "read_"))
