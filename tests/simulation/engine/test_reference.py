"""The reference engine: the ledger adds up, rules of the product hold, nothing depends on what it should not."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from irt.supply.planner import NetworkView, ProposedShipment
from irt.supply.resupply import MinMax
from simulation.measures import CAUSES, WASTED
from simulation.record import Event, Replication
from simulation.replication import replicate
from simulation.spec.reading import changed, scenario_of
from simulation.spec.scenario import Scenario
from tests.simulation.worked import FOR_EVER, small_trial, worked

LAW = st.sampled_from(
    [
        {"law": "fixed", "value": 3},
        {"law": "lognormal", "median": 3, "sigma": 0.8},
        {"law": "exponential", "mean": 5},
    ]
)
CHANCE = st.sampled_from([0, 0.1, 0.5])
FAULTS: dict[str, dict[str, Any]] = {
    "customs_delay": {"chance": 0.3, "delay_days": {"law": "gamma", "mean": 6, "shape": 2}},
    "lost_shipment": {"chance": 0.2},
    "temperature_excursion": {"chance": 0.2, "targets": ["FR"]},
    "lot_release_delay": {"delay_days": {"law": "exponential", "mean": 20}},
    "recall": {"lot": "A1", "day": 70},
    "depot_outage": {"depot": "C0", "from_day": 60, "until_day": 75},
    "courier_strike": {"from_day": 80, "until_day": 110},
    "site_closure": {"chance": 0.3, "day": 100},
    "enrolment_change": {"factor": 2, "from_day": 30, "until_day": 60},
    "system_outage": {"from_day": 50, "until_day": 53, "visits": "lost"},
    "wrong_forecast": {"factor": 1.5},
}


def play(scenario: Scenario, index: int = 0, **kept: bool) -> Replication:
    """One replication of a seed."""
    return replicate(scenario, 8, index, **kept)


def faulty(*names: str) -> list[dict[str, Any]]:
    """Faults by name."""
    return [{"fault": name, "name": name, **FAULTS[name]} for name in names]


def adds_up(measures: dict[str, int | float]) -> None:
    """What must hold between the columns of any replication without warm-up."""
    gone = sum(measures[name] for name in WASTED)
    left = measures["left_at_sites"] + measures["left_at_depots"] + measures["left_on_the_way"]
    assert measures["kits_made"] == measures["kits_dispensed"] + gone + left
    assert measures["visits"] == measures["dispensed"] + measures["lost"] + measures["waiting"]
    assert measures["missed"] == measures["waited"] + measures["lost"] + measures["waiting"]
    assert measures["missed"] == sum(measures[name] for name in CAUSES)
    told = measures["missed_kits_elsewhere"] + measures["missed_out_of_stock"] + measures["missed_by_system_outage"]
    assert measures["missed"] == told
    ended = measures["screen_failures"] + measures["turned_away"] + measures["screening_expired"]
    assert measures["screened"] >= measures["randomized"] + ended
    assert measures["randomized"] >= measures["dropouts"] + measures["completed"]
    assert all(value >= 0 for name, value in measures.items() if not name.endswith("_day"))


@settings(deadline=None, derandomize=True, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(
    faults=st.sets(st.sampled_from(sorted(FAULTS)), max_size=5),
    transit=LAW,
    rule=st.sampled_from(["lost", "waits"]),
    hold=CHANCE,
    replacement=CHANCE,
    drift=st.booleans(),
    index=st.integers(0, 50),
)
def test_every_kit_made_is_somewhere(
    faults: set[str], transit: dict[str, Any], rule: str, hold: float, replacement: float, drift: bool, index: int
) -> None:
    """Made = given + wasted + left, and every miss has one cause, whatever goes wrong; half the trial is enough."""
    scenario = changed(
        small_trial(faults=faulty(*sorted(faults)), horizon_days=150),
        {
            "supply.transit.0.days": transit,
            "supply.shortage": {"rule": rule, "patience_days": 10},
            "subjects.hold_chance": hold,
            "subjects.replacement_chance": replacement,
            "subjects.drift": drift,
        },
    )
    adds_up(play(scenario, index).measures)


@pytest.mark.parametrize(
    "name", ["depot-outage", "recall", "two-echelons", "compound-requests", "temperature-excursion"]
)
def test_worked_scenarios_add_up(name: str) -> None:
    """The same for settings without subjects."""
    adds_up(play(worked(name)).measures)


@pytest.mark.slow
def test_a_trial_of_two_years_adds_up_and_enrols_its_target() -> None:
    """The trial with all its faults reaches its thousand subjects, and its ledger balances."""
    measures = play(worked("trial-two-years"), keep_days=True).measures
    adds_up(measures)
    assert 1_000 <= measures["randomized"] <= 1_100
    assert measures["completion_day"] > 0


def test_a_replication_is_the_same_every_time() -> None:
    """With or without days and events kept, before or after others."""
    scenario = small_trial(faults=faulty("customs_delay", "recall"))
    plain = play(scenario)
    kept = play(scenario, keep_days=True, keep_events=True)
    assert plain.measures == kept.measures
    assert plain.days is None
    assert plain.events is None
    assert kept.events == play(scenario, keep_events=True).events
    assert play(scenario, 1).measures != plain.measures


def test_days_and_events_tell_the_same_as_the_measures() -> None:
    """Series by day add up to the columns, and so do the events."""
    played = play(small_trial(), keep_days=True, keep_events=True)
    days, events, measures = played.days, played.events, played.measures
    assert days is not None
    assert events is not None
    for name in ("screened", "randomized", "dispensed", "missed"):
        assert int(days[name].sum()) == measures[name]
    assert int(days["site_visits"].sum()) == measures["visits"]
    assert int(days["kits_at_sites"][-1]) == measures["left_at_sites"]
    assert days["site_stock"].sum(axis=0).tolist() == days["kits_at_sites"].tolist()
    told = Counter(event.what for event in events)
    assert told["randomized"] == measures["randomized"]
    assert told["dispensed"] == measures["dispensed"]
    assert told["sent"] == measures["shipments"]
    assert [event.minute for event in events] == sorted(event.minute for event in events)


def given_to(events: tuple[Event, ...] | None) -> list[Event]:
    """The dispensings."""
    return [event for event in events or () if event.what == "dispensed"]


def test_kits_are_used_first_expired_first_out() -> None:
    """At a site that has both lots nobody is given the later one while the earlier one is good for long enough."""
    lots = [
        {"lot": "late", "kit_type": "K", "kits": 5, "expiry_day": 300},
        {"lot": "soon", "kit_type": "K", "kits": 5, "expiry_day": 60},
    ]
    scenario = changed(worked("newsvendor"), {"supply.site_stock": lots, "demand.0.days_to_last": 50})
    names = [event.kits[0][1] for event in given_to(play(scenario, keep_events=True).events)]
    minutes = [event.minute for event in given_to(play(scenario, keep_events=True).events)]
    expected = ["soon" if minute < 11 * 1440 else "late" for minute in minutes]
    first_late = names.index("late")
    assert names[:5] == expected[:5]
    assert set(names[first_late:]) == {"late"}


def test_a_lot_parted_in_two_changes_nothing_but_names() -> None:
    """Lots of the same date are alike: splitting one leaves every count."""
    whole, parted = small_trial(), small_trial()
    lots = parted.model_dump(mode="json")["supply"]["lots"]
    halves = [{**lots[0], "lot": f"A1{half}", "kits": 30} for half in "ab"]
    parted = changed(parted, {"supply.lots": [*halves, *lots[1:]]})
    assert play(parted).measures == play(whole).measures


@cache
def calm_measures() -> dict[str, int | float]:
    """Four months without faults."""
    return play(small_trial(horizon_days=120)).measures


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_that_never_strikes_changes_nothing(name: str) -> None:
    """No chance, no days, or a factor of one: the replication without the fault."""
    never = {"chance": 0, "from_day": 500, "until_day": 501, "day": 500, "factor": 1}
    never["delay_days"] = {"law": "fixed", "value": 0}  # type: ignore[assignment]
    parts = {key: never.get(key, value) for key, value in FAULTS[name].items()}
    fault = {"fault": name, "name": name, **parts}
    assert play(small_trial(faults=[fault], horizon_days=120)).measures == calm_measures()


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("lost_shipment", "wasted_lost"),
        ("temperature_excursion", "wasted_spoiled"),
        ("recall", "wasted_recalled"),
        ("site_closure", "wasted_at_closed_sites"),
        ("system_outage", "randomizations_refused"),
    ],
)
def test_a_fault_leaves_its_trace(name: str, measure: str) -> None:
    """What goes wrong is counted under its own name, and nowhere without it."""
    assert play(small_trial(faults=faulty(name)), 2).measures[measure] > 0
    assert play(small_trial(), 2).measures[measure] == 0


@cache
def missed_with(*names: str) -> float:
    """Misses of two replications with these faults."""
    return sum(play(small_trial(faults=faulty(*names)), index).measures["missed"] for index in range(2))


@pytest.mark.parametrize("name", ["customs_delay", "depot_outage", "courier_strike", "lot_release_delay"])
def test_delays_cost_dispensings(name: str) -> None:
    """Later goods never help: over some replications more visits are missed."""
    assert missed_with(name) > missed_with()


def test_who_waits_is_served_in_the_order_they_came() -> None:
    """With waiting every request of the base stock is met in its turn, and none is lost."""
    scenario = changed(worked("base-stock"), {"horizon_days": 60, "warm_up_days": 0})
    played = play(scenario, keep_events=True)
    served = [event.who for event in given_to(played.events)]
    assert served == sorted(served)
    assert played.measures["lost"] == 0
    assert played.measures["waited"] > 0


def test_patience_ends() -> None:
    """Nobody waits longer than the scenario says."""
    patience = {"rule": "waits", "patience_days": 1}
    base = changed(worked("base-stock"), {"horizon_days": 100, "warm_up_days": 0, "supply.shortage": patience})
    measures = play(base).measures
    assert measures["lost"] > 0
    assert measures["waiting_minutes"] <= 1440 * measures["waited"]


def test_the_arms_are_those_of_the_product_s_blocks() -> None:
    """Of each four subjects two get either arm, whatever site they are at."""
    events = play(small_trial(), keep_events=True).events or ()
    arms = [event.detail for event in events if event.what == "randomized"]
    blocks = [arms[first : first + 4] for first in range(0, len(arms) - 3, 4)]
    assert blocks
    assert all(sorted(block) == ["A", "A", "P", "P"] for block in blocks)


def test_nobody_is_randomized_where_an_arm_could_not_be_served() -> None:
    """With the product's check of all arms a site without kits puts people off: no first visit is missed."""
    small = {"all_arms_on_site": True}
    measures = play(small_trial(small_study=small), keep_events=True)
    firsts = [event for event in measures.events or () if event.what == "missed" and event.detail.startswith("V1")]
    assert measures.measures["randomizations_refused"] > 0
    assert not firsts


