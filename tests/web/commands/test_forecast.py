"""`irt forecast`: exactly the figures promised, refusals in words, and a real trial where its data is at hand."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from irt.commands import clock
from simulation.explore.parameters import DrawsFile, Parameters, UnreadableDraws, points_of
from simulation.part_file import read_part
from tests.simulation.worked import small_trial
from tests.web.enrolled import enrol
from tests.web.world import World
from web.commands import forecast_study
from web.commands.forecast import forecast

SHARES = ["p05", "p25", "p50", "p75", "p95"]
STROKE_TRIAL = Path(__file__).parents[4] / "shared" / "data" / "ist" / "enrolment_1991_1994.csv"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Three hospitals over five months."""
    rows = [f"{1 + month:02d}" for month in range(5) for _ in range(4 + month % 2)]
    lines = [f"2001-{month},{'ABC'[number % 3]},X" for number, month in enumerate(rows)]
    written = tmp_path / "enrolment.csv"
    written.write_text("\n".join(["month,hospital,country", *lines]))
    return written


def run(*arguments: str) -> tuple[int, str, Exception | None]:
    """Exit, standard output, and what was refused."""
    done = CliRunner().invoke(forecast, [*arguments, *([] if "--draws" in arguments else ["--draws", "20"])])
    fault = done.exception if isinstance(done.exception, Exception) else None
    return done.exit_code, done.stdout, fault


def test_the_forecast_has_exactly_the_promised_figures(file: Path, tmp_path: Path) -> None:
    """The months that follow --until, five shares of each count, three days; and a picture."""
    picture = tmp_path / "fan.svg"
    asked = ("--until", "2001-04", "--horizon-months", "2", "--target", "40", "--svg", str(picture), "--json")
    status, output, _ = run("enrolment", str(file), *asked)
    told = json.loads(output)
    assert status == 0
    assert list(told) == ["months", "completion"]
    assert [list(month) for month in told["months"]] == [["month", "new", "cumulative"]] * 2
    assert [month["month"] for month in told["months"]] == ["2001-05", "2001-06"]
    for month in told["months"]:
        assert list(month["new"]) == list(month["cumulative"]) == SHARES
        assert list(month["new"].values()) == sorted(month["new"].values())
        assert month["cumulative"]["p05"] >= 18
    assert list(told["completion"]) == ["p05", "p50", "p95"]
    assert date.fromisoformat(told["completion"]["p05"]) > date(2001, 5, 1)
    assert picture.read_text().startswith("<svg")
    sites = tmp_path / "sites.csv"
    sites.write_text("hospital,selected\nA,2000-12\nD,2001-01\n")
    assert run("enrolment", str(file), "--listed-sites", str(sites), *asked)[0] == 0
    assert "complete" in run("enrolment", str(file), "--target", "10", "--horizon-months", "1")[1]


@pytest.mark.parametrize("until", ["2000-12", "2001-06"])
def test_a_month_the_file_does_not_reach_is_refused(file: Path, until: str) -> None:
    """Silence after the file's end would not be the trial's."""
    fault = run("enrolment", str(file), "--until", until, "--target", "40")[2]
    assert "the file tells of 2001-01 to 2001-05" in str(fault)


def test_sites_and_checks_are_told(file: Path) -> None:
    """Every site, and every figure."""
    sites = json.loads(run("sites", str(file), "--horizon-months", "3", "--json")[1])["sites"]
    assert sorted(each["site"] for each in sites) == ["A", "B", "C"]
    assert all(0 <= each["at_most"] <= 1 for each in sites)
    assert json.loads(run("check", str(file), "--json")[1])["checks"]


def test_the_posterior_is_drawn_for_simulated_trials(file: Path, tmp_path: Path) -> None:
    """Two keys of a scenario together, as the outer loop takes them; those who fail screening come on top."""
    for share, name in (("0", "plain"), ("0.5", "double")):
        out = str(tmp_path / f"{name}.json")
        assert run("parameters", str(file), "--screen-failure", share, "--out", out, "--json")[0] == 0
    plain, double = (
        read_part(tmp_path / f"{name}.json", DrawsFile, UnreadableDraws).draws for name in ("plain", "double")
    )
    rate = "enrolment.screened_per_site_month"
    assert list(plain) == [rate, "enrolment.rate_shape"]
    assert len(plain[rate]) == 20
    assert double[rate] == pytest.approx([2 * each for each in plain[rate]], rel=1e-3)
    points = points_of(Parameters(draws=4, replications=2, posterior=plain), small_trial(), 1)
    assert [point.enrolment and point.enrolment.screened_per_site_month for point in points] == [
        plain[rate][place] for place in (0, 5, 10, 15)
    ]


def test_a_backtest_is_told_as_a_table(file: Path) -> None:
    """One cut-off; both simple forecasts stand beside the model."""
    lines = json.loads(run("backtest", str(file), "--first-months", "2", "--json")[1])["lines"]
    assert [line["method"] for line in lines] == ["model", "flat_rate", "plug_in"] * 2
    assert "plug in" in run("backtest", str(file), "--first-months", "2")[1]


@pytest.mark.slow
@pytest.mark.skipif(not STROKE_TRIAL.exists(), reason="the real enrolment file is not beside the repository")
def test_a_real_trial_is_forecast_better_than_simply() -> None:
    """Smaller scores than both simple forecasts at every horizon, and intervals near to what they say."""
    lines = json.loads(
        run("backtest", str(STROKE_TRIAL), "--first-months", "28", "--every", "3", "--draws", "400", "--json")[1]
    )["lines"]
    best = {(line["horizon_months"], line["counts"]): line for line in lines if line["method"] == "model"}
    for line in lines:
        assert best[line["horizon_months"], line["counts"]]["crps"] <= line["crps"]
    monthly = [best[horizon, "monthly"] for horizon in (3, 6, 12)]
    assert all(line["covered_90"] >= 0.75 for line in monthly)
    assert all(0.25 <= line["covered_50"] <= 0.75 for line in monthly)


def test_a_live_study_is_forecast_from_its_own_records(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a file is, with what is known and the sites; nothing is written."""
    for number, month in enumerate((1, 1, 2, 2, 2), start=1):
        enrol(world, number, number % 2, date(2026, month, 9), date(2026, month, 9))
    monkeypatch.setattr(clock, "now", lambda: world.now)
    monkeypatch.setattr(forecast_study, "open_store", lambda url: world.store)
    monkeypatch.setattr(world.store, "close", lambda: None)
    status, output, _ = run("study", "NB-301", "--months", "2", "--target", "30", "--json")
    told = json.loads(output)
    assert status == 0
    assert told["known"] == [{"month": "2026-01", "new": 2}, {"month": "2026-02", "new": 3}]
    assert [month["month"] for month in told["months"]] == ["2026-03", "2026-04"]
    assert (told["randomized"], told["randomized_this_month"], told["sites_waiting"]) == (5, 0, 2)
    assert {site["site"] for site in told["sites"]} == {number for number, _ in world.sites}
    assert "Say how many with --target" in str(run("study", "NB-301")[2])
