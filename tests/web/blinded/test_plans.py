"""Plans as blinded planners see them: by blinding group, without cost, type, lot or hash; taken away as a file."""

import re

from irt.tables.secret import PlanContent
from tests.web.parcels import house_of
from tests.web.planned import a_kept_plan
from tests.web.world import World


def test_a_blinded_planner_sees_groups_and_days(world: World) -> None:
    """Where to, when, how many of the group; nothing that tells one arm from another."""
    number = a_kept_plan(world)
    browser = world.signed_in("supply_planner.all")
    assert "Plan 1" in browser.get("/supply/plans").text
    page = browser.get(f"/supply/plans/{number}").text
    assert all(words in page for words in ("17 Mar 2026", "Site 1001", "2 consignments, by day", "By place"))
    (content,) = house_of(world).rows(PlanContent)
    for secret in ("PEN-A", "PEN-P", content["hash"]):
        assert secret not in page
    assert not re.search(rf"\b{content['total'] // 100:,}\b", page)


def test_a_blinded_plan_is_taken_away(world: World) -> None:
    """The same rows as CSV."""
    number = a_kept_plan(world)
    browser = world.signed_in("supply_planner.all")
    browser.get(f"/supply/plans/{number}")
    answer = browser.press(f"/supply/plans/{number}/export", format="csv")
    assert f'"plan_{number}_' in answer.headers["content-disposition"]
    assert answer.text.splitlines()[1].startswith("2026-03-17,2026-03-22,NLD,1001,2-8C,")
    assert "PEN-" not in answer.text


def test_only_supply_people_see_plans(world: World) -> None:
    """A pharmacist does not."""
    number = a_kept_plan(world)
    browser = world.signed_in("pharmacist.0")
    assert browser.get(f"/supply/plans/{number}").status_code == 403
    assert browser.get("/supply/plans/99").status_code == 403
    assert world.signed_in("supply_planner.all").get("/supply/plans/99").status_code == 404
