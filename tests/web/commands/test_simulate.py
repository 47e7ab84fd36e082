"""`irt simulate`: runs that are kept, taken up, repeated, compared and replayed; engines are tested apart."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from irt.command_line import irt
from irt.services.store import Store
from simulation.measures import MEASURES
from simulation.record import DAYS, Replication
from simulation.replication import replicate
from simulation.run.compared import NotPaired
from simulation.run.refusals import UnusableRun
from simulation.spec.reading import read_scenario
from simulation.spec.scenario import Scenario
from tests.simulation.run.stand_in import play_scenario
from web.rehearsal.books import Books
from web.rehearsal.rehearse import Difference, Rehearsal

MAY_DIFFER = {"seconds", "cpu_seconds", "started", "backend", "workers", "out"}


@pytest.fixture(autouse=True)
def without_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quick replications behind the commands."""
    monkeypatch.setattr("simulation.run.ask.replicate", play_scenario)
    monkeypatch.setattr("web.commands.simulate_replay.replicate", play_scenario)


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """A small scenario in a file."""
    return scenario_file(tmp_path / "short.yaml", 60)


def scenario_file(file: Path, horizon_days: int) -> Path:
    """One site for so many days."""
    enrolment = "enrolment: {screened_per_site_month: 3}"
    file.write_text(f"name: one-site\nsmall_study: {{}}\nhorizon_days: {horizon_days}\n{enrolment}\n")
    return file


def typed(*words: object) -> Result:
    """The command as typed."""
    return CliRunner().invoke(irt, ["simulate", *map(str, words)])


def report(*words: object) -> dict[str, Any]:
    """The JSON that the command tells."""
    done = typed(*words, "--json")
    assert done.exit_code == 0, done.output + repr(done.exception)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_days_of_the_first_trials_are_kept(scenario: Path, tmp_path: Path) -> None:
    """A row of lists each, with a number for each day; of the same trials as the run."""
    told = report(scenario, "--replications", 3, "--workers", 1, "--out", tmp_path / "out", "--days", 2)
    table = pq.read_table(tmp_path / "out" / told["days"])
    assert table.column_names == ["index", *DAYS]
    assert table.column("index").to_pylist() == [0, 1]
    assert {len(days) for name in DAYS for days in table.column(name).to_pylist()} == {60}
    played = replicate(read_scenario(scenario), 1, 1, keep_days=True)
    assert played.days is not None
    assert table.column("kits_at_sites").to_pylist()[1] == played.days["kits_at_sites"].tolist()
    assert json.loads((tmp_path / "out" / "run.json").read_text()) == told


def test_means_are_controlled_by_inputs(scenario: Path, tmp_path: Path) -> None:
    """So many further inputs tell the means of the controls; the run itself is as it was."""
    asked = (scenario, "--replications", 30, "--workers", 1, "--out", tmp_path / "out")
    plain, told = report(*asked), report(*asked, "--controls", 60)
    assert told["results_sha256"] == plain["results_sha256"]
    assert told["controlled"]["inputs"] == 60
    assert "people" in told["controlled"]["controls"]
    assert told["controlled"]["means"]["missed"]["mean"]["method"] == "control variates"
    assert "missed, controlled" in typed(*asked, "--controls", 60).stdout


def test_a_run_tells_what_it_found(scenario: Path, tmp_path: Path) -> None:
    """A row a replication, a report beside it, and the same report on standard output."""
    out = tmp_path / "out"
    told = report(scenario, "--replications", 40, "--seed", 3, "--workers", 1, "--out", out)
    table = pq.ParquetFile(out / "replications.parquet").read()
    assert table.column_names == ["index", *MEASURES]
    assert table.column("index").to_pylist() == list(range(40))
    assert json.loads((out / "run.json").read_text()) == told
    assert told["scenario_id"] == read_scenario(scenario).hash == read_scenario(out / "scenario.json").hash
    missed, visits = (sum(table.column(name).to_pylist()) for name in ("missed", "visits"))
    figure = told["summary"]["missed_per_visit"]
    assert figure["value"] == pytest.approx(missed / visits)
    assert figure["low"] < figure["value"] < figure["high"]
    assert told["summary"]["missed_by_cause"][0]["cause"] == "missed_by_depot"
    assert told["summary"]["wasted_by_cause"][0]["count"] == 20 * 40 + missed
    assert len(told["summary"]["worst_by_missed"]) == 10
    assert sorted(file.name for file in out.iterdir()) == [
        "manifest.json",
        "replications.parquet",
        "run.json",
        "scenario.json",
    ]


def test_repetitions_differ_in_what_chance_does_not_decide(scenario: Path, tmp_path: Path) -> None:
    """Elsewhere and later: the same report and the same bytes."""
    words = ("run", scenario, "--replications", 9, "--workers", 1, "--out")
    runs = [report(*words, tmp_path / name) for name in "12"]
    first, second = ({name: told[name] for name in told if name not in MAY_DIFFER} for told in runs)
    assert first == second
    assert set(runs[0]) > MAY_DIFFER
    one, other = (tmp_path / name / "replications.parquet" for name in "12")
    assert one.read_bytes() == other.read_bytes()