def test_enrolment_stops_at_its_target_and_caps() -> None:
    """Turned away after the target: exactly the target; a cap at sites holds at each."""
    scenario = changed(small_trial(), {"enrolment.after_target": "turned_away", "enrolment.target_subjects": 20})
    measures = play(scenario).measures
    assert measures["randomized"] == 20
    assert measures["turned_away"] > 0
    capped = changed(scenario, {"enrolment.target_subjects": None, "enrolment.site_subjects_max": 2})
    days = play(capped, keep_days=True).days
    assert days is not None
    assert int(days["site_randomized"].sum(axis=1).max()) == 2


def test_predictive_supply_and_first_stock_are_played_by_the_product_s_own_rules() -> None:
    """Windows over need that is known beforehand, and stock sent when a site opens."""
    resupply = {
        "method": "predictive",
        "trigger_days": 14,
        "resupply_days": 42,
        "seeding": {"A": 2, "P": 2},
        "study": {"A": {"minimum": 1, "maximum": 2}, "P": {"minimum": 1, "maximum": 2}},
    }
    scenario = changed(small_trial(), {"resupply": resupply})
    played = play(scenario, keep_events=True)
    adds_up(played.measures)
    opened = {event.place: event for event in reversed(played.events or ()) if event.what == "sent"}
    assert all({kit_type: kits for kit_type, _, kits in one.kits} == {"A": 2, "P": 2} for one in opened.values())
    assert played.measures["missed"] < play(small_trial()).measures["missed"]


