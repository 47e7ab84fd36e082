"""The buttons of go-live gates: define, run, stop, sign, take away, compare, override; and who may press them."""

import json
from io import BytesIO

import httpx
import pyarrow.parquet as pq
import pytest

from irt.blinding.roles import Role
from irt.services.gate_runs import gate_run_asked
from irt.tables.gate import GateOverride, GateRun, GateSignature, GoLiveGate
from simulation.measures import MEASURES
from simulation.run.run import Means
from tests.cast import PASSWORD
from tests.simulation.run.stand_in import play_course, play_scenario
from tests.web.api.system import System
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.world import World
from web.gates.asking import ENGINES
from web.gates.courses import COURSES, keep_courses
from web.gates.run import GateBench, work_out_gate

SCENARIO = """
name: planned
study: version
size: small
horizon_days: 900
enrolment: {screened_per_site_month: 3}
"""
AGREEMENT = """
name: opening
title: May it open?
scenarios: [planned.yaml]
looks: [120, 240]
seed: 5
limits:
  - {name: missed per visit, figure: per, measure: missed, per: visits, below: 0.01}
  - {name: cost, figure: quantile, measure: cost_total, share: 0.5, below: 100000}
sensitivity:
  looked_at: {measure: missed, per: visits}
  inputs: [{key: horizon_days, name: how long, low: 300, high: 900}]
plans:
  plans: {shorter: {horizon_days: 450}}
"""


