"""Inputs know no policy, no other replication and no other site."""

from typing import Any

import numpy as np
import pytest

from simulation.inputs.inputs import Inputs, draw_inputs
from simulation.network import MINUTES_IN_DAY, places_of
from simulation.spec.reading import changed
from simulation.spec.scenario import Scenario
from tests.simulation.worked import small_trial, worked

SEED = 4
LEVELS = {"A": {"minimum": 5, "maximum": 11}, "P": {"minimum": 5, "maximum": 11}}


def told(inputs: Inputs) -> list[Any]:
    """Everything that was drawn, as plain lists."""
    trips = [inputs.trips.trip(lane, number, 0, 0) for lane in range(8) for number in (0, 1, 40)]
    arrays = (*inputs.recruits, *inputs.people[:-1], *inputs.people.visits, *inputs.requests,
              inputs.lot_released_day, inputs.lot_recalled_day)  # fmt: skip
    return [[np.asarray(array).tolist() for array in arrays], trips, inputs.allocation_key]


def test_the_same_is_drawn_however_many_are_drawn() -> None:
    """Replication 3 is the same alone, after others, and before them."""
    scenario = small_trial()
    alone = told(draw_inputs(scenario, SEED, 3))
    after = [told(draw_inputs(scenario, SEED, index)) for index in range(5)]
    assert after[3] == alone
    assert after[2] != alone


def test_a_change_of_policy_changes_no_input() -> None:
    """Levels, planner, review and first stock are nothing that chance knows of."""
    scenario = small_trial()
    other = changed(
        scenario,
        {
            "resupply": {"method": "predictive", "study": LEVELS, "review_days": 7, "seeding": {"A": 3, "P": 3}},
            "supply.review": "every_request",
            "supply.shortage.rule": "waits",
        },
    )
    assert other.hash != scenario.hash
    assert told(draw_inputs(scenario, SEED, 0)) == told(draw_inputs(other, SEED, 0))


def people_at(scenario: Scenario, number: str) -> list[Any]:
    """A site with its people, and the roads to it."""
    inputs = draw_inputs(scenario, SEED, 0)
    place = [site.number for site in inputs.places.sites].index(number)
    rows = np.flatnonzero(inputs.recruits.site == place)
    lane = inputs.places.lanes["C0", number]
    return [
        int(inputs.recruits.opens_day[place]),
        float(inputs.recruits.rate[place]),
        inputs.recruits.arrives[rows].tolist(),
        inputs.people.stays_minutes[rows].tolist(),
        inputs.people.visits.off_days[rows].tolist(),
        [inputs.trips.trip(lane, each, 0, 0) for each in range(5)],
    ]


def test_another_site_changes_nothing_elsewhere() -> None:
    """Sites of one country more: those of the other, and those that were there, stay as they are."""
    few = small_trial()
    more = small_trial(small_study={"countries": [{"code": "DE", "sites": 7}, {"code": "FR", "sites": 3}]})
    numbers = [site.number for site in places_of(few).sites]
    assert len(places_of(more).sites) == len(numbers) + 2
    assert [people_at(few, number) for number in numbers] == [people_at(more, number) for number in numbers]


def test_another_fault_changes_no_other_s_chance() -> None:
    """A second fault leaves the consignments that the first one meets."""
    lost = {"fault": "lost_shipment", "name": "lost", "chance": 0.3}
    warm = {"fault": "temperature_excursion", "name": "warm", "chance": 0.3}
    one, two = (draw_inputs(small_trial(faults=faults), SEED, 0).trips for faults in ([lost], [warm, lost]))
    trips = [(lane, number) for lane in range(8) for number in range(20)]
    assert [one.trip(*trip, 0, 0).lost for trip in trips] == [two.trip(*trip, 0, 0).lost for trip in trips]
    assert any(two.trip(*trip, 0, 0).spoiled for trip in trips)


def test_people_come_in_order_and_within_clinic_hours() -> None:
    """Minutes are whole, in order, after the site opens, while the clinic is open."""
    inputs = draw_inputs(small_trial(), SEED, 0)
    recruits = inputs.recruits
    assert (np.diff(recruits.arrives) >= 0).all()
    minutes = recruits.arrives % MINUTES_IN_DAY
    assert ((minutes >= 480) & (minutes < 1080)).all()
    assert (recruits.arrives // MINUTES_IN_DAY >= recruits.opens_day[recruits.site]).all()
    off = inputs.people.visits.off_days
    assert off[:, 0].tolist() == [0] * len(off)
    assert set(np.unique(off)) == set(range(-3, 4))


@pytest.mark.parametrize(
    ("parts", "exact"),
    [
        ({}, 60 * 0.3 / 30 * 300),
        ({"seasons": [{"from_day": 100, "until_day": 150, "factor": 0}]}, 60 * 0.3 / 30 * 250),
        ({"closes_on_day": 40}, 60 * 0.3 / 30 * 40),
        ({"start_up_days": {"law": "fixed", "value": 100}}, 60 * 0.3 / 30 * 200),
        ({"open_for_days": {"law": "fixed", "value": 30}}, 60 * 0.3 / 30 * 30),
        ({"decay_per_year": 2}, 60 * 0.3 / 30 * 365.25 / 2 * (1 - np.exp(-2 * 300 / 365.25))),
        ({"countries": {"XX": {"rate_factor": 2, "closes_on_day": 100}}}, 60 * 0.3 / 30 * 200),
    ],
)
def test_seasons_start_up_decay_and_closure_bend_recruitment(parts: dict[str, Any], exact: float) -> None:
    """The mean number screened follows the rate's integral."""
    enrolment = {"screened_per_site_month": 0.3, **parts}
    scenario = changed(worked("poisson-gamma"), {"enrolment": enrolment, "horizon_days": 300})
    counts = [len(draw_inputs(scenario, SEED, index).recruits.site) for index in range(40)]
    assert np.mean(counts) == pytest.approx(exact, abs=4 * (exact / 40) ** 0.5 + 0.01 * exact)


def test_surges_and_wrong_forecasts_multiply_those_who_come() -> None:
    """Under a surge of twice as many, the same people come and others between them."""
    calm = worked("poisson-gamma")
    counts = []
    for factor in (0.5, 1.0, 2.0):
        faults = [{"fault": "wrong_forecast", "name": "planned", "factor": factor}]
        counts.append(len(draw_inputs(changed(calm, {"faults": faults}), SEED, 0).recruits.site))
    assert counts[0] < counts[1] < counts[2]
    surge = [{"fault": "enrolment_change", "name": "surge", "factor": 3, "from_day": 100, "until_day": 200}]
    assert len(draw_inputs(changed(calm, {"faults": surge}), SEED, 0).recruits.site) > counts[1]


def test_a_lot_may_come_late() -> None:
    """A delay of release moves the lots that are not there from the beginning."""
    delay = {"fault": "lot_release_delay", "name": "late", "delay_days": {"law": "fixed", "value": 21}}
    inputs = draw_inputs(small_trial(faults=[delay]), SEED, 0)
    assert sorted(inputs.lot_released_day.tolist()) == [0, 0, 111, 111]
