"""The lean engine beside the reference engine: the same events, days and measures, to the last kit.

The source of the lean engine is held against it as it stands, and over one array; machine code in the long proof.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.study.check import open_study
from irt.study.network import Depot, Lane
from irt.study.sites import sites_of
from irt.study.supply_configuration import PlaceSite, SupplyConfiguration, configured
from irt.supply.resupply import MinMax
from simulation.arrays import Ints
from simulation.engine import reference
from simulation.inputs.inputs import draw_inputs
from simulation.lean import play as lean
from simulation.lean.advance import go_to_moment
from simulation.lean.compiled import over_one_array
from simulation.lean.players import Experience, Player, by_machine, plainly
from simulation.lean.unsuited import unsuited
from simulation.lean.world import World
from simulation.policy import installed_planner
from simulation.spec.reading import changed, scenario_of
from simulation.spec.scenario import Scenario
from tests.simulation.engine.test_reference import FAULTS, faulty
from tests.simulation.lean.invented import foreseeing, invented
from tests.simulation.worked import SCENARIOS, small_trial, worked

STUDIES = SCENARIOS.parent / "studies"
WORKED = sorted(path.stem for path in SCENARIOS.glob("*.yaml"))
LONG = {"trial-two-years"}
NOT_LEAN = {"homes"}


def over_one(w: World, whole: Ints) -> Iterator[int]:
    """What machine code is made of, before it is made."""
    del w
    advance = over_one_array(go_to_moment, lambda function: function)
    while True:
        yield advance(whole, whole.view(np.float64))


def equal(scenario: Scenario, seed: int = 8, index: int = 0, player: Player = plainly) -> None:
    """Events first: they tell where two engines part."""
    planner = installed_planner(scenario.definition)
    one = reference.play(scenario, draw_inputs(scenario, seed, index), planner, keep_days=True, keep_events=True)
    inputs = draw_inputs(scenario, seed, index)
    other = lean.play(scenario, inputs, planner, keep_days=True, keep_events=True, player=player)
    assert other.events == one.events
    assert list(other.measures.items()) == list(one.measures.items())
    assert one.days is not None
    assert other.days is not None
    assert {name: days.tolist() for name, days in other.days.items()} == {
        name: days.tolist() for name, days in one.days.items()
    }


def study_of(name: str, **parts: object) -> Scenario:
    """A trial of a shipped study at its small size."""
    study = open_study((STUDIES / f"{name}.yaml").read_text(encoding="utf-8"), name)
    levels = {"enrolment": {"screened_per_site_month": 2}, "horizon_days": 120, "start": "2013-02-01"}
    return scenario_of({"name": name, "study": study, "size": "small", **levels, **parts})


@pytest.mark.parametrize("name", [name for name in WORKED if name not in LONG | NOT_LEAN])
def test_worked_scenarios_are_played_alike(name: str) -> None:
    """Settings of the textbooks."""
    scenario = worked(name)
    assert not unsuited(scenario, installed_planner(scenario.definition))
    equal(scenario)


def test_a_shipped_study_is_played_alike() -> None:
    """Minimization, and depots with hours of their own."""
    scenario = study_of("ist")
    assert not unsuited(scenario, installed_planner(scenario.definition))
    equal(scenario)


@settings(deadline=None, max_examples=12, derandomize=True)
@given(seed=st.integers(0, 10_000), index=st.integers(0, 4))
def test_any_small_trial_is_played_alike(seed: int, index: int) -> None:
    """Faults, drift, titration, holds, replacements, waiting, two echelons, protections, at random."""
    equal(invented(seed), index=index)


@pytest.mark.parametrize("seed", [11, 12])
def test_over_one_array_the_source_means_the_same(seed: int) -> None:
    """What is handed to the compiler is the source, but for where numbers stand."""
    equal(invented(seed), player=over_one)


@settings(deadline=None, max_examples=5, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_any_small_trial_is_foreseen_alike(seed: int) -> None:
    """Predictive supply: windows over visits ahead, dropout in exact shares, blocks for those in screening."""
    scenario = foreseeing(seed)
    assert not unsuited(scenario, installed_planner(scenario.definition))
    equal(scenario)


def test_a_site_is_served_by_the_depot_it_was_agreed_to_have() -> None:
    """Another than its country's, by both engines; what was decided of supply reaches the scenario so."""
    study = small_trial().definition
    first, second, *others = sites_of(study, "full")
    depots = (*study.depots, Depot(code="NEW", name="New", country=first.country, zone="UTC"))
    lanes = (*study.lanes, Lane(origin="NEW", target=first.number, lead_time_days=1))
    sites = (first.model_copy(update={"depot": "NEW"}), second, *others)
    moved = study.model_copy(update={"depots": depots, "lanes": lanes, "sites": sites})
    lots = [
        {"lot": f"L{kit_type.code}", "kit_type": kit_type.code, "depot": "NEW", "kits": 900, "expiry_day": 700}
        for kit_type in study.kit_types
    ]
    told = small_trial(horizon_days=90).model_dump(mode="json")
    told["supply"]["lots"] += lots
    scenario = scenario_of({**told, "small_study": None, "study": moved})
    equal(scenario)
    planner = installed_planner(moved)
    events = reference.play(scenario, draw_inputs(scenario, 8, 0), planner, keep_events=True).events or ()
    sent = {(event.place, event.detail) for event in events if event.what == "sent"}
    assert {depot for place, depot in sent if place == first.number} == {"NEW"}
    assert {depot for place, depot in sent if place == second.number} == {study.depot_of(second)}
    places = tuple(
        PlaceSite(number=one.number, country=one.country, depot=moved.depot_of(one)) for one in moved.sites[:2]
    )
    agreed = configured(study, SupplyConfiguration(depots=depots, lanes=lanes, levels=(), sites=places))
    assert [one.depot for one in agreed.sites] == ["NEW", None]
    assert "depot" not in agreed.sites[1].model_dump()


