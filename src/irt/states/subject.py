"""A subject's life in a study. 'Code broken' is a flag, not a state; undo is a new, reasoned event."""

from enum import StrEnum


class SubjectStatus(StrEnum):
    """Where a subject stands."""

    SCREENING = "screening"
    SCREEN_FAILED = "screen_failed"
    RUN_IN = "run_in"
    RUN_IN_FAILED = "run_in_failed"
    RANDOMIZED = "randomized"
    ON_TREATMENT = "on_treatment"
    DOSE_HOLD = "dose_hold"
    OFF_TREATMENT = "off_treatment"
    FOLLOW_UP = "follow_up"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    LOST = "lost_to_follow_up"


class SubjectEvent(StrEnum):
    """What can happen to a subject."""

    FAIL_SCREENING = "fail_screening"
    RESCREEN = "rescreen"
    START_RUN_IN = "start_run_in"
    FAIL_RUN_IN = "fail_run_in"
    RANDOMIZE = "randomize"
    RANDOMIZE_AGAIN = "randomize_again"
    START_TREATMENT = "start_treatment"
    CHANGE_DOSE = "change_dose"
    HOLD_DOSE = "hold_dose"
    RESUME_DOSE = "resume_dose"
    STOP_TREATMENT = "stop_treatment"
    START_FOLLOW_UP = "start_follow_up"
    COMPLETE = "complete"
    WITHDRAW = "withdraw"
    LOSE_CONTACT = "lose_contact"
    REINSTATE = "reinstate"


_S, _E = SubjectStatus, SubjectEvent
_ACTIVE = (_S.RANDOMIZED, _S.ON_TREATMENT, _S.DOSE_HOLD, _S.OFF_TREATMENT, _S.FOLLOW_UP)

SUBJECT: dict[tuple[SubjectStatus, SubjectEvent], SubjectStatus] = {
    (_S.SCREENING, _E.FAIL_SCREENING): _S.SCREEN_FAILED,
    (_S.RUN_IN, _E.FAIL_RUN_IN): _S.RUN_IN_FAILED,
    (_S.SCREEN_FAILED, _E.RESCREEN): _S.SCREENING,
    (_S.RUN_IN_FAILED, _E.RESCREEN): _S.SCREENING,
    (_S.SCREENING, _E.START_RUN_IN): _S.RUN_IN,
    (_S.SCREENING, _E.RANDOMIZE): _S.RANDOMIZED,
    (_S.RUN_IN, _E.RANDOMIZE): _S.RANDOMIZED,
    (_S.RANDOMIZED, _E.START_TREATMENT): _S.ON_TREATMENT,
    (_S.ON_TREATMENT, _E.START_TREATMENT): _S.ON_TREATMENT,
    (_S.RANDOMIZED, _E.RANDOMIZE_AGAIN): _S.RANDOMIZED,
    (_S.ON_TREATMENT, _E.RANDOMIZE_AGAIN): _S.ON_TREATMENT,
    (_S.RANDOMIZED, _E.CHANGE_DOSE): _S.RANDOMIZED,
    (_S.ON_TREATMENT, _E.CHANGE_DOSE): _S.ON_TREATMENT,
    (_S.RANDOMIZED, _E.HOLD_DOSE): _S.DOSE_HOLD,
    (_S.ON_TREATMENT, _E.HOLD_DOSE): _S.DOSE_HOLD,
    (_S.DOSE_HOLD, _E.RESUME_DOSE): _S.ON_TREATMENT,
    (_S.RANDOMIZED, _E.STOP_TREATMENT): _S.OFF_TREATMENT,
    (_S.ON_TREATMENT, _E.STOP_TREATMENT): _S.OFF_TREATMENT,
    (_S.DOSE_HOLD, _E.STOP_TREATMENT): _S.OFF_TREATMENT,
    (_S.OFF_TREATMENT, _E.REINSTATE): _S.ON_TREATMENT,
    (_S.OFF_TREATMENT, _E.START_FOLLOW_UP): _S.FOLLOW_UP,
    **{(s, _E.COMPLETE): _S.COMPLETED for s in _ACTIVE},
    **{(s, _E.WITHDRAW): _S.WITHDRAWN for s in (*_ACTIVE, _S.SCREENING, _S.RUN_IN)},
    **{(s, _E.LOSE_CONTACT): _S.LOST for s in _ACTIVE},
}

ON_STUDY_TREATMENT = frozenset({_S.RANDOMIZED, _S.ON_TREATMENT})
"""Subjects whose dispensing visits are expected."""

BEFORE_RANDOMIZATION = frozenset({_S.SCREENING, _S.RUN_IN})
"""Subjects who may still be randomized."""

NOT_INCLUDED = frozenset({_S.SCREEN_FAILED, _S.RUN_IN_FAILED})
"""Subjects who did not get as far as randomization; they may be screened again."""
