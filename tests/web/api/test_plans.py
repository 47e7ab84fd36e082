"""Plans over the API: by blinding group for planners, in full for those who may know kit types."""

from tests.web.api.system import System
from tests.web.planned import a_kept_plan
from tests.web.world import World


def test_blinded_planners_read_groups_alone(world: World) -> None:
    """The list and one plan; contents, files and runs are refused at the gate."""
    number = a_kept_plan(world)
    planner = System.of(world, "supply_planner.all")
    (line,) = planner.asks_study("/plans").json()["items"]
    assert (line["number"], line["approved_by"]) == (number, "")
    shown = planner.asks_study(f"/plans/{number}")
    assert [leg["by_group"] for leg in shown.json()["consignments"]] == [{"PEN": 8}, {"PEN": 8}]
    assert "PEN-A" not in shown.text
    for path in (
        f"/plans/{number}/contents",
        f"/plans/{number}/files",
        f"/plans/{number}/comparison",
        "/optimizations",
        "/optimizations/1",
    ):
        assert planner.asks_study(path).status_code == 403


def test_supply_managers_read_plans_in_full(world: World) -> None:
    """Costs, lots and proof; problem and plan as files; the run with its steps, wishes by command."""
    number = a_kept_plan(world)
    manager = System.of(world, "supply_manager.all")
    told = manager.asks_study(f"/plans/{number}/contents").json()
    assert told["total"] - told["bound"] == 500
    assert {line["kit_type"] for leg in told["consignments"] for line in leg["lines"]} == {"PEN-A", "PEN-P"}
    files = manager.asks_study(f"/plans/{number}/files").json()
    assert files["problem"]["format"] == "irt-supply-bench/1"
    (run,) = manager.asks_study("/optimizations").json()["items"]
    watched = manager.asks_study(f"/optimizations/{run['number']}").json()
    assert [step["words"] for step in watched["steps"]] == ["prices", "repaired"]
    leg = told["consignments"][0]
    wish = {name: leg[name] for name in ("lane", "storage", "dispatch_on")}
    manager.booked("/plans/edit", plan=number, kind="fixed", reason="Booked", **wish)
    assert manager.asks_study(f"/plans/{number}/contents").json()["edits"][0]["kind"] == "fixed"
    assert manager.asks_study("/plans/99").status_code == 404


def test_a_plan_is_compared_and_put_on_paper(world: World) -> None:
    """A rule on its problem stands beside it by name; the paper is a PDF, refused to who plans blinded."""
    first = a_kept_plan(world)
    a_kept_plan(world, days=(1, 3), settings={"method": "min_max", "beside": first})
    manager = System.of(world, "supply_manager.all")
    told = manager.asks_study(f"/plans/{first}/comparison").json()
    assert told["names"] == ["Min/max", "Plan 1"]
    assert told["measures"][0]["measure"] == "Total cost"
    assert {len(grams) for grams in told["carbon_grams_by_lane"].values()} == {2}
    assert manager.asks_study(f"/plans/{first}/paper.pdf").content.startswith(b"%PDF")
    assert System.of(world, "supply_planner.all").asks_study(f"/plans/{first}/paper.pdf").status_code == 403
