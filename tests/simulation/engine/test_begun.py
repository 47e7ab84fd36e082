"""A trial that is under way at the start: its people, sites and goods go on where they are."""

from typing import Any

import pytest

from simulation.inputs.inputs import draw_inputs
from simulation.network import places_of
from simulation.record import Event, Replication
from simulation.replication import replicate
from simulation.spec.reading import UnreadableScenario
from simulation.spec.rules import UnusableScenario
from simulation.spec.scenario import Scenario
from tests.simulation.worked import small_trial

NOBODY = {"screened_per_site_month": 1.0, "closes_on_day": 0}
CALM = {"dropout_per_year": 0.0, "visit_days": "planned"}


def site_numbers() -> list[str]:
    """Of the small trial."""
    return [site.number for site in places_of(small_trial()).sites]


FIRST, SECOND, *LATER = site_numbers()


def under_way(**parts: Any) -> Scenario:
    """Two sites that opened long ago, one with two subjects, nobody new; parts replace its own."""
    begun = {
        "sites": [
            {"site": FIRST, "opened_day": -100, "off_treatment": 3},
            {"site": SECOND, "opened_day": -20},
            *({"site": number} for number in LATER),
        ],
        "subjects": [
            {"site": FIRST, "arm": "A", "randomized_day": -40, "visits_over": 2},
            {"site": FIRST, "arm": "P", "randomized_day": -112, "visits_over": 4},
        ],
        **parts.pop("begun", {}),
    }
    supply = {
        "lots": [{"lot": "A1", "kit_type": "A", "depot": "C0", "kits": 60, "expiry_day": 400}],
        "site_stock": [
            {"lot": "P1", "kit_type": "P", "kits": 9, "expiry_day": 300, "sites": [FIRST]},
            {"lot": "A0", "kit_type": "A", "kits": 1, "expiry_day": 300, "sites": [FIRST]},
        ],
        "transit": [{"days": {"law": "fixed", "value": 3}}],
    }
    return small_trial(**{"enrolment": NOBODY, "subjects": CALM, "begun": begun, "supply": supply, **parts})


def played(scenario: Scenario) -> Replication:
    """The first replication, with what happened."""
    return replicate(scenario, 1, 0, keep_events=True)


def told(scenario: Scenario, what: str) -> list[Event]:
    """What happened of one kind."""
    return [event for event in played(scenario).events or () if event.what == what]


