"""The schedule on the calendar: repeats, windows, the next dispensing visit and how long kits must last."""

from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.study.schedule import NoTreatmentLength, next_dispensing, planned_visits, treatment_days
from irt.study.visits import Visit
from tests.irt.study.edits import study_of

SCREENED, RANDOMIZED = date(2026, 1, 5), date(2026, 2, 2)
BOTH = {"screening": SCREENED, "randomization": RANDOMIZED}


def _with_visits(*visits):
    return study_of("fourier").model_copy(update={"visits": visits})


def test_the_first_year_of_a_subject():
    """Visits come in order of their days, each with both ends of its window."""
    rows = list(planned_visits(study_of("fourier"), BOTH, date(2027, 1, 31)))
    assert [(row.label, row.planned, row.window_from, row.window_to) for row in rows] == [
        ("SCR", date(2026, 1, 5), date(2026, 1, 5), date(2026, 1, 5)),
        ("STAB", date(2026, 2, 2), date(2026, 2, 2), date(2026, 4, 20)),
        ("D1", date(2026, 2, 2), date(2026, 2, 2), date(2026, 2, 2)),
        ("W4", date(2026, 3, 2), date(2026, 2, 27), date(2026, 3, 5)),
        ("W12", date(2026, 4, 27), date(2026, 4, 20), date(2026, 5, 4)),
        ("W24", date(2026, 7, 20), date(2026, 7, 13), date(2026, 7, 27)),
        ("W36", date(2026, 10, 12), date(2026, 10, 5), date(2026, 10, 19)),
        ("W36.2", date(2027, 1, 4), date(2026, 12, 28), date(2027, 1, 11)),
    ]
    assert rows[-1].name == "Maintenance visit (2)"
    assert [row.dispenses for row in rows] == [False, False, True, True, True, True, True, True]


def test_an_open_ended_visit_never_ends():
    """Without a horizon the cycles of a dose escalation go on, day 1 and day 8 in turn."""
    rows = planned_visits(study_of("escalation"), BOTH)
    labels = [row.label for row in islice(rows, 1000)]
    assert labels[:9] == ["SCR", "C1D1", "C1D8", "D1", "D8", "D1.2", "D8.2", "D1.3", "D8.3"]
    assert labels[-1] == "D1.499"


def test_a_visit_without_its_anchor_is_left_out():
    """Before randomization only screening visits have a date."""
    rows = planned_visits(study_of("fourier"), {"screening": SCREENED})
    assert [row.code for row in rows] == ["SCR", "STAB"]


def test_a_repeat_with_an_end_ends():
    """Three times means three occurrences, 0 to 2."""
    visit = Visit(code="V", name="V", day=7, repeat={"every_days": 14, "times": 3})
    rows = list(planned_visits(_with_visits(visit), BOTH))
    assert [(row.occurrence, (row.planned - RANDOMIZED).days) for row in rows] == [(0, 7), (1, 21), (2, 35)]


@pytest.mark.parametrize(
    ("visit", "occurrence", "following"),
    [
        ("SCR", 0, None), ("D1", 0, ("W4", 0, 28)), ("W4", 0, ("W12", 0, 84)), ("W24", 0, ("W36", 0, 252)),
        ("W36", 0, ("W36", 1, 336)), ("W36", 9, ("W36", 10, 1092)),
    ],
)  # fmt: skip
def test_the_next_dispensing_visit(visit, occurrence, following):
    """On the same anchor, with its occurrence and day; an open-ended visit follows itself."""
    found = next_dispensing(study_of("fourier"), visit, occurrence)
    assert (found and (found.visit.code, found.number, found.day)) == following


def test_two_cycles_interleave():
    """Day 8 follows day 1 of the same cycle, and day 1 of the next follows day 8."""
    study = study_of("escalation")
    after_day_1 = next_dispensing(study, "D1", 4)
    after_day_8 = next_dispensing(study, "D8", 4)
    assert after_day_1 is not None
    assert after_day_8 is not None
    assert (after_day_1.visit.code, after_day_1.number) == ("D8", 4)
    assert (after_day_8.visit.code, after_day_8.number) == ("D1", 5)


@pytest.mark.parametrize(
    ("study", "visit", "days"),
    [
        ("fourier", "D1", 31), ("fourier", "W4", 63), ("fourier", "W12", 91), ("fourier", "W24", 91),
        ("fourier", "W36", 91), ("ist", "DAY0", 14), ("activ6", "RAND", 28), ("escalation", "D8", 1),
    ],
)  # fmt: skip
def test_days_the_kits_must_last(study, visit, days):
    """As the visit states, or to the next dispensing visit and the end of its window."""
    assert treatment_days(study_of(study), visit) == days


def test_a_subject_who_comes_early_needs_more():
    """Three days early, the kits last three days longer; three late, three less; a stated length stays."""
    fourier = study_of("fourier")
    assert [treatment_days(fourier, "W4", days_off_plan=off) for off in (-3, 0, 3)] == [66, 63, 60]
    assert treatment_days(study_of("ist"), "DAY0", days_off_plan=-3) == 14


def test_the_last_visit_must_say_how_long():
    """No dispensing visit after it and no stated length: a refusal that tells whom to ask."""
    only = Visit(code="V", name="V", day=0, dispenses=True)
    with pytest.raises(NoTreatmentLength, match="study team"):
        treatment_days(_with_visits(only), "V")


repeats = st.one_of(
    st.none(),
    st.fixed_dictionaries({"every_days": st.integers(1, 90), "times": st.one_of(st.none(), st.integers(1, 5))}),
)
visits = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 9), st.booleans(), repeats), min_size=1, max_size=5)


@settings(deadline=None, max_examples=100)
@given(visits, st.integers(0, 600))
def test_next_dispensing_is_what_the_calendar_shows(rows, horizon_days):
    """For every planned visit, the next dispensing is the first later dispensing row of the calendar."""
    study = _with_visits(
        *(
            Visit(code=f"V{index}", name="V", day=day, window_after_days=late, dispenses=gives, repeat=repeat)
            for index, (day, late, gives, repeat) in enumerate(rows)
        )
    )
    until = RANDOMIZED + timedelta(days=horizon_days)
    beyond = until + timedelta(days=1000)
    calendar = list(planned_visits(study, BOTH, beyond))
    assert [row.planned for row in calendar] == sorted(row.planned for row in calendar)
    for row in calendar:
        if row.planned > until:
            break
        later = [other.planned for other in calendar if other.dispenses and other.planned > row.planned]
        found = next_dispensing(study, row.code, row.occurrence)
        assert (found and RANDOMIZED + timedelta(days=found.day)) == (later[0] if later else None)
