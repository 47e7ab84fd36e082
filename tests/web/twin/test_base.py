"""A study on the database as a scenario, changed, and played twice: it begins with what is there."""

import json
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irt.commands import clock
from irt.reads.unblinded_study_state import study_state
from simulation.live.change import UnreadableChange, change_of, with_change
from simulation.live.scenario import TwinAsked
from simulation.replication import replicate
from simulation.spec.scenario import Scenario
from tests.web.api.system import System
from tests.web.world import World
from web.commands import simulate_twin
from web.commands.simulate import simulate
from web.twin.base import scenario_now

ASKED = TwinAsked(60, 40)


@pytest.fixture
def going(world: World) -> World:
    """Two subjects on treatment and one in screening at the first of two sites; months go by."""
    system = System.of(world, "investigator.0")
    system.dispenses()
    system.randomizes()
    system.screens()
    return world


def base_of(world: World) -> Scenario:
    """The study as it stands."""
    with world.store.reading() as connection:
        return scenario_now(connection, world.study_id, world.now, ASKED)


def test_the_state_is_that_of_the_books(going: World) -> None:
    """Kits at each site and depot, by type; subjects with their arms; who is in screening; what no site has."""
    base, first = base_of(going), going.sites[0][0]
    with going.store.reading() as connection:
        state = study_state(connection, going.study_id, going.now.date(), going.now, 60)
    there = Counter({(one.sites[0], one.kit_type): 0 for one in base.supply.site_stock})
    for one in base.supply.site_stock:
        there[one.sites[0], one.kit_type] += one.kits
    seen = Counter[tuple[str, str]]()
    for site in state.network.sites:
        for stock in site.stock:
            seen[site.number, stock.kit_type] += stock.kits
    assert there == seen
    assert sum(there.values()) > 0
    begun = base.begun
    assert begun is not None
    assert [(one.site, one.randomized_day) for one in begun.subjects] == [(first, 0)] * 2
    assert sorted(one.arm for one in begun.subjects) == sorted(one.arm for one in state.subjects)
    assert {one.site: (one.is_open, one.in_screening) for one in begun.sites if one.is_open}[first] == (True, (0,))
    assert {one.number for one in base.definition.sites} >= {number for number, _ in going.sites}


def test_the_study_goes_on_from_there(going: World) -> None:
    """Those on treatment are given kits of what lies there; the ledger of the engine balances."""
    played = replicate(base_of(going), 1, 0, keep_events=True)
    opened = [event for event in played.events or () if event.what == "dispensed" and event.who <= 2]
    assert {event.who for event in opened} == {1, 2}
    assert played.measures["kits_made"] == sum(
        kits
        for name, kits in played.measures.items()
        if name.startswith(("wasted_", "left_")) or name == "kits_dispensed"
    )


def test_a_change_is_laid_over_the_state(going: World) -> None:
    """Levels, expiry, sites, enrolment, and keys of the scenario; the rest stays."""
    base, first = base_of(going), going.sites[0][0]
    (kit_type, *_) = base.definition.resupply.study
    planned = next(site.number for site in base.definition.sites if site.number not in dict(going.sites))
    change = change_of(
        {
            "name": "other",
            "levels": {"sites": {first: {kit_type: {"minimum": 7, "maximum": 9}}}},
            "expiry_days": {"every": 30},
            "open_sites": {planned: 14},
            "close_sites": [first],
            "enrolment_factor": 2,
            "scenario": {"supply.shortage.rule": "waits"},
        }
    )
    other = with_change(base, change)
    level = other.definition.resupply.setting(kit_type, "", first)
    assert (level and (level.minimum, level.maximum)) == (7, 9)
    lots = zip(other.supply.lots, base.supply.lots, strict=True)
    assert {lot.expiry_day - was.expiry_day for lot, was in lots} == {30}
    assert other.begun is not None
    assert {site.site: site.opened_day for site in other.begun.sites}[planned] == 14
    assert other.enrolment is not None
    assert other.enrolment.site_rates[first] == 0
    assert [fault.fault for fault in other.faults] == ["enrolment_change"]
    assert other.supply.shortage.rule == "waits"
    assert with_change(base, change_of({})).definition.resupply == base.definition.resupply


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"expiry_days": {"L9": 3}}, "no lot L9"),
        ({"open_sites": {"9999": 3}}, "no planned site 9999"),
        ({"close_sites": ["9999"]}, "no site 9999"),
        ({"buffers": {}}, "buffers"),
    ],
)
def test_what_is_not_there_cannot_be_changed(going: World, told: dict[str, object], why: str) -> None:
    """In words."""
    with pytest.raises(UnreadableChange, match=why):
        with_change(base_of(going), change_of(told))


@pytest.fixture
def commanded(going: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The same, as the command finds it."""
    monkeypatch.setattr(clock, "now", lambda: going.now)
    monkeypatch.setattr(simulate_twin, "open_store", lambda url: going.store)
    monkeypatch.setattr(going.store, "close", lambda: None)
    return going


def run(change: Path, *words: str) -> Result:
    """The command as typed."""
    asked = ["twin", "NB-301", "--change", str(change), "--replications", "2", "--days", "30", *words]
    return CliRunner().invoke(simulate, asked)


def test_the_command_tells_differences_of_all_subjects_together(commanded: World, tmp_path: Path) -> None:
    """Paired, with intervals; nothing in it names an arm; no change is no difference."""
    change = tmp_path / "change.yaml"
    change.write_text("name: busier\nenrolment_factor: 3\n")
    told = json.loads(run(change, "--json").stdout)
    assert (told["replications"], told["horizon_days"], told["changed"]["name"]) == (2, 30, "busier")
    assert told["measures"]["screened"]["difference"]["value"] >= 0
    assert {"value", "low", "high"} <= set(told["measures"]["kits_shipped"]["difference"])
    assert "PEN-" not in json.dumps(told)
    change.write_text("name: same\n")
    same = json.loads(run(change, "--json").stdout)
    assert {figure["difference"]["value"] for figure in same["measures"].values()} == {0}


def test_the_scenario_itself_is_for_unblinded_people(commanded: World, tmp_path: Path) -> None:
    """It names arms."""
    change = tmp_path / "change.yaml"
    change.write_text("name: same\n")
    refused = run(change, "--scenario-out", str(tmp_path / "base.json"))
    assert "The scenario names arms" in str(refused.exception)
    assert not (tmp_path / "base.json").exists()
