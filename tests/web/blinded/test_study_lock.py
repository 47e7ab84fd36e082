"""Lock and Issues: asked for by one, set by another; an issue written down, noted on and closed on its page."""

from irt.blinding.roles import Role
from tests.cast import PASSWORD
from tests.web.api.system import System
from tests.web.world import World


def test_a_study_is_locked_and_lifted_on_its_page(world: World) -> None:
    """What is open must be explained; a second person signs; then a correction is asked for."""
    world.office.hire("tess", (Role.STUDY_TEAM, {"study_id": world.study_id}))
    team, quality = world.signed_in("tess"), world.signed_in("quality.all")
    assert "Every site is closed" in team.get("/lock").text
    refused = team.press("/lock", reason="Over")
    assert (refused.status_code, "cannot be locked yet" in refused.text) == (409, True)
    assert "Not declared yet" in refused.text
    assert "Close every site first" in team.press("/lock", act="declare", password=PASSWORD).text
    explained = {"agreed_sites": "Closed by letter", "agreed_site_stock": "Burnt there"}
    explained["agreed_randomization"] = "Declared by letter"
    assert "A second person decides" in team.press("/lock", reason="Over", **explained).text
    assert "Closed by letter" in quality.get("/lock").text
    assert quality.press("/lock", act="decide", decision="sign", password="wrong").status_code == 403
    assert "Ask to lift the lock" in quality.press("/lock", act="decide", decision="sign", password=PASSWORD).text
    pharmacist, asked = System.of(world, "pharmacist.0"), {"site": world.sites[0][0], "on_day": "2026-03-02"}
    screening = pharmacist.does("/subjects/screen", **asked)
    assert screening.json()["name"] == "StudyLocked"
    team.get("/lock")
    assert "Correction asked for" in team.press("/lock", reason="One return was not booked").text
    told = System.of(world, "tess").asks_study("/lock").json()
    assert (told["status"], [step["step"] for step in told["steps"]]) == ("lift_asked", ["ask", "set", "ask_lift"])


def test_an_issue_on_its_page(world: World) -> None:
    """A monitor writes it at their own site; another site's monitor does not see it; planners close it."""
    monitor = world.signed_in("monitor.0")
    monitor.get("/issues")
    facts = {"kind": "site", "rank": "minor", "site": world.sites[0][0], "due_on": "2026-04-01"}
    assert monitor.press("/issues", **facts, sentence="").status_code == 400
    assert "The door does not close" in monitor.press("/issues", **facts, sentence="The door does not close").text
    assert monitor.press("/issues", **{**facts, "site": world.sites[1][0]}, sentence="Theirs").status_code == 403
    assert "The door does not close" not in world.signed_in("monitor.1").get("/issues").text
    assert "It is closed" in monitor.text
    planner = System.of(world, "supply_planner.all")
    assert planner.booked("/issues/note", number="I-0001", words="Repaired", close=True)["closed"]
    assert planner.asks_study("/issues").json()["items"][0]["notes"] == ["Repaired"]
    assert monitor.get("/lock").status_code == 403
