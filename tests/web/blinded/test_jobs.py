"""The page of a job and its button Cancel; the list of one's jobs."""

from sqlalchemy import text

from irt.blinding.roles import Role
from tests.web.browser import Browser
from tests.web.ward import intrude
from tests.web.world import World

VERIFY = "/history/verify"
AS_PART = {"hx-request": "true"}


def _started(world: World, username: str = "inspector.all") -> Browser:
    """The page of a verification that somebody started and no worker has taken."""
    browser = world.signed_in(username)
    browser.get("/history")
    browser.press(VERIFY)
    return browser


def test_it_waits_runs_and_tells(world: World) -> None:
    """The page asks for its progress until the job has ended, and not after."""
    browser = _started(world)
    job = browser.path
    assert f'hx-get="{job}/progress"' in browser.text
    part = browser.get(f"{job}/progress", **AS_PART).text
    assert "Waits its turn" in part
    assert "<html" not in part
    world.works()
    part = browser.get(f"{job}/progress", **AS_PART).text
    assert "every signature hold" in part
    assert "hx-get" not in part


def test_a_job_that_nobody_takes_says_so(world: World) -> None:
    """Perhaps no worker runs."""
    browser = _started(world)
    world.wait(minutes=2)
    assert "No worker has taken it yet." in browser.get(browser.path).text


def test_it_is_cancelled_at_once_while_it_waits(world: World) -> None:
    """And never runs."""
    browser = _started(world)
    cancel = f"{browser.path}/cancel"
    fields = browser.form(cancel).fields
    browser.send(cancel, fields)
    assert "was cancelled" in browser.text
    browser.send(cancel, fields)
    assert "was cancelled" in browser.text
    world.works()
    assert "was cancelled" in browser.get(browser.path).text


def test_an_ended_job_cannot_be_cancelled(world: World) -> None:
    """The page that was left open is told so."""
    browser = _started(world)
    cancel = f"{browser.path}/cancel"
    fields = browser.form(cancel).fields
    world.works()
    assert browser.send(cancel, fields).status_code == 409


def test_others_do_not_see_it(world: World) -> None:
    """Neither its page, nor its progress, nor its button."""
    job = _started(world).path
    other = world.signed_in("pharmacist.0")
    assert other.get(job).status_code == 404
    assert other.get(f"{job}/progress").status_code == 404
    assert intrude(other, f"{job}/cancel").status_code == 404
    assert "You have started nothing that takes long." in other.get("/jobs").text


def test_the_list_leads_to_each(world: World) -> None:
    """Newest first, with its outcome."""
    browser = _started(world)
    job = browser.path
    world.works()
    browser.get("/jobs")
    assert f'href="{job}"' in browser.text
    assert "Verification of the history" in browser.text
    assert "every signature hold" in browser.text


def test_the_history_says_when_it_was_verified(world: World) -> None:
    """By whom, and which entries came later."""
    browser = world.signed_in("inspector.all")
    assert "Never verified as a whole yet." in browser.get("/history").text
    _started(world)
    world.works()
    page = browser.get("/history").text
    assert "Last verified as a whole 17 Mar 2026 08:00 UTC by" in page
    assert "and every signature held." in page
    assert "on this page came later." in page
    old = browser.get("/history?act=study_loaded").text
    assert "Every entry on this page was part of it." in old


def test_damage_is_told_until_it_is_mended(world: World) -> None:
    """The job's page and the history name the first bad entry."""
    with world.store.writing() as connection:
        for (name,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
        ).all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text("UPDATE audit_entry SET person = 'X' WHERE chain LIKE 'study:%' AND sequence = 2"))
    browser = _started(world)
    world.works()
    assert "The history is damaged." in browser.get(browser.path).text
    page = browser.get("/history").text
    assert "The history is damaged at entry 2: its content does not match its hash." in page


def test_safety_verifies_nothing(world: World) -> None:
    """Who may not read the history may not have it verified."""
    world.office.hire("safety.all", (Role.SAFETY, {"study_id": world.study_id}))
    assert intrude(world.signed_in("safety.all"), VERIFY, study=str(world.study_id)).status_code == 403
