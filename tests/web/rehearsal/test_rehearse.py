"""A simulated trial carried out through the services is the same trial, to the last kit."""

from collections import Counter
from typing import Any

import pytest

from irt.commands.installed import installed_planner
from irt.services.store import Store
from simulation.inputs.inputs import draw_inputs
from simulation.replication import replicate
from simulation.spec.reading import changed, scenario_of
from simulation.spec.scenario import Scenario
from tests.builders_homes import PENS, sending_home
from tests.simulation.worked import small_trial, worked
from web.rehearsal.books import simulated
from web.rehearsal.rehearse import Rehearsal, days_to_look, differences, rehearse
from web.rehearsal.unlike import NotRehearsed, require_alike

SEED = 5
PREDICTIVE = {
    "method": "predictive",
    "trigger_days": 14,
    "resupply_days": 35,
    "forecast": {"screen_failure_rate": "0.15", "dropout_rate": "0.03"},
}


def by_method(method: str) -> Scenario:
    """The rehearsal's trial, supplied by levels or by what its subjects will need."""
    parts = PREDICTIVE if method == "predictive" else {}
    return changed(worked("rehearsal"), {f"small_study.resupply.{key}": value for key, value in parts.items()})


def equal(done: Rehearsal) -> Rehearsal:
    """The rehearsal, without a difference."""
    assert done.differences == ()
    assert done.carried_out.given == done.simulated.given
    assert done.carried_out.sent == done.simulated.sent
    assert done.carried_out.stock == done.simulated.stock
    return done


def test_predictive_supply_is_the_same(postgresql_store: Store) -> None:
    """Draws, refusals, misses, every consignment with its kits, every kit given, and all stock on eight days."""
    done = equal(rehearse(postgresql_store, by_method("predictive"), SEED, 0, installed_planner()))
    people = Counter(event[1] for event in done.simulated.people)
    assert min(people[what] for what in ("screened", "failed", "refused", "randomized", "missed")) > 0
    assert {one.end for one in done.simulated.sent} >= {"came", "lost"}
    assert {one.place for one in done.simulated.sent} == {"US0", "1001", "1002", "1101", "1102"}
    assert any(visit == "replacement" for _, _, _, visit, _ in done.simulated.given)
    assert {kit_type for *_, kits in done.simulated.given for kit_type, _, _ in kits} == {
        f"{arm}-{dose}" for arm in "AP" for dose in ("LOW", "HIGH")
    }
    assert [*done.simulated.stock] == days_to_look(100)
    for kits in done.simulated.stock.values():
        assert sum(kits.values()) == 320


def test_levels_are_the_same(sqlite_store: Store) -> None:
    """Min/max, through a recall and a lot that expires, of which some is on its way."""
    scenario = worked("rehearsal")
    done = equal(rehearse(sqlite_store, scenario, SEED, 0, installed_planner()))
    events = replicate(scenario, SEED, 0, keep_events=True).events or ()
    assert {event.what for event in events} >= {
        "expired",
        "recalled",
        "spoiled",
        "not_arrived",
        "missed",
        "stopped",
    }
    assert any(event.place == "on the way" for event in events)
    last = done.simulated.stock[99]
    assert {where for where, _, _ in last} >= {"C0", "US0", "given", "not usable any more"}


def going_home(method: str, subjects: int) -> Scenario:
    """An American depot sends weeks 4 and 12 to homes, European sites pack theirs; all pens come from one depot."""
    study = sending_home(method=method).model_copy(update={"caps": ()})
    lots = [{"lot": "L1", "kit_type": pens, "depot": "NLD", "kits": 150, "expiry_day": 400} for pens in PENS]
    return scenario_of(
        {
            "name": "going-home",
            "study": study,
            "size": "small",
            "start": "2026-03-02",
            "horizon_days": 110,
            "enrolment": {"screened_per_site_month": 2, "target_subjects": subjects,
                          "start_up_days": {"law": "uniform", "least": 0, "most": 10}},
            "subjects": {"screening_days": {"law": "uniform", "least": 0, "most": 3}, "screen_failure": 0.1,
                         "dropout_per_year": 0.3},
            "supply": {"lots": lots},
        }
    )  # fmt: skip


def test_kits_that_go_home_are_the_same(sqlite_store: Store) -> None:
    """The depot is asked for what its homes need, sends it, and runs short; sites are sent nothing for it."""
    scenario = going_home("predictive", 10)
    done = equal(rehearse(sqlite_store, scenario, 6, 0, installed_planner()))
    home = [
        event for event in replicate(scenario, 6, 0, keep_events=True).events or () if event.what == "sent_home"
    ]
    assert len(home) > 3
    assert {event.place for event in home} == {"USA"}
    sent = Counter(one.place for one in done.simulated.sent)
    assert sent["USA"] > 0
    at_home = {(event.minute, event.who) for event in home}
    given = {(minute, who) for minute, _, who, visit, _ in done.simulated.given if visit == "W4"}
    assert given - at_home, "European sites gave theirs themselves"


@pytest.mark.slow
@pytest.mark.parametrize("index", range(2))
def test_other_kits_that_go_home_are_the_same(sqlite_store: Store, index: int) -> None:
    """By levels, under other chances."""
    equal(rehearse(sqlite_store, going_home("min_max", 14), 3 + 3 * index, 0, installed_planner()))


