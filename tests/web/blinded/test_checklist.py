"""The checklist of going live on its page: lines, their places, two signatures, a restored back-up."""

from irt.blinding.roles import Role
from tests.cast import PASSWORD
from tests.web.api.system import System
from tests.web.world import World

ENDS = "ab" * 32


def test_the_checklist_is_read_and_signed(world: World) -> None:
    """The study team reads and signs, quality beside it; what changes afterwards is told by its line."""
    world.office.hire("tess", (Role.STUDY_TEAM, {"study_id": world.study_id}))
    team = world.signed_in("tess")
    page = team.get("/checklist").text
    assert "No test is recorded yet" in page
    assert '<a href="/gates">' in page
    assert '<a href="/network">' not in page
    assert team.press("/checklist", decision="sign", password="wrong").status_code == 403
    assert "You have signed these lines" in team.press("/checklist", decision="sign", password=PASSWORD).text
    quality = world.signed_in("quality.all")
    quality.get("/checklist")
    assert "Two people" in quality.press("/checklist", decision="sign", password=PASSWORD).text
    told = System.of(world, "tess").asks_study("/checklist").json()
    assert {line["name"]: line["state"] for line in told["lines"]}["signatures"] == "met"
    ada = world.signed_in("ada")
    ada.get("/checklist")
    test = {"words": "nightly copy", "trail_before": ENDS, "document_hash": ENDS, "password": PASSWORD}
    short = ada.press("/checklist/restored", **test, trail_after="abc")
    assert (short.status_code, "nightly copy" in short.text) == (400, True)
    assert "Not whole" in ada.press("/checklist/restored", **test, trail_after="cd" * 32).text
    assert "since changed" in team.get("/checklist").text
    (item,) = System.of(world, "tess").asks_study("/restore-tests").json()["items"]
    assert (item["passed"], item["recorded_by"]) == (False, "Ada Finn")


def test_who_reads_it(world: World) -> None:
    """Whoever sees how the whole study stands; a monitor of one site does not, and a planner signs nothing."""
    assert world.signed_in("monitor.0").get("/checklist").status_code == 403
    assert world.signed_in("supply_planner.all").get(f"/checklist?version={10**30}").status_code == 404
    planner = world.signed_in("supply_planner.all").get("/checklist").text
    assert "Sign the checklist" not in planner
    assert "Record a test" not in planner