def test_subjects_go_on_with_the_visits_that_are_left() -> None:
    """On their days from a randomization before the start; each is given the kits of its own arm; none is new."""
    given = [
        (event.minute // 1440, event.who, event.detail, event.kits) for event in told(under_way(), "dispensed")
    ]
    assert given == [
        (0, 5, "V5", (("P", "P1", 1),)),
        (16, 4, "V3", (("A", "A0", 1),)),
        (28, 5, "V6", (("P", "P1", 1),)),
        (44, 4, "V4", (("A", "A1", 1),)),
        (72, 4, "V5", (("A", "A1", 1),)),
        (100, 4, "V6", (("A", "A1", 1),)),
    ]
    measures = played(under_way()).measures
    assert (measures["screened"], measures["randomized"], measures["completed"]) == (0, 0, 2)


def test_a_site_that_was_open_had_its_first_stock() -> None:
    """Seeding goes to sites that open, not to those that did; one that never opens is sent nothing."""
    study = {"resupply": {"seeding": {"A": 4}}}
    assert told(under_way(small_study=study), "sent") == []
    opening = {"sites": [{"site": FIRST, "opened_day": -9}, *({"site": number} for number in LATER)]}
    subjects = {"subjects": []}
    later = under_way(small_study=study, begun={**opening, **subjects})
    assert {event.place for event in told(later, "sent")} == {SECOND}


def test_goods_on_the_road_arrive_on_their_day_and_count_before() -> None:
    """Planners know of them: nothing is sent where enough is on its way; their kits are in the ledger."""
    goods = [{"lot": "A2", "kit_type": "A", "kits": 5, "expiry_day": 150}]
    road = {"on_the_road": [{"target": SECOND, "due_day": 6, "goods": goods}]}
    scenario = under_way(begun=road)
    first, *_ = [event for event in told(scenario, "arrived") if event.place == SECOND]
    assert (first.minute, first.who, first.kits) == (6 * 1440 + 600, 1, (("A", "A2", 5),))
    assert not [event for event in told(scenario, "sent") if event.place == SECOND and event.minute < 100 * 1440]
    assert [event for event in told(under_way(), "sent") if event.place == SECOND]
    (expired,) = [event for event in told(scenario, "expired") if event.place == SECOND]
    assert (expired.minute, expired.kits) == (151 * 1440, (("A", "A2", 5),))


def test_who_was_in_screening_is_decided_on() -> None:
    """Without being counted as screened again; what waited is taken from what is drawn."""
    waits = {"sites": [{"site": FIRST, "opened_day": -100, "in_screening": [2, 30]}], "subjects": []}
    fixed = {**CALM, "screening_days": {"law": "fixed", "value": 5}}
    found = told(under_way(begun=waits, subjects=fixed), "randomized")
    assert [event.minute for event in found] == [480, 3 * 1440 + 480]
    assert played(under_way(begun=waits, subjects=fixed)).measures["screened"] == 0


def test_those_before_count_under_the_target() -> None:
    """Two on treatment and three off it leave one place."""
    busy = {"screened_per_site_month": 30.0, "target_subjects": 6, "after_target": "turned_away"}
    assert played(under_way(enrolment=busy)).measures["randomized"] == 1


def test_nobody_who_comes_later_has_another_chance() -> None:
    """Arrivals, levels and visits of those to come are the same, whoever was there before."""
    enrolment = {"screened_per_site_month": 2.0}
    with_two, without = under_way(enrolment=enrolment), under_way(enrolment=enrolment, begun={"subjects": []})
    many, few = draw_inputs(with_two, 7, 3), draw_inputs(without, 7, 3)
    assert many.recruits.begun == 2
    assert (many.recruits.arrives[2:] == few.recruits.arrives).all()
    assert (many.people.stays_minutes[2:] == few.people.stays_minutes).all()
    shared = few.people.visits.off_days.shape[1]
    assert (many.people.visits.minute[2:, :shared] == few.people.visits.minute).all()


def test_a_sites_rate_may_have_a_law_of_its_own() -> None:
    """Drawn once a replication; a fixed rate goes before it."""
    laws = {FIRST: {"law": "gamma", "mean": 3.0, "shape": 2.0}, SECOND: {"law": "fixed", "value": 6.0}}
    enrolment = {"screened_per_site_month": 1.0, "site_rate_laws": laws, "site_rates": {LATER[0]: 9.0}}
    rates = [draw_inputs(under_way(enrolment=enrolment), 1, index).recruits.rate * 30 for index in (0, 1)]
    assert rates[0][0] != rates[1][0]
    assert [rate[1:4].round(9).tolist() for rate in rates] == [[6.0, 9.0, 1.0]] * 2


@pytest.mark.parametrize(
    ("begun", "why"),
    [
        ({"subjects": [{"site": "9999", "arm": "A", "randomized_day": 0, "visits_over": 1}]}, "not opened"),
        ({"sites": [{"site": FIRST}, {"site": FIRST}], "subjects": []}, "told twice"),
        ({"sites": [{"site": FIRST, "in_screening": [1]}], "subjects": []}, "has not opened"),
    ],
)
def test_what_contradicts_itself_is_refused(begun: dict[str, Any], why: str) -> None:
    """In words."""
    with pytest.raises(UnreadableScenario, match=why):
        under_way(begun=begun)


def test_unknown_codes_are_refused() -> None:
    """An arm the study does not have, and a place nothing can go to."""
    with pytest.raises(UnusableScenario, match="no arm X"):
        under_way(begun={"subjects": [{"site": FIRST, "arm": "X", "randomized_day": 0, "visits_over": 1}]})
    goods = [{"lot": "A2", "kit_type": "A", "kits": 5, "expiry_day": 90}]
    with pytest.raises(UnusableScenario, match="no site or depot 7"):
        under_way(begun={"on_the_road": [{"target": "7", "due_day": 6, "goods": goods}]})
