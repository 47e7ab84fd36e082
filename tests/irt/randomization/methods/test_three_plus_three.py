"""The 3+3 rule as a table: what was seen, and where the next cohort goes."""

from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.methods.escalation import EscalationStopped, ResponsesAwaited
from irt.randomization.methods.method import Step, remember
from irt.randomization.methods.three_plus_three import ThreePlusThree

STOP = "stop"
WAIT = "wait"


def seen(told: str) -> list[Step]:
    """`0:001 1:0-` is dose 0 with responses 0, 0, 1, then dose 1 with a 0 and one awaited."""
    steps = []
    for cohort in told.split():
        dose, responses = cohort.split(":")
        steps += [Step(int(dose), (), None if each == "-" else int(each)) for each in responses]
    return steps


def next_dose(rule: ThreePlusThree, told: str) -> int | str:
    """The dose of the next subject, or why there is none."""
    try:
        law = rule.law(remember(rule, seen(told)))
    except ResponsesAwaited:
        return WAIT
    except EscalationStopped:
        return STOP
    assert sorted(law) == [0, 0, 1]
    return law.index(1)


@pytest.mark.parametrize(
    ("told", "dose"),
    [
        ("", 0),
        ("0:0", 0),
        ("0:11", 0),
        ("0:00-", WAIT),
        ("0:000", 1),
        ("0:001", 0),
        ("0:011", STOP),
        ("0:001 0:0-", 0),
        ("0:001 0:000", 1),
        ("0:001 0:001", STOP),
        ("0:000 1:000", 2),
        ("0:000 1:001", 1),
        ("0:000 1:011", 0),
        ("0:000 1:011 0:000", STOP),
        ("0:000 1:011 0:010", STOP),
        ("0:000 1:011 0:011", STOP),
        ("0:001 0:000 1:111", STOP),
        ("0:000 1:001 1:010", 0),
        ("0:000 1:000 2:000", 2),
        ("0:000 1:000 2:000 2:100", STOP),
        ("0:000 1:000 2:100", 2),
        ("0:000 1:000 2:110", 1),
        ("0:000 1:000 2:110 1:000", STOP),
        ("0:000 1:000 2:110 1:110", 0),
        ("0:000 1:000 2:110 1:110 0:000", STOP),
    ],
)
def test_where_the_next_subject_goes(told: str, dose: int | str) -> None:
    """Three doses."""
    assert next_dose(ThreePlusThree((1, 1, 1)), told) == dose


def test_the_highest_dose_may_end_after_three() -> None:
    """Where the design says so."""
    rule = ThreePlusThree((1, 1, 1), "stop")
    assert next_dose(rule, "0:000 1:000 2:000") == STOP
    assert next_dose(rule, "0:000 1:000 2:001") == 2
    assert next_dose(rule, "0:000 1:011") == 0


@given(st.lists(st.integers(0, 1), min_size=40, max_size=40), st.sampled_from(["expand", "stop"]))
@settings(deadline=None, max_examples=100)
def test_it_ends_with_at_most_six_at_a_dose(responses: list[int], highest: Literal["expand", "stop"]) -> None:
    """Whatever is seen; one step up at most, and nobody above a dose that was found too toxic."""
    rule = ThreePlusThree((1,) * 5, highest)
    memory = rule.start()
    for response in responses:
        try:
            opened = rule.cohort(memory)
        except EscalationStopped:
            break
        toxic = [dose for dose, at in enumerate(memory.doses) if at.toxicities >= 2 and memory.seats_taken == 3]
        assert opened.dose <= memory.dose + 1
        assert not toxic or opened.dose < min(toxic)
        memory = rule.after(memory, Step(opened.dose, (), response))
    else:
        raise AssertionError("six at each of five doses are thirty, so it must have ended")
    assert max(dose.subjects for dose in memory.doses) <= 6


def test_the_table() -> None:
    """As every textbook has it."""
    rows = [{"n": 3, "escalate": 0, "deescalate": 2}, {"n": 6, "escalate": 1, "deescalate": 2}]
    assert ThreePlusThree((1, 1)).boundaries(30) == {"cohort": 3, "table": rows}
