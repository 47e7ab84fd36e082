"""Milestones: planned, reached, foreseen, and what each comparison says."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.study.milestones import (
    EnrolmentPlan,
    Foreseen,
    Milestone,
    MilestoneState,
    MonthAhead,
    faults_of,
    milestone_lines,
    reached_by,
)

M = Milestone
DAYS = {
    M.FIRST_SITE: date(2026, 1, 5),
    M.FIRST_SUBJECT: date(2026, 2, 1),
    M.HALF: date(2026, 4, 12),
    M.LAST_SUBJECT: date(2026, 6, 30),
}
PLAN = EnrolmentPlan(subjects=101, sites=3, days=DAYS)
AHEAD = Foreseen(
    known_on=date(2026, 4, 10),
    known=40,
    months=(
        MonthAhead(date(2026, 4, 1), 45, 50, 60),
        MonthAhead(date(2026, 5, 1), 60, 81, 101),
        MonthAhead(date(2026, 6, 1), 80, 101, 130),
    ),
)


def test_the_plan_is_a_line_through_its_corners() -> None:
    """51 of 101 are half; nobody before the first day, everybody after the last, evenly in between."""
    assert (PLAN.goal(M.HALF), PLAN.goal(M.QUARTER), PLAN.goal(M.ALL_SITES), PLAN.goal(M.FIRST_SITE)) == (
        51,
        26,
        3,
        1,
    )
    days = [
        date(2026, 1, 31),
        date(2026, 2, 1),
        date(2026, 3, 8),
        date(2026, 4, 12),
        date(2026, 6, 30),
        date(2027, 1, 1),
    ]
    assert [PLAN.by(day) for day in days] == [0, 1, 26, 51, 101, 101]


@given(st.integers(1, 400), st.integers(1, 400))
def test_the_plan_never_falls(first: int, second: int) -> None:
    """More days, no fewer subjects."""
    start = date(2026, 1, 1)
    low, high = sorted((first, second))
    assert PLAN.by(start + timedelta(days=low)) <= PLAN.by(start + timedelta(days=high))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({M.HALF: date(2026, 7, 1)}, "“Last subject in” is planned before “50 % of subjects in”."),
        ({M.FIRST_SUBJECT: date(2026, 1, 4)}, "“First subject in” is planned before “First site open”."),
        ({M.ALL_SITES: date(2026, 1, 4)}, "“All sites open” is planned before “First site open”."),
    ],
)
def test_days_out_of_order_are_found(change: dict[Milestone, date], said: str) -> None:
    """Each with both names."""
    assert faults_of(EnrolmentPlan(101, 3, DAYS | change)) == [said]
    assert faults_of(PLAN) == []


def test_a_plan_needs_its_ends() -> None:
    """First site, first subject, last subject."""
    assert len(faults_of(EnrolmentPlan(1, 1, {}))) == 3


def test_what_is_reached_goes_by_the_days_in_order() -> None:
    """The 26th subject of 101 is the quarter; two of three sites are not all."""
    subjects = [date(2026, 2, 3)] * 25 + [date(2026, 3, 9)]
    found = reached_by(PLAN, subjects, [date(2026, 1, 7), date(2026, 2, 7)])
    assert found == {
        M.FIRST_SITE: date(2026, 1, 7),
        M.FIRST_SUBJECT: date(2026, 2, 3),
        M.QUARTER: date(2026, 3, 9),
    }


def test_a_forecast_tells_early_middle_and_late() -> None:
    """By straight lines between ends of months; beyond the last month nothing is told."""
    assert AHEAD.day_of(50) == (date(2026, 4, 20), date(2026, 4, 30), date(2026, 5, 11))
    assert AHEAD.day_of(101) == (date(2026, 5, 31), date(2026, 6, 30), None)
    assert AHEAD.day_of(40)[1] == date(2026, 4, 10)


@pytest.mark.parametrize(
    ("planned", "state"),
    [
        (date(2026, 4, 9), MilestoneState.OVERDUE),
        (date(2026, 4, 15), MilestoneState.LATE),
        (date(2026, 4, 30), MilestoneState.AT_RISK),
        (date(2026, 5, 12), MilestoneState.AT_RISK),
        (date(2026, 5, 13), MilestoneState.ON_PLAN),
    ],
)
def test_each_state_of_a_milestone(planned: date, state: MilestoneState) -> None:
    """51 subjects are foreseen between 21 April and 13 May."""
    plan = EnrolmentPlan(101, 3, DAYS | {M.HALF: planned})
    half = milestone_lines(plan, {}, AHEAD, date(2026, 4, 10))[list(Milestone).index(M.HALF)]
    assert (half.early, half.late, half.state) == (date(2026, 4, 21), date(2026, 5, 13), state)


def test_milestones_without_a_forecast_or_a_day() -> None:
    """Reached ones tell how many days behind; the others are to come or overdue."""
    reached = {M.FIRST_SITE: date(2026, 1, 8)}
    lines = {one.milestone: one for one in milestone_lines(PLAN, reached, None, date(2026, 2, 2))}
    assert (lines[M.FIRST_SITE].state, lines[M.FIRST_SITE].behind_days) == (MilestoneState.REACHED, 3)
    assert lines[M.FIRST_SUBJECT].state == MilestoneState.OVERDUE
    assert (lines[M.ALL_SITES].state, lines[M.ALL_SITES].planned) == (MilestoneState.TO_COME, None)
    assert lines[M.LAST_SUBJECT].state == MilestoneState.TO_COME