@pytest.mark.slow
@pytest.mark.parametrize("index", range(2))
def test_kits_that_are_mailed_are_the_same(sqlite_store: Store, index: int) -> None:
    """Doses by weight, agents that open, nothing at sites: the shipped study that mails its kits."""
    done = equal(rehearse(sqlite_store, worked("homes"), 1, index, installed_planner()))
    people = Counter(event[1] for event in done.simulated.people)
    assert min(people["randomized"], people["refused"]) > 0
    assert done.simulated.sent == []


@pytest.mark.slow
def test_plans_are_the_same(sqlite_store: Store) -> None:
    """The optimizer's nights: five weeks, with consignments of its plans and nothing of them different."""
    five_weeks = {"small_study.resupply.method": "optimizer", "horizon_days": 35}
    done = equal(rehearse(sqlite_store, changed(worked("rehearsal"), five_weeks), SEED, 0, installed_planner()))
    assert len(done.simulated.sent) > 10
    assert done.simulated.given


def test_one_kit_that_went_elsewhere_is_found() -> None:
    """A rule that gave another lot would be told at once: in what was given, and in the stock from then on."""
    scenario = worked("rehearsal")
    inputs = draw_inputs(scenario, SEED, 0)
    events = [*(replicate(scenario, SEED, 0, keep_events=True).events or ())]
    days = days_to_look(100)
    books = simulated(inputs, events, days)
    place = next(n for n, event in enumerate(events) if event.what == "dispensed" and event.kits[0][1] == "L2")
    ((kit_type, _, kits),) = events[place].kits
    events[place] = events[place]._replace(kits=((kit_type, "L3", kits),))
    found = [*differences(books, simulated(inputs, events, days))]
    later = [day for day in days if (day + 1) * 1440 > events[place].minute]
    assert [one.part for one in found] == ["kits given", *(f"stock at the end of day {day}" for day in later)]
    assert [*differences(books, books)] == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"supply.shortage": {"rule": "waits"}}, "no list of those who wait"),
        ({"supply.review": "every_request"}, "review stock at night"),
        ({"demand": [{"kit_type": "A", "requests_per_day": 1}]}, "requests of no subject"),
        ({"supply.site_stock": [{"lot": "S", "kit_type": "A", "kits": 1, "expiry_day": 9}]}, "came by no service"),
        ({"supply.lots.0.lot": "A2"}, "a lot is released as a whole"),
    ],
)
def test_what_no_service_does_is_refused_by_name(change: dict[str, Any], sentence: str) -> None:
    """A rehearsal says what it cannot hold against anything, and begins nothing."""
    scenario = changed(small_trial(), change)
    with pytest.raises(NotRehearsed, match=sentence):
        require_alike(scenario, draw_inputs(scenario, 1, 0).places)


def test_a_recall_of_what_travels_to_homes_is_refused_by_name() -> None:
    """Services stop such parcels; in a simulation nothing befalls them."""
    recall = {"fault": "recall", "name": "defect", "lot": "L1", "day": 9}
    scenario = changed(going_home("min_max", 9), {"faults": [recall]})
    with pytest.raises(NotRehearsed, match="stop parcels to homes"):
        require_alike(scenario, draw_inputs(scenario, 1, 0).places)


LONG: dict[str, Any] = {
    "small_study.countries.0.sites": 8,
    "small_study.countries.1.sites": 6,
    "horizon_days": 420,
    "enrolment.target_subjects": 90,
    "subjects.drift": True,
    "supply.lots": [
        {
            "lot": f"{dose}{number}",
            "kit_type": f"{arm}-{dose}",
            "depot": "C0",
            "kits": kits,
            "released_day": released,
            "expiry_day": expiry,
        }
        for arm in "AP"
        for dose in ("LOW", "HIGH")
        for number, kits, released, expiry in (("1", 200, 0, 150), ("2", 200, 100, 270), ("3", 300, 200, 700))
    ],
}


@pytest.mark.slow
@pytest.mark.parametrize("method", ["min_max", "predictive"])
@pytest.mark.parametrize("index", range(3))
def test_other_trials_of_a_hundred_days_are_the_same(store: Store, method: str, index: int) -> None:
    """Both rules on both databases, under other chances."""
    equal(rehearse(store, by_method(method), 1, index, installed_planner()))


@pytest.mark.slow
@pytest.mark.parametrize("method", ["min_max", "predictive"])
@pytest.mark.parametrize("index", range(2))
def test_a_trial_of_fourteen_months_is_the_same(store: Store, method: str, index: int) -> None:
    """Fourteen sites, ninety subjects, visits that drift, three lots of each kind, two sites that close."""
    short = by_method(method)
    faults = short.model_dump(mode="json")["faults"]
    faults[4] |= {"lot": "LOW2", "day": 190}
    faults.append({"fault": "site_closure", "name": "closed", "sites": ["1002", "1103"], "day": 160})
    scenario = changed(short, LONG | {"faults": faults})
    done = equal(rehearse(store, scenario, 1, index, installed_planner()))
    assert len(done.simulated.given) > 350
