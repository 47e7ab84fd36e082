"""Go-live gates over the API: agreed on and run by who may know kit types, seen by everybody as far as they may."""

from irt.blinding.roles import Role
from tests.builders_gate import AGREEMENT
from tests.web.api.system import SIGNING, System
from tests.web.world import World

SCENARIO = "name: steady\nstudy: version\nhorizon_days: 60\nenrolment: {screened_per_site_month: 1}\n"


def test_a_gate_is_defined_run_and_cancelled(world: World) -> None:
    """A second start is refused while the first waits; what was agreed is told word for word."""
    manager = System.of(world, "supply_manager.all")
    facts = {"agreement": AGREEMENT, "scenarios": {"steady.yaml": SCENARIO}, "reason": "before we open"}
    assert manager.booked("/gates/define", **facts) == {"gate": 1}
    assert manager.does("/gates/define", **facts).status_code == 409
    started = manager.booked("/gates/run", gate=1)
    assert (started["run"], started["job_id"] > 0) == (1, True)
    assert manager.does("/gates/run", gate=1).status_code == 409
    assert manager.asks_study("/gates").json()["items"][0]["standing"] == "running"
    assert manager.booked("/gates/cancel", gate=1, run=1)["status"] == "cancelled"
    told = manager.asks_study("/gates/1").json()
    assert (told["agreement"], told["scenarios"][0]["text"]) == (AGREEMENT, SCENARIO)
    run = manager.asks_study("/gates/1/runs/1").json()
    assert (run["record"], run["steps"]) == (None, [{"scenario": "steady", "done": 0, "look": 20}])
    wrong = {**facts, "scenarios": {"steady.yaml": SCENARIO.replace("version", "other")}}
    assert manager.does("/gates/define", **wrong).status_code == 400
    signed = manager.does("/gates/sign", gate=1, run=1, hash="0" * 64, signing=SIGNING)
    assert signed.status_code == 403


def test_blinded_people_see_what_a_gate_is_worth_and_no_more(world: World) -> None:
    """Standing and override; neither agreement nor record."""
    manager = System.of(world, "supply_manager.all")
    facts = {"agreement": AGREEMENT, "scenarios": {"steady.yaml": SCENARIO}, "reason": "before we open"}
    manager.booked("/gates/define", **facts)
    planner = System.of(world, "supply_planner.all")
    (line,) = planner.asks_study("/gates").json()["items"]
    assert (line["number"], line["standing"]) == (1, "defined")
    for path in ("/gates/1", "/gates/1/runs/1"):
        assert planner.asks_study(path).status_code == 403
    override = {"version": 1, "reason": "urgent", "ends_on": planner.today, "signing": SIGNING}
    for path, body in (("define", facts), ("run", {"gate": 1}), ("override", override)):
        assert planner.does(f"/gates/{path}", **body).status_code == 403


def test_a_statistician_who_knows_lists_reads_compares_and_takes_gates(world: World) -> None:
    """Over the API as on the pages: one run beside another, and the tables that verdicts rest on."""
    manager = System.of(world, "supply_manager.all")
    facts = {"agreement": AGREEMENT, "scenarios": {"steady.yaml": SCENARIO}, "reason": "before we open"}
    manager.booked("/gates/define", **facts)
    world.office.hire("stat", (Role.UNBLINDED_STATISTICIAN, {"study_id": world.study_id}))
    statistician = System.of(world, "stat")
    assert statistician.asks_study("/gates/1").json()["agreement"] == AGREEMENT
    assert statistician.booked("/gates/run", gate=1)["run"] == 1
    assert statistician.asks_study("/gates/1/runs/1").json()["line"]["status"] == "running"
    assert statistician.asks_study("/gates/comparison", first="1.1", second="1.1").status_code == 400
    assert statistician.asks_study("/gates/1/runs/1/results.parquet", scenario="steady").status_code == 404
    assert statistician.asks_study("/gates/1/runs/1/courses.parquet", scenario="steady").status_code == 404
