"""The buttons Optimize, Stop and Re-optimize, and the page that watches a run."""

from irt.study.earlier_plan import EarlierPlan
from irt.tables.plan import OptimizationRun
from irt.tables.record import Job
from irt.tables.secret import RunInputs
from tests.web.parcels import house_of
from tests.web.planned import a_kept_plan, a_run
from tests.web.world import World

LIST = "/supply/optimizer"


def test_a_plan_is_asked_for(world: World) -> None:
    """The run stands in the list, its job waits for a worker, and its page tells how far it is."""
    browser = world.signed_in("supply_manager.all")
    browser.get(LIST)
    browser.press(LIST, title="Summer", day="2026-03-17", weeks="8", gap="0.5", seconds="30")
    assert browser.path == f"{LIST}/runs/1"
    assert all(words in browser.text for words in ("Summer", "8 weeks from 17 Mar 2026", "There is no bound yet"))
    (run,) = house_of(world).rows(OptimizationRun)
    assert (run["horizon_days"], run["goal"]["gap"], run["goal"]["seconds"]) == (56, 0.005, 30.0)
    assert [row["kind"] for row in house_of(world).rows(Job, id=run["job_id"])] == ["optimization"]
    assert "Summer" in browser.get(LIST).text


def test_a_plan_may_go_on_from_an_earlier_one(world: World) -> None:
    """Chosen on the form, with what the study says that changes cost."""
    browser = world.signed_in("supply_manager.all")
    browser.get(LIST)
    browser.press(LIST, title="Warm", weeks="8", gap="1", seconds="30", earlier="approved")
    (asked,) = house_of(world).rows(RunInputs)
    assert asked["settings"]["planning"]["earlier"] == EarlierPlan(keep="approved").model_dump()
    browser.get(LIST)
    assert browser.press(LIST, weeks="8", gap="1", seconds="30", earlier="oldest").status_code == 400


def test_what_cannot_be_read_starts_nothing(world: World) -> None:
    """The sentence names the field, and what was typed stays."""
    browser = world.signed_in("supply_manager.all")
    for typed, words in (
        ({"weeks": "0"}, "between 1 and 104"),
        ({"weeks": "many"}, "not a whole number"),
        ({"gap": "1e3"}, "not a gap in percent"),
        ({"seconds": "99999"}, "between 1 and 3600"),
        ({"day": "soon"}, "not a day"),
    ):
        browser.get(LIST)
        answer = browser.press(LIST, **typed)
        assert answer.status_code == 400
        assert words in answer.text
    assert house_of(world).rows(OptimizationRun) == []


def test_a_run_is_watched_and_stopped(world: World) -> None:
    """Bound, best plan and gap as they moved, as picture and table; Stop is asked once."""
    number = a_run(world)
    browser, address = world.signed_in("supply_manager.all"), f"{LIST}/runs/{number}"
    page = browser.get(address).text
    assert all(words in page for words in ("630", "610", "3.28 %", "Repaired", 'hx-trigger="every 2s"'))
    part = browser.get(f"{address}/progress").text
    assert part.lstrip().startswith('<div id="run"')
    browser.get(address)
    browser.press(f"{address}/cancel")
    assert "It stops at its next step" in browser.text
    assert house_of(world).rows(OptimizationRun)[0]["cancel_asked"]
    assert "Stopping" in browser.get(LIST).text


def test_a_run_with_a_plan_leads_to_it(world: World) -> None:
    """Its page asks for nothing more."""
    number = a_kept_plan(world)
    page = world.signed_in("supply_manager.all").get(f"{LIST}/runs/1").text
    assert f'href="/supply/optimizer/{number}"' in page
    assert "hx-trigger" not in page


def test_the_next_plan_builds_on_this_one(world: World) -> None:
    """With the same goal, from the same day."""
    number = a_kept_plan(world)
    browser, address = world.signed_in("supply_manager.all"), f"{LIST}/{number}"
    browser.get(f"{address}/consignments")
    browser.press(f"{address}/again")
    assert browser.path == f"{LIST}/runs/2"
    second = house_of(world).rows(OptimizationRun)[1]
    assert (second["parent"], second["horizon_days"], second["title"]) == (number, 28, "Weekly")
