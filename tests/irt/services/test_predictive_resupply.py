"""The night of a study that predicts: subjects' visits, screening, holds and kits in hand become orders."""

from collections import Counter
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, event

from irt.reads.expected_need import ExpectedNeed, expected_need
from irt.services.propose_levels import ProposeLevels
from irt.services.store import Store
from irt.study.definition import StudyDefinition
from irt.study.resupply import Forecast, MinMax, Resupply
from irt.tables.secret import ShipmentCalculation
from irt.tables.shipment import ResupplyRun, Shipment
from tests.builders_trial import FIRST_DAY, FIRST_SITE, Trial, stocked_house, the_trial_study

FEW = MinMax(minimum=5, maximum=8)


def predicting(**changes: Any) -> StudyDefinition:
    """The trial's study with windows of 30 and 90 days, and buffers of five and eight of each pen."""
    facts: dict[str, Any] = {"method": "predictive", "trigger_days": 30, "resupply_days": 90, **changes}
    resupply = Resupply(study={"PEN-A": FEW, "PEN-P": FEW}, **facts)
    return the_trial_study().model_copy(update={"resupply": resupply})


def opened(store: Store, definition: StudyDefinition) -> Trial:
    """Two sites, stocked to their buffers."""
    return Trial(store, stocked_house(store, definition).study_id, definition, FIRST_DAY, count(1000))


def foreseen(trial: Trial, days: int = 90, site: str = FIRST_SITE) -> dict[date, int]:
    """Kits of both pens by day at a site."""
    with trial.store.reading() as connection:
        found = expected_need(connection, trial.study_id, trial.definition, trial.day, days)
    return _by_day(found, trial.site_id(site))


def _by_day(found: ExpectedNeed, site_id: int) -> dict[date, int]:
    kits: Counter[date] = Counter()
    for visits in found.by_site.get(site_id, {}).values():
        for on_day, quantity in visits:
            kits[on_day] += quantity
    return dict(kits)


def test_a_subject_needs_the_kits_of_the_visits_to_come(store: Store) -> None:
    """Day 1 while it is not dispensed, then Week 4 and Week 12 from the day their windows open."""
    trial = opened(store, predicting())
    subject, day = trial.randomized(), trial.day
    week_4, week_12 = day + timedelta(days=25), day + timedelta(days=77)
    assert foreseen(trial) == {day: 2, week_4: 4, week_12: 6}
    trial.hand_over(trial.assign(subject))
    assert foreseen(trial) == {week_4: 4, week_12: 6}
    assert foreseen(trial, 30) == {week_4: 4}
    trial.later(25)
    assert foreseen(trial, 30) == {week_4: 4}
    trial.hand_over(trial.assign(subject, visit="W4"))
    assert foreseen(trial, 30) == {}
    trial.later(91)
    assert foreseen(trial, 30) == {}, "a visit whose window has closed is no longer expected"


def test_subjects_are_told_one_by_one_where_chances_are_asked_for(sqlite_store: Store) -> None:
    """The visit of the day, weeks 4 and 12 with their windows and kits by dose level; else nobody is told apart."""
    trial = opened(sqlite_store, predicting())
    trial.randomized()
    with trial.store.reading() as connection:
        plain, found = (
            expected_need(connection, trial.study_id, trial.definition, trial.day, 90, treated=told)
            for told in (False, True)
        )
    ((one,),) = found.treated.values()
    assert plain.treated == {}
    assert found.by_site == plain.by_site
    assert (one.subjects, one.level) == (1, 0)
    assert [(visit.day, visit.before_days, visit.since_days) for visit in one.visits] == [
        (0, 0, 0),
        (28, 3, 28),
        (84, 7, 56),
    ]
    assert [sum(kits for _, kits in by_level) for by_level in one.visits[1].kits] == [4, 6]


def test_dose_holds_and_ends_of_treatment_change_the_need(sqlite_store: Store) -> None:
    """Another dose needs other kits; a hold none, unless the study counts it; who stopped needs none."""
    trial = opened(sqlite_store, predicting())
    subject, _ = trial.treated()
    trial.change_dose(subject, "QM")
    assert sorted(foreseen(trial).values()) == [6, 9]
    trial.step(subject, "hold_dose")
    assert foreseen(trial) == {}
    trial.definition = predicting(forecast=Forecast(on_hold_counts=True))
    assert sorted(foreseen(trial).values()) == [6, 9]
    trial.step(subject, "stop_treatment")
    assert foreseen(trial) == {}


def test_the_night_orders_for_subjects_and_for_those_in_screening(store: Store) -> None:
    """Buffers are there; one subject and one in screening raise the level, and the trace tells each part."""
    trial = opened(store, predicting())
    before = len(trial.rows(Shipment))
    assert trial.resupply().shipments == []
    trial.treated()
    trial.screen()
    done = trial.resupply()
    assert len(done.shipments) == 1
    told = trial.rows(ShipmentCalculation)[before]["trace"]["kit_types"]
    needs = sorted((one["need_to_trigger"], one["need_to_reach"]) for one in told.values())
    block = 3 + 6, 3 + 6 + 9  # as the monthly dose needs
    assert needs == [block, (4 + block[0], 10 + block[1])]
    assert all(one["in_screening"] == one["virtual_blocks"] == 1 for one in told.values())
    wanted = sum(8 + one["need_to_reach"] - one["considered"] for one in told.values())
    assert done.kits == wanted
    assert [row["planner"] for row in trial.rows(ResupplyRun)] == ["predictive"] * 3
    assert trial.resupply().shipments == [], "what is on its way is not ordered again"


def test_a_blinded_reader_is_told_sums_by_blinding_group(sqlite_store: Store) -> None:
    """The shipment's own reasons name the group alone: kits there or coming, and kits ordered."""
    trial = opened(sqlite_store, predicting())
    reasons = [row["reasons"] for row in trial.rows(Shipment)]
    assert reasons == [{"PEN": {"there_or_coming": 0, "ordered": 16}}] * 2


def test_windows_are_inherited_one_by_one(sqlite_store: Store) -> None:
    """A site with a trigger window of its own keeps the study's reach; new levels keep the site's window."""
    trial = opened(sqlite_store, predicting())
    facts = {"study_id": trial.study_id, "kit_type": "PEN-A", "effective_from": trial.day, "reason": "Far away"}
    trial.agree(ProposeLevels(**facts, minimum=5, maximum=8, site=FIRST_SITE, trigger_days=80))
    trial.agree(ProposeLevels(**facts, minimum=6, maximum=9, site=FIRST_SITE))
    trial.screen()
    trial.resupply()
    told = trial.rows(ShipmentCalculation)[-1]["trace"]["kit_types"]
    windows = {code: (one["trigger_days"], one["resupply_days"]) for code, one in told.items()}
    assert windows == {"PEN-A": (80, 90), "PEN-P": (30, 90)}
    assert told["PEN-A"]["minimum_buffer"] == 6


@pytest.mark.parametrize(("definition", "asked"), [(predicting(), 3), (the_trial_study(), 0)], ids=["yes", "no"])
def test_only_a_study_that_predicts_is_asked_for_its_subjects(
    sqlite_store: Store, definition: StudyDefinition, asked: int
) -> None:
    """Three questions for the whole network, none where levels alone rule."""
    trial = opened(sqlite_store, definition)
    trial.treated()
    statements: list[str] = []

    def note(*facts: Any) -> None:
        statements.append(facts[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        trial.resupply()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    about = [one for one in statements if "FROM subject " in one or "FROM subject_visit" in one]
    assert len(about) == asked
