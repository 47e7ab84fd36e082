"""`irt simulate report`: a file that stands alone, and the same on paper."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from irt.command_line import irt
from simulation.report.courses import read_courses
from simulation.spec.reading import read_scenario
from tests.simulation.worked import SCENARIOS

GATE = """
name: go-live
title: May <it> open?
scenarios: [{scenario}]
looks: [12]
limits:
  - {{name: any visit missed, figure: any, measure: missed, below: 0.99}}
  - {{name: cost, figure: quantile, measure: cost_total, share: 0.5, below: 10000000}}
parameters:
  draws: 2
  replications: 2
  laws: {{demand.0.requests_per_day: {{law: uniform, least: 0.8, most: 1}}}}
sensitivity:
  looked_at: {{measure: missed, per: visits}}
  inputs: [{{key: faults.0.until_day, name: end of the outage, low: 20, high: 28}}]
plans:
  plans: {{more-on-site: {{supply.site_stock.0.kits: 30}}}}
"""


def simulate(*words: object) -> Result:
    """A command of `irt simulate`."""
    return CliRunner().invoke(irt, ["simulate", *map(str, words)])


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gate that was held, on twelve trials of a depot that sends nothing for two weeks."""
    folder = tmp_path_factory.mktemp("gate")
    (folder / "gate.yaml").write_text(GATE.format(scenario=SCENARIOS / "depot-outage.yaml"))
    done = simulate("gate", folder / "gate.yaml", "--workers", 1, "--out", folder / "out")
    assert done.exit_code in {0, 3, 4}, done.output
    return folder / "out"


def report(held: Path, out: Path, *more: object) -> Result:
    """A report on it, with eight courses."""
    return simulate("report", held, "--courses", 8, "--workers", 1, "--out", out, *more)


def a_choice(folder: Path) -> Path:
    """What `irt simulate choose` left there."""
    plan = {"scenario": "plain", "scenario_id": "1", "replications": 30, "behind": None}
    told = {"format": "irt-simulation-choice/1", "measure": "missed", "per": None, "indifference": 1, "error": 0.05}
    told |= {"chosen": "plain", "chosen_id": "1", "sure": True, "scenarios": [plan]}
    (folder / "choice.json").write_text(json.dumps(told))
    return folder


def test_a_report_stands_alone(held: Path, tmp_path: Path) -> None:
    """Nothing is fetched; each picture has its words and its numbers; what was typed is escaped."""
    assert report(held, tmp_path / "report.html", "--choice", a_choice(tmp_path)).exit_code == 0
    text = (tmp_path / "report.html").read_text()
    assert not re.search(r"<script|<link|@font-face|url\((?!#)|\ssrc=|https?://(?!www\.w3\.org)", text)
    pictures = re.findall(r"<svg [^>]*?role=\"img\".*?</svg>", text, re.DOTALL)
    assert len(pictures) >= 8
    assert all(re.search(r"<title[^>]*>[^<]+</title><desc[^>]*>[^<]+</desc>", picture) for picture in pictures)
    assert text.count("Numbers behind the picture") == len(pictures)
    titles = re.findall(r"<title id=\"(\w+)-t\"", text)
    assert len(set(titles)) == len(titles)
    assert "May &lt;it&gt; open?" in text
    assert "Stock of site 1001" in text
    assert "irt simulate replay" in text
    assert "Choice among 1 plans" in text
    assert "Not knowing the parameters" in text
    assert "What moves it most" in text
    assert "end of the outage" in text
    assert "What it costs and what it risks" in text
    assert "supply.site_stock.0.kits: 30" in text


def test_the_same_run_makes_the_same_report(held: Path, tmp_path: Path) -> None:
    """Courses are played once; more are asked for, and those that were there stay."""
    scenario = read_scenario(held / "depot-outage" / "scenario.json")
    for name in ("a.html", "b.html"):
        assert report(held, tmp_path / name).exit_code == 0
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    few = read_courses(scenario, held / "depot-outage")
    assert simulate("report", held, "--courses", 10, "--workers", 1, "--out", tmp_path / "c.html").exit_code == 0
    more = read_courses(scenario, held / "depot-outage")
    assert few is not None
    assert more is not None
    assert (few.replications, more.replications) == (8, 10)
    assert (more.columns["visits"][:8] == few.columns["visits"]).all()


def test_a_report_goes_on_paper(held: Path, tmp_path: Path) -> None:
    """As PDF, with another run beside it."""
    beside = ("--beside", held / "depot-outage", "--choice", a_choice(tmp_path))
    done = report(held, tmp_path / "report.pdf", *beside)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(("name", "words"), [("report.doc", "neither .html nor .pdf"), ("none", "no finished")])
def test_what_cannot_be_reported_is_refused(held: Path, tmp_path: Path, name: str, words: str) -> None:
    """In a sentence, and nothing is written."""
    where = held if name != "none" else tmp_path
    done = simulate("report", where, "--out", tmp_path / name.replace("none", "report.html"))
    assert done.exit_code != 0
    assert words in str(done.exception) + done.output
    assert not list(tmp_path.glob("report*"))