def test_what_is_not_lean_is_left_to_the_reference_engine() -> None:
    """By name, and with the same outcome."""
    planned = {"method": "predictive", "trigger_days": 14, "depots": {"C0": {"A": {"minimum": 1, "maximum": 2}}}}
    scenario = changed(small_trial(horizon_days=60), {"resupply": planned})
    assert "regional depots" in unsuited(scenario, installed_planner(scenario.definition))
    equal(scenario)
    assert "names" in unsuited(scenario, MinMax())
    fine = {"method": "predictive", "resupply_days": 700, "forecast": {"dropout_rate": "0.123"},
            "study": {"A": {"minimum": 1, "maximum": 2}}}  # fmt: skip
    scenario = changed(small_trial(horizon_days=60), {"resupply": fine})
    assert "digits" in unsuited(scenario, installed_planner(scenario.definition))


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "player"), [*product(range(100), (plainly, by_machine))])
def test_many_small_trials_are_played_alike(seed: int, player: Player) -> None:
    """As it stands, and as machine code."""
    equal(invented(seed), index=seed % 7, player=player)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "player"), [*product(range(60), (plainly, by_machine))])
def test_many_small_trials_are_foreseen_alike(seed: int, player: Player) -> None:
    """As it stands, and as machine code."""
    equal(foreseeing(seed), index=seed % 7, player=player)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "index"), [*product(WORKED, range(3))])
def test_machine_code_plays_worked_scenarios_alike(name: str, index: int) -> None:
    """All of them, the trial of two years among them."""
    equal(worked(name), index=index, player=by_machine)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(FAULTS))
def test_machine_code_meets_each_fault_alike(name: str) -> None:
    """One fault at a time, in three replications."""
    for index in range(3):
        equal(small_trial(faults=faulty(name)), index=index, player=by_machine)


def test_machine_code_is_made_when_as_much_was_played_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short runs play the source as it stands; what was made before is taken at once."""
    machine = "simulation.lean.machine.is_made"
    monkeypatch.setattr(machine, lambda: False)
    experience = Experience()
    assert experience.player() is plainly
    experience.play_by_machine()
    assert experience.player() is by_machine
    monkeypatch.setattr(machine, lambda: True)
    assert Experience().player() is by_machine