def test_an_optimizer_plays_by_rounds() -> None:
    """Whatever planner is installed is told that no clock may end its nights, and plays the same twice."""
    asked = []

    class Noting(MinMax):
        def plan(self, network: NetworkView, day: date, settings: Mapping[str, Any]) -> list[ProposedShipment]:
            asked.append(settings["by_rounds"])
            return super().plan(network, day, settings)

    plans = {"method": "optimizer", "review_days": 7, "study": {"A": {"minimum": 2, "maximum": 5}}}
    scenario = changed(small_trial(horizon_days=30), {"resupply": plans})
    one, other = (replicate(scenario, 1, 0, keep_events=True, planner=Noting()) for _ in range(2))
    assert one.events == other.events
    assert len(asked) > 4
    assert all(asked)


def test_nobody_is_randomized_after_screening_has_expired() -> None:
    """Whoever is decided on only after the study's last day of screening is turned away, as the service would."""
    known = small_trial().definition
    study = known.model_copy(update={"screening": known.screening.model_copy(update={"screening_days_max": 8})})
    scenario = small_trial().model_dump(mode="json") | {"small_study": None, "study": study.model_dump(mode="json")}
    played = play(scenario_of(scenario), keep_events=True)
    expired = int(played.measures["screening_expired"])
    assert expired > 0
    assert expired == sum(event.what == "turned_away" for event in played.events or ())
    screened = {event.who: event.minute for event in played.events or () if event.what == "screened"}
    # 3 to 14 days of screening, so that some of 3 to 8 are left.
    assert 0 < played.measures["randomized"] < len(screened) - expired