@pytest.fixture(autouse=True)
def without_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quick replications, with one miss or so in four hundred visits."""
    monkeypatch.setattr("simulation.run.ask.replicate", play_scenario)
    monkeypatch.setattr("web.gates.courses.play_course", play_course)


def handed_in(browser: Browser, step: str = "keep", **typed: str) -> httpx.Response:
    """The form of a new gate, filled in and sent with its files."""
    browser.get("/gates/new")
    fields = {"agreement": AGREEMENT, "file_1": "planned.yaml", "text_1": SCENARIO, "file_2": "", "text_2": ""}
    form = browser.form("/gates/new").fields | fields | {"step": step, "reason": "before we open"} | typed
    files = {
        name: (None, value) for name, value in form.items() if not name.startswith(("upload", "agreement_file"))
    }
    browser.answer = browser.client.post("/gates/new", files=files)
    return browser.answer


def carried_out(world: World, gate: int = 1, run: int = 1, *, courses: bool = False) -> None:
    """A worker does what was asked."""
    house = house_of(world)
    with world.store.reading() as connection:
        asked = gate_run_asked(connection, world.study_id, gate, run)
    assert asked is not None
    who = house.actor(Role.SUPPLY_MANAGER)
    bench = GateBench(world.store, who, lambda: world.now, f"test:{gate}:{run}", Means())
    work_out_gate(bench, asked)
    if courses:
        assert keep_courses(bench, asked) == 1


def a_run(world: World, *, courses: bool = False, **typed: str) -> Browser:
    """The supply manager at a run that has its verdict, with courses for its plots or without."""
    browser = world.signed_in("supply_manager.all")
    handed_in(browser, **typed)
    gate = browser.path.rpartition("/")[2]
    browser.press(f"/gates/{gate}/runs")
    carried_out(world, int(gate), courses=courses)
    browser.get(f"/gates/{gate}/runs/1")
    return browser


def test_a_gate_is_checked_and_then_kept(world: World) -> None:
    """A check keeps nothing; what is kept tells limits, looks and hashes, and stands in the list."""
    browser = world.signed_in("supply_manager.all")
    assert "study: version" in browser.get("/gates/new").text
    assert "This can be held" in handed_in(browser, "check").text
    assert house_of(world).rows(GoLiveGate) == []
    page = handed_in(browser).text
    assert browser.path == "/gates/1"
    for words in ("May it open?", "Defined", "visits missed per visit", "after 120, 240 trials", "before we open",
                  "horizon_days from 300 to 900", "horizon_days: 450"):  # fmt: skip
        assert words in page
    assert "Gate 1 of version 1" in browser.get("/gates").text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"agreement": "name: opening"}, "The agreement: scenarios"),
        ({"text_1": "name: planned\nhorizon_days: 9"}, "study: version"),
        ({"file_1": "other.yaml"}, "Hand in exactly the scenarios"),
        ({"text_1": SCENARIO.replace("900", "none")}, "planned.yaml: horizon_days"),
    ],
)
def test_what_cannot_be_held_is_refused_before_it_is_kept(world: World, typed: dict[str, str], words: str) -> None:
    """The sentence names the place, and what was typed stays."""
    browser = world.signed_in("supply_manager.all")
    answer = handed_in(browser, **typed)
    assert answer.status_code == 400
    assert words in answer.text
    assert "before we open" in answer.text
    assert house_of(world).rows(GoLiveGate) == []


def test_a_run_is_watched_and_stopped(world: World) -> None:
    """The page asks for its part every two seconds; Stop is pressed once, and the gate may be run again."""
    browser = world.signed_in("supply_manager.all")
    handed_in(browser)
    browser.press("/gates/1/runs")
    assert browser.path == "/gates/1/runs/1"
    assert house_of(world).rows(GateRun)[0]["engine"] == ENGINES[0] == "lean"
    assert all(words in browser.text for words in ("0 of at most 240 trials", 'hx-trigger="every 2s"'))
    assert browser.get("/gates/1/runs/1/progress").text.lstrip().startswith('<div id="run"')
    browser.get("/gates/1/runs/1")
    browser.press("/gates/1/runs/1/cancel")
    assert house_of(world).rows(GateRun)[0]["cancel_asked"] or "without a verdict" in browser.text


def test_a_verdict_is_told_with_its_plots_and_signed_by_another(world: World) -> None:
    """Lines with intervals, plots with tables; who ran it cannot sign, quality can, and then it counts."""
    browser = a_run(world)
    for words in (
        "Pass",
        "How the verdict came",
        "Missed visits by cause",
        "Kits that no subject got",
        "STRESS-DES",
        "What moves it most",
        "What it costs and what it risks",
        "horizon_days: 450",
    ):
        assert words in browser.text
    assert "Sign the gate" not in browser.text
    quality = world.signed_in("quality.all")
    assert "Sign the gate" in quality.get("/gates/1/runs/1").text
    assert quality.press("/gates/1/runs/1/sign", password="not this one").status_code == 403
    quality.press("/gates/1/runs/1/sign", password=PASSWORD)
    assert "Signed by" in quality.text
    assert len(house_of(world).rows(GateSignature)) == 1
    assert "Signed" in quality.get("/gates").text


def test_what_was_found_is_taken_away(world: World) -> None:
    """Tables with every column, the record with its hash, and the report for a browser and on paper."""
    browser = a_run(world)
    address = "/gates/1/runs/1/take"

    def take(suffix: str) -> httpx.Response:
        browser.get("/gates/1/runs/1")
        return browser.press(address, format=suffix, scenario="planned")

    table = pq.ParquetFile(BytesIO(take("parquet").content)).read()
    assert table.column_names == ["index", *MEASURES]
    assert table.num_rows == 120
    assert take("csv").text.count("\n") == 121
    record = json.loads(take("json").text)
    assert record["record"]["verdict"] == "pass"
    assert record["record_hash"] in take("html").text
    assert take("pdf").content.startswith(b"%PDF-")
    assert take("exe").status_code == 400


def test_plots_by_site_visit_and_week_follow_the_verdict(world: World) -> None:
    """They are on the page and in both files, come from the first trials, and leave the signed record as it was."""
    browser = a_run(world)
    assert "They are not all here yet" in browser.text
    handed_in(browser, text_1=SCENARIO.replace("900", "300"))
    browser.press("/gates/2/runs")
    carried_out(world, 2, courses=True)
    page = browser.get("/gates/2/runs/1").text
    assert "They are not all here yet" not in page
    assert f"day by day from the first {COURSES}" in page
    for plot in ("Risk by visit", "Risk by site", "Risk by week", "Enrolment", "Stock of site", "over time"):
        assert plot in page
    assert "Stock of site" in browser.press("/gates/2/runs/1/take", format="html", scenario="planned").text
    browser.get("/gates/2/runs/1")
    table = browser.press("/gates/2/runs/1/take", format="courses", scenario="planned").content
    assert "site_stock" in pq.ParquetFile(BytesIO(table)).schema_arrow.names
    browser.get("/gates/2/runs/1")
    paper = browser.press("/gates/2/runs/1/take", format="pdf", scenario="planned").content
    assert paper.startswith(b"%PDF-")
    assert "course" not in record_of_gate_2(browser)


def record_of_gate_2(browser: Browser) -> str:
    """The signed record of the second gate, as it is taken away."""
    browser.get("/gates/2/runs/1")
    return browser.press("/gates/2/runs/1/take", format="json", scenario="planned").text


def test_an_engine_that_there_is_not_starts_nothing(world: World) -> None:
    """The refusal names those that there are."""
    browser = world.signed_in("supply_manager.all")
    handed_in(browser)
    answer = browser.press("/gates/1/runs", engine="abacus")
    assert answer.status_code == 400
    assert "Choose one of" in answer.text
    assert house_of(world).rows(GateRun) == []


def test_two_runs_stand_side_by_side(world: World) -> None:
    """Measures are paired where the seeds are the same, and not where they are not."""
    browser = a_run(world)
    handed_in(browser, text_1=SCENARIO.replace("900", "300"))
    browser.press("/gates/2/runs")
    carried_out(world, 2)
    page = browser.get("/gates/compare?first=1.1&second=2.1").text
    assert "Second minus first" in page
    assert "Visits missed per visit" in page
    system = System.of(world, "supply_manager.all")
    (told,) = system.asks_study("/gates/comparison", first="1.1", second="2.1").json()["scenarios"]
    assert (told["scenario"], told["told"]["replications"]) == ("planned", 120)
    table = system.asks_study("/gates/1/runs/1/results.parquet", scenario="planned").content
    assert pq.ParquetFile(BytesIO(table)).read().num_rows == 120
    handed_in(browser, agreement=AGREEMENT.replace("seed: 5", "seed: 6"))
    browser.press("/gates/3/runs")
    carried_out(world, 3)
    assert "do not share their chance" in browser.get("/gates/compare?first=1.1&second=3.1").text
    assert browser.get("/gates/compare?first=1.1&second=9.9").status_code == 400


def test_urgent_safety_overrides_for_some_days(world: World) -> None:
    """Signed by quality with a reason; everybody who sees gates sees it."""
    quality = world.signed_in("quality.all")
    quality.get("/gates")
    quality.press("/gates/override", version="1", reason="A defect of the running kits", password=PASSWORD)
    assert "A defect of the running kits" in quality.text
    assert len(house_of(world).rows(GateOverride)) == 1
    quality.press("/gates/override", version="1", reason="x", ends_on="2030-01-01", password=PASSWORD)
    assert "within 30 days" in quality.text


def test_only_who_may_sees_and_presses(world: World) -> None:
    """A site sees no gates; a blinded inspector sees the list and nothing behind it."""
    a_run(world)
    assert world.signed_in("pharmacist.0").get("/gates").status_code == 403
    inspector = world.signed_in("inspector.all")
    page = inspector.get("/gates")
    assert page.status_code == 200
    assert "/gates/1" not in page.text
    assert inspector.get("/gates/1").url.path == "/gates"
    for address in ("/gates/1/runs/1", "/gates/new", "/gates/compare"):
        assert inspector.get(address).status_code == 403
    assert world.signed_in("quality.all").get("/gates/new").status_code == 403
