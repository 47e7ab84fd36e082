"""Visits of a subject: every state they can have, by what is planned, recorded and today's date."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irt.reads.blinded_visits import (
    RecordedVisit,
    VisitState,
    anchors,
    open_visits,
    treatment_anchors,
    visits_on_calendar,
    visits_to_record,
)
from irt.states.records import DispensingStatus, VisitStatus
from irt.study.blinded import BlindedStudy, blinded_study
from irt.study.schedule import UNSCHEDULED, planned_visits
from tests.builders_supply import the_study
from tests.builders_visits import the_visits_study

STUDY = blinded_study(the_study("fourier"))
VISITS = blinded_study(the_visits_study())
DAY_1 = date(2026, 3, 2)
SCREENED = DAY_1 - timedelta(days=40)
ANCHOR_KINDS = ("screening", "randomization")


def recorded(
    code: str,
    status: VisitStatus = VisitStatus.DONE,
    dispensing: DispensingStatus | None = DispensingStatus.HANDED_OVER,
) -> RecordedVisit:
    """A visit on record."""
    return RecordedVisit(1, code, 0, status, DAY_1, None, 1 if dispensing else None, dispensing)


def state_of(code: str, today: date, *records: RecordedVisit) -> VisitState:
    """How a visit stands on a day."""
    known = {record.key: record for record in records}
    calendar = visits_on_calendar(STUDY, anchors(SCREENED, DAY_1), known, today, 400)
    return next(visit.state for visit in calendar if visit.code == code)


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (24, VisitState.PLANNED),
        (25, VisitState.DUE),
        (28, VisitState.DUE),
        (31, VisitState.DUE),
        (32, VisitState.MISSED),
    ],
)
def test_a_visit_without_a_record_follows_its_window(days: int, state: VisitState) -> None:
    """Both ends of the window belong to it: Week 4 is day 28, three days either side."""
    assert state_of("W4", DAY_1 + timedelta(days=days)) == state


@pytest.mark.parametrize(
    ("status", "dispensing", "state"),
    [
        (VisitStatus.DONE, DispensingStatus.HANDED_OVER, VisitState.DONE),
        (VisitStatus.DONE, DispensingStatus.HANDED_OVER_PARTLY, VisitState.DONE),
        (VisitStatus.DONE, DispensingStatus.ASSIGNED, VisitState.ASSIGNED),
        (VisitStatus.DONE, DispensingStatus.NOT_DONE, VisitState.NOT_GIVEN),
        (VisitStatus.DONE, None, VisitState.DONE),
        (VisitStatus.SKIPPED, None, VisitState.SKIPPED),
    ],
)
def test_a_record_speaks_whatever_the_day(
    status: VisitStatus, dispensing: DispensingStatus | None, state: VisitState
) -> None:
    """What happened to the kits says how the visit stands."""
    record = recorded("W4", status, dispensing)
    assert {state_of("W4", DAY_1 + timedelta(days=days), record) for days in (0, 28, 99)} == {state}


def test_visits_before_randomization_are_not_owed_after_it() -> None:
    """The end of stabilisation was planned later than the subject was randomized."""
    early = visits_on_calendar(STUDY, anchors(DAY_1, DAY_1), {}, DAY_1 + timedelta(days=200), 0)
    waiting = visits_on_calendar(STUDY, anchors(DAY_1, None), {}, DAY_1 + timedelta(days=200), 0)
    assert "STAB" not in [visit.code for visit in early]
    assert [visit.code for visit in waiting] == ["SCR", "STAB"]


def test_an_unscheduled_visit_stands_where_it_was_held() -> None:
    """Between the planned ones, under its own name."""
    record = RecordedVisit(
        1, UNSCHEDULED, 1, VisitStatus.DONE, DAY_1 + timedelta(days=40), None, 9, DispensingStatus.HANDED_OVER
    )
    calendar = visits_on_calendar(STUDY, anchors(SCREENED, DAY_1), {record.key: record}, DAY_1, 100)
    names = [visit.name for visit in calendar]
    assert names.index("Week 4") < names.index("Unscheduled visit 2") < names.index("Week 12")


@given(st.integers(0, 900), st.sets(st.sampled_from(["D1", "W4", "W12", "W24", "W36"])))
def test_open_visits_are_the_dispensing_ones_without_a_record(days: int, held: set[str]) -> None:
    """However long the subject is in the study."""
    known = {(code, 0): recorded(code) for code in held}
    until = DAY_1 + timedelta(days=days)
    found = list(open_visits(STUDY, anchors(SCREENED, DAY_1), known, until))
    assert all(visit.dispenses and visit.planned <= until for visit in found)
    assert not {(visit.code, visit.occurrence) for visit in found} & set(known)
    assert [visit.planned for visit in found] == sorted(visit.planned for visit in found)


@pytest.mark.parametrize(
    "study", [STUDY, blinded_study(the_visits_study()), blinded_study(the_study("escalation"))]
)
@given(days=st.integers(0, 200), randomized=st.booleans())
def test_every_visit_is_dispensed_at_or_recorded(study: BlindedStudy, days: int, randomized: bool) -> None:
    """What is planned after the anchors themselves is in one of the two lists, and never in both."""
    dates = anchors(SCREENED, DAY_1 if randomized else None)
    until = SCREENED + timedelta(days=days)
    kits = list(open_visits(study, dates, {}, until))
    others = list(visits_to_record(study, dates, {}, until))
    counted = treatment_anchors(dates)
    planned = [v for v in planned_visits(study, counted, until) if v.dispenses or v.kind not in ANCHOR_KINDS]
    assert sorted([*kits, *others]) == sorted(planned)
    assert not any(visit.dispenses for visit in others)


@pytest.mark.parametrize(("days", "state"), [(11, "planned"), (12, "due"), (16, "due"), (17, "unrecorded")])
def test_a_call_is_due_in_its_window(days: int, state: str) -> None:
    """Afterwards nobody waits for its record here; a record of it says done."""
    today = DAY_1 + timedelta(days=days)
    calendar = visits_on_calendar(VISITS, anchors(SCREENED, DAY_1), {}, today, 100)
    assert next(visit.state for visit in calendar if visit.code == "CALL") == state
    known = {("CALL", 0): recorded("CALL", dispensing=None)}
    calendar = visits_on_calendar(VISITS, anchors(SCREENED, DAY_1), known, today, 100)
    assert next(visit.state for visit in calendar if visit.code == "CALL") == VisitState.DONE
