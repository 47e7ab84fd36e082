"""A subject's life: every step that is possible, every one that is not."""

import pytest

from irt.states.subject import (
    BEFORE_RANDOMIZATION,
    NOT_INCLUDED,
    ON_STUDY_TREATMENT,
    SUBJECT,
    SubjectEvent,
    SubjectStatus,
)
from irt.states.table import TransitionRefused, next_status, words
from tests.irt.states.lifecycle import drawn, ends_of, grid_of, reached_from

LIFE = """
screening                                                           -- fail_screening  --> screen_failed
run_in                                                              -- fail_run_in     --> run_in_failed
screen_failed, run_in_failed                                        -- rescreen        --> screening
screening                                                           -- start_run_in    --> run_in
screening, run_in                                                   -- randomize       --> randomized
randomized, on_treatment                                            -- start_treatment --> on_treatment
randomized                                                          -- randomize_again --> randomized
on_treatment                                                        -- randomize_again --> on_treatment
randomized                                                          -- change_dose     --> randomized
on_treatment                                                        -- change_dose     --> on_treatment
randomized, on_treatment                                            -- hold_dose       --> dose_hold
dose_hold                                                           -- resume_dose     --> on_treatment
randomized, on_treatment, dose_hold                                 -- stop_treatment  --> off_treatment
off_treatment                                                       -- reinstate       --> on_treatment
off_treatment                                                       -- start_follow_up --> follow_up
randomized, on_treatment, dose_hold, off_treatment, follow_up       -- complete        --> completed
screening, run_in, randomized, on_treatment, dose_hold              -- withdraw        --> withdrawn
off_treatment, follow_up                                            -- withdraw        --> withdrawn
randomized, on_treatment, dose_hold, off_treatment, follow_up       -- lose_contact    --> lost_to_follow_up
"""


def test_every_step_is_as_drawn() -> None:
    """Every cell of the grid, allowed and refused."""
    assert grid_of(SUBJECT, SubjectStatus, SubjectEvent) == drawn(LIFE, SubjectStatus, SubjectEvent)


def test_every_status_is_reached_and_only_three_are_final() -> None:
    """Nobody is stuck: who failed screening or run-in may be screened again, every other end ends the study."""
    assert reached_from(SubjectStatus.SCREENING, SUBJECT) == set(SubjectStatus)
    assert ends_of(SUBJECT, SubjectStatus) == {
        SubjectStatus.COMPLETED,
        SubjectStatus.WITHDRAWN,
        SubjectStatus.LOST,
    }


def test_a_subject_is_randomized_once() -> None:
    """From no status that a randomization leads to is there a way back before it."""
    after = reached_from(SubjectStatus.RANDOMIZED, SUBJECT)
    assert not any((status, SubjectEvent.RANDOMIZE) in SUBJECT for status in after)


def test_subjects_not_yet_included() -> None:
    """Whoever may be randomized, and whoever was not included and may be screened again."""
    assert {s for s in SubjectStatus if (s, SubjectEvent.RANDOMIZE) in SUBJECT} == BEFORE_RANDOMIZATION
    assert {s for s in SubjectStatus if (s, SubjectEvent.RESCREEN) in SUBJECT} == NOT_INCLUDED


def test_visits_are_expected_of_those_on_treatment() -> None:
    """Dispensing goes on only where a dose may be given."""
    assert {s for s in SubjectStatus if (s, SubjectEvent.START_TREATMENT) in SUBJECT} == ON_STUDY_TREATMENT


def test_a_refused_step_says_where_the_record_stands() -> None:
    """The sentence names the state and what to do; the trace has the step."""
    with pytest.raises(TransitionRefused) as refused:
        next_status(SUBJECT, SubjectStatus.SCREEN_FAILED, SubjectEvent.RANDOMIZE)
    assert "the record is 'Screen failed'" in refused.value.sentence
    assert "Nothing was booked" in refused.value.sentence
    assert refused.value.trace == "no transition from screen_failed by randomize"
    assert refused.value.status_code == 409


def test_a_status_reads_as_words() -> None:
    """As people read it on a page."""
    assert words(SubjectStatus.LOST) == "Lost to follow up"
    assert words(SubjectStatus.RUN_IN_FAILED) == "Run-in failed"