def test_a_blinded_lot_has_the_earliest_date_of_its_parts() -> None:
    """Kits of one lot must not differ in what is printed on them, whatever they hold."""
    parts = [
        {"lot": "L1", "kit_type": "A", "depot": "C0", "kits": 60, "expiry_day": 140},
        {"lot": "L1", "kit_type": "P", "depot": "C0", "kits": 60, "expiry_day": 90},
    ]
    played = play(changed(small_trial(), {"supply.lots": parts}), keep_events=True)
    expired = {
        (event.minute, kits[:2]) for event in played.events or () if event.what == "expired" for kits in event.kits
    }
    assert expired == {(91 * 1440, ("A", "L1")), (91 * 1440, ("P", "L1"))}


def test_measures_begin_after_the_warm_up() -> None:
    """Counts before are forgotten, stock is not."""
    scenario = worked("erlang-loss")
    later = play(changed(scenario, {"warm_up_days": 150})).measures["visits"]
    assert later < play(scenario).measures["visits"]


def test_a_kit_may_be_used_on_its_last_day() -> None:
    """Expiry day 29: given on day 29, wasted on day 30 at midnight."""
    events = play(worked("one-lot-expiry"), 6, keep_events=True).events or ()
    expired = [event.minute for event in events if event.what == "expired"]
    assert expired in ([30 * 1440], [])
    plenty = changed(worked("one-lot-expiry"), {"supply.site_stock.0.kits": 500})
    given = given_to(play(plenty, keep_events=True).events)
    assert max(event.minute for event in given) // 1440 == 29
    assert FOR_EVER > 29