def test_ctrl_c_leaves_a_run_to_go_on_with(scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit says so; the same command ends it as if nothing had been."""
    words = (scenario, "--replications", 9, "--workers", 1, "--out", tmp_path / "out")
    with monkeypatch.context() as patch:
        patch.setattr("simulation.run.ask.replicate", partial(interrupted, 2))
        stopped = typed(*words)
    assert stopped.exit_code == 130
    assert "2 of 9 are done" in stopped.stderr
    assert report(*words)["done"] == 9


def interrupted(at: int, *asked: Any, **more: Any) -> Replication:
    """Ctrl-C falls into that replication."""
    if asked[2] == at:
        raise KeyboardInterrupt
    return play_scenario(*asked, **more)


def test_one_replication_has_no_interval(scenario: Path, tmp_path: Path) -> None:
    """It is told, and what it cannot tell is null."""
    told = report(scenario, "--replications", 1, "--out", tmp_path / "out", "--workers", 1)
    assert told["summary"]["missed_per_visit"] is None
    assert told["summary"]["measures"]["visits"]["mean"] is None
    assert "too few" in typed(scenario, "--replications", 1, "--out", tmp_path / "out", "--workers", 1).stdout


def test_a_directory_holds_one_run(scenario: Path, tmp_path: Path) -> None:
    """Another seed needs another directory."""
    words = (scenario, "--replications", 3, "--out", tmp_path / "out", "--workers", 1)
    report(*words)
    assert isinstance(typed(*words, "--seed", 2).exception, UnusableRun)


def test_two_runs_are_compared_pair_by_pair(scenario: Path, tmp_path: Path) -> None:
    """Directories and files mean the same; the difference has an interval, and the pairs' worth is told."""
    longer = scenario_file(tmp_path / "long.yaml", 90)
    words = ("--replications", 60, "--workers", 1, "--seed", 5)
    for file in (scenario, longer):
        report(file, *words, "--out", tmp_path / file.stem)
    told = report("compare", tmp_path / "short", tmp_path / "long")
    assert told == report("compare", scenario, longer, *words)
    missed = told["measures"]["missed"]
    assert missed["difference"]["value"] == pytest.approx(missed["second"] - missed["first"])
    assert told["missed_per_visit"]["difference"]["high"] < 0
    assert told["measures"]["visits"]["difference"]["value"] == 0
    assert told["measures"]["visits"]["variance_ratio"] is None
    assert "variance ratio" in typed("compare", tmp_path / "short", tmp_path / "long").stdout


def test_runs_of_two_seeds_are_not_compared(scenario: Path, tmp_path: Path) -> None:
    """Nor is one that is not there, or not done."""
    for seed in (1, 2):
        report(scenario, "--replications", 2, "--workers", 1, "--seed", seed, "--out", tmp_path / str(seed))
    assert isinstance(typed("compare", tmp_path / "1", tmp_path / "2").exception, NotPaired)
    assert isinstance(typed("compare", tmp_path / "1", tmp_path).exception, UnusableRun)
    (tmp_path / "2" / "replications.parquet").unlink()
    assert isinstance(typed("compare", tmp_path / "1", tmp_path / "2").exception, UnusableRun)


def test_a_replication_is_replayed(scenario: Path, tmp_path: Path) -> None:
    """The row of the table, and what happened."""
    out = tmp_path / "out"
    report(scenario, "--replications", 4, "--seed", 8, "--workers", 1, "--out", out)
    played = report("replay", out / "scenario.json", "--seed", 8, "--index", 3)
    row = pq.ParquetFile(out / "replications.parquet").read().slice(3, 1).to_pylist()[0]
    assert {"index": 3, **played["measures"]} == row
    assert played["events"][0]["kits"] == [["K", "L1", 2]]
    told = typed("replay", scenario, "--seed", 8, "--index", 3).stdout
    assert "day     1 08:30  missed  C0-001  3  V1  2 K of L1" in told


def test_the_schema_is_told() -> None:
    """For editors and other programs."""
    assert json.loads(typed("schema").stdout)["title"] == "Scenario"


def test_a_replication_is_rehearsed(scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a scratch database; the command tells how much it compared, and ends with 1 where something differs."""

    def carried_out(store: Store, scenario: Scenario, seed: int, index: int, *means: Any) -> Rehearsal:
        assert store.is_sqlite
        assert (scenario.name, seed, index) == ("one-site", 5, 3)
        books = Books(people=[(510, "screened", "1001", 0, "")], given=[], sent=[])
        return Rehearsal(books, books, (Difference("kits given", (1, "1001"), None),))

    monkeypatch.setattr("web.commands.simulate_rehearse.carry_out", carried_out)
    done = typed("rehearse", scenario, "--seed", 5, "--index", 3, "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert (told["people"], told["kits_given"], told["equal"]) == (1, 0, False)
    assert told["differences"] == [{"part": "kits given", "simulated": [1, "1001"], "carried_out": None}]
