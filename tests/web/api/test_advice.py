"""Advice beside a plan over the API: asked by the unblinded, worked out as a job, read with its answer."""

from typing import Any

from tests.optimization.campaigns.small import a_file, a_type
from tests.web.api.system import System
from tests.web.planned import a_kept_plan
from tests.web.unblinded.test_plan_advice import worked
from tests.web.world import World


def test_questions_are_asked_and_answered(world: World) -> None:
    """Each kind, with the record that the command tells."""
    number = a_kept_plan(world)
    manager = System.of(world, "supply_manager.all")
    file = a_file(a_type("PEN-A", [(8, 5)])).model_dump(mode="json")
    asks: list[tuple[str, dict[str, Any]]] = [
        ("/plans/what-if", {"cases": {"dear": ["lanes.fixed_cost*=2"]}}),
        ("/plans/expiry-value", {"days": 30}),
        ("/plans/campaigns", {"file": file}),
    ]
    for place, (path, facts) in enumerate(asks, 1):
        assert manager.booked(path, plan=number, **facts)["advice"] == place
    assert manager.asks_study("/advice/1").json()["answer"] is None
    worked(world)
    answers = [manager.asks_study(f"/advice/{place}").json()["answer"] for place in (1, 2, 3)]
    assert [case["name"] for case in answers[0]["cases"]] == ["dear"]
    assert answers[1]["days"] == 30
    assert answers[2]["proven"]
    assert len(manager.asks_study("/advice").json()["items"]) == 3


def test_blinded_planners_are_refused_at_the_gate(world: World) -> None:
    """Advice names kit types."""
    number = a_kept_plan(world)
    planner = System.of(world, "supply_planner.all")
    for path in ("/advice", "/advice/1"):
        assert planner.asks_study(path).status_code == 403
    assert planner.does("/plans/expiry-value", plan=number).status_code == 403
