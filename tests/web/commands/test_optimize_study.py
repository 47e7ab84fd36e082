"""`irt optimize study`: a live study's plan from the terminal, kept as on the pages; the exact model solves."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from irt.command_line import irt
from irt.commands import clock
from irt.reads.unblinded_plans import plan_shown, runs
from irt.services.bootstrap import ensure_system_account
from irt.states.plan import RunStatus
from optimization import result as answers
from optimization.plan_file import read_plan
from optimization.problem import Problem
from optimization.result import Goal, Progress, Watch
from tests.builders_plan import planner, stocked
from tests.builders_supply import SupplyHouse, a_house
from tests.optimization.live.world import exactly
from tests.web.planning.test_run import telling
from web.commands import optimize_study


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SupplyHouse]:
    """The lipid study with kits at its depot, two empty sites, and an account of the installation's own."""
    with a_house(stocked, tmp_path) as made:
        now = datetime.combine(made.day, time(12), UTC)
        ensure_system_account(made.store, now)
        monkeypatch.setattr(clock, "now", lambda: now)
        monkeypatch.setattr(optimize_study, "open_store", lambda url: made.store)
        monkeypatch.setattr(made.store, "close", lambda: None)
        monkeypatch.setattr(optimize_study, "best_plan", telling)
        yield made


def run(*words: object) -> Result:
    """The command as typed."""
    return CliRunner().invoke(irt, ["optimize", "--study", "NB-301", "--days", "21", *map(str, words)])


def test_the_summary_tells_the_plan_that_is_kept(house: SupplyHouse) -> None:
    """Cost, bound, gap and hash are the plan's; what leaves today is told by blinding group."""
    told = json.loads(run("--json", "--title", "spring").stdout)
    with house.store.reading() as connection:
        shown = plan_shown(connection, house.study_id, told["plan"])
        (line,) = runs(connection, house.study_id)
    assert (told["run"], line.title, line.status, line.plan) == (1, "spring", RunStatus.ENDED, told["plan"])
    assert (told["cost"], told["bound"], told["plan_hash"]) == (shown.total, shown.bound, shown.hash)
    assert told["cost_by_component"] == shown.cost
    assert told["consignments"] == len(shown.consignments)
    today = [leg for leg in shown.consignments if leg.dispatch_on == house.day]
    assert [row["PEN"] for row in told["leaving_today"]] == [leg.by_group["PEN"] for leg in today]
    assert "PEN-" not in json.dumps(told)


def test_a_file_with_lots_is_for_those_who_may_know_types(
    house: SupplyHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a name nothing is calculated; a supply manager is given the plan that is kept."""
    out = tmp_path / "plan.json"
    refused = run("--out", out)
    assert refused.exit_code != 0
    assert "names kit types" in str(refused.exception)
    assert not out.exists()

    @contextmanager
    def at_the_desk(store: Any, username: str, code: str | None) -> Iterator[Any]:
        yield type("Person", (), {"actor": planner(house)})

    monkeypatch.setattr(optimize_study, "signed_in", at_the_desk)
    told = json.loads(run("--json", "--out", out, "--user", "sam").stdout)
    assert read_plan(out.read_text()).hash == told["plan_hash"]


def test_a_first_ctrl_c_stops_softly(house: SupplyHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """The best plan so far is kept, and the run is told as cancelled."""

    def interrupted(problem: Problem, goal: Goal, watch: Watch) -> answers.Result:
        found = exactly(problem, goal, watch)
        optimize_study.signal.raise_signal(optimize_study.signal.SIGINT)
        assert not watch(Progress(1.0, found.bound, found.cost.total, "asked to stop"))
        return answers.Result(answers.Status.CANCELLED, found.plan, found.cost, found.bound, 1.0)

    monkeypatch.setattr(optimize_study, "best_plan", interrupted)
    told = json.loads(run("--json").stdout)
    with house.store.reading() as connection:
        (line,) = runs(connection, house.study_id)
    assert (told["status"], line.status, line.plan) == ("cancelled", RunStatus.CANCELLED, told["plan"])


def test_a_study_that_is_not_there_is_named() -> None:
    """The help tells an example, and what a run may be asked."""
    told = CliRunner().invoke(irt, ["optimize", "study", "--help"])
    assert "irt optimize --study NB-301" in told.output
