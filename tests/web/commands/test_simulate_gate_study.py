"""`irt simulate gate STUDY`: a gate of a live study from the terminal, kept to be signed on its page."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from irt.command_line import irt
from irt.commands import clock
from irt.errors import BadInput
from irt.reads.unblinded_gates import gate_courses, gate_run_shown
from irt.services.bootstrap import ensure_system_account
from irt.services.store import Store
from irt.states.gate import GateStanding
from tests.builders_gate import SCENARIO, gate_of, noon, the_gated_house
from tests.builders_supply import SupplyHouse
from tests.simulation.run.stand_in import play_course, play_scenario
from web.commands import simulate_gate_study

GATE = """
name: opening
scenarios: [steady.yaml]
looks: [120]
limits:
  - {name: missed per visit, figure: per, measure: missed, per: visits, below: 0.01}
"""


@pytest.fixture
def house(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SupplyHouse:
    """The study that asks for a gate, an account of the installation's own, and quick replications."""
    made = the_gated_house(sqlite_store)
    ensure_system_account(sqlite_store, noon(made))
    monkeypatch.setattr(clock, "now", lambda: noon(made))
    monkeypatch.setattr(simulate_gate_study, "open_store", lambda url: sqlite_store)
    monkeypatch.setattr(sqlite_store, "close", lambda: None)
    monkeypatch.setattr("simulation.run.ask.replicate", play_scenario)
    monkeypatch.setattr("web.gates.courses.play_course", play_course)
    (tmp_path / "gate.yaml").write_text(GATE)
    (tmp_path / "steady.yaml").write_text(SCENARIO.replace("horizon_days: 60", "horizon_days: 900"))
    return made


def held(*words: object) -> Result:
    """The command as typed."""
    return CliRunner().invoke(irt, ["simulate", "gate", "SMALL", "--workers", "1", *map(str, words)])


def test_a_gate_is_defined_from_its_file_and_run(house: SupplyHouse, tmp_path: Path) -> None:
    """Its verdict is the exit, its record waits for a signature; nobody signed in, so that no line is told."""
    done = held("--file", tmp_path / "gate.yaml", "--json")
    told: dict[str, Any] = json.loads(done.stdout)
    assert (done.exit_code, told["verdict"], told["replications"]) == (0, "pass", 120)
    assert "lines" not in done.stdout
    with house.store.reading() as connection:
        shown = gate_run_shown(connection, house.study_id, told["gate"], told["run"])
        courses = gate_courses(connection, house.study_id, told["gate"], told["run"])
    assert (shown.record_hash, shown.line.status) == (told["record_hash"], "ended")
    assert list(courses) == ["steady"]
    assert gate_of(house, 1).standing == GateStanding.UNSIGNED


def test_the_same_file_is_the_same_gate_and_so_is_none(house: SupplyHouse, tmp_path: Path) -> None:
    """Run again, with the file or by the number that stands, it has the same record."""
    file = ("--file", tmp_path / "gate.yaml")
    told = [json.loads(held(*words, "--json").stdout) for words in (file, file, ())]
    assert [(each["gate"], each["run"]) for each in told] == [(1, 1), (1, 2), (1, 3)]
    assert len({each["record_hash"] for each in told}) == 1


def test_without_a_gate_nothing_is_run(house: SupplyHouse, tmp_path: Path) -> None:
    """Nor from a file whose scenarios are not there."""
    refused = held().exception
    assert isinstance(refused, BadInput)
    assert "--file" in refused.sentence
    assert "kept in its database" in held("--out", tmp_path).stderr
    (tmp_path / "steady.yaml").unlink()
    missing = held("--file", tmp_path / "gate.yaml").exception
    assert isinstance(missing, BadInput)
