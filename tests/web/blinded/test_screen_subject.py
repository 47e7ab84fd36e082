"""The button Screen the subject."""

from tests.web.ward import ask_one, count, fill, intrude
from tests.web.world import World


def test_it_screens_a_subject(world: World) -> None:
    """One form, and the page of the new subject with its number."""
    browser = world.signed_in("coordinator.0")
    browser.get("/subjects/screen")
    answer = browser.press("/subjects/screen")
    site = world.sites[0][0]
    assert browser.path == f"/studies/{world.study_id}/subjects/{site}-0001"
    assert "Screening" in answer.text
    assert f"{site}-S001" in answer.text


def test_it_screens_once_however_often_it_is_pressed(world: World) -> None:
    """A double press opens the same subject."""
    browser = world.signed_in("coordinator.0")
    browser.get("/subjects/screen")
    form = fill(browser, "/subjects/screen")
    first = browser.send("/subjects/screen", form)
    second = browser.send("/subjects/screen", form)
    assert first.url.path == second.url.path
    assert count(world, "subject") == 1


def test_it_refuses_a_day_to_come(world: World) -> None:
    """The refusal stands above the form, with the day as it was typed."""
    browser = world.signed_in("coordinator.0")
    browser.get("/subjects/screen")
    answer = browser.press("/subjects/screen", on_day="2031-01-01")
    assert answer.status_code == 400
    assert "has not come yet" in answer.text
    assert 'value="2031-01-01"' in answer.text
    assert count(world, "subject") == 0


def test_it_refuses_a_role_without_the_right(world: World) -> None:
    """A monitor does not screen."""
    browser = world.signed_in("monitor.0")
    assert browser.get("/subjects/screen").status_code == 403
    site = f"{world.study_id}.{world.sites[0][0]}"
    answer = intrude(browser, "/subjects/screen", site=site)
    assert answer.status_code == 403
    assert ask_one(world, "SELECT count(*) FROM subject") == 0


def test_it_offers_the_persons_own_sites_only(world: World) -> None:
    """Another site is no choice, and asking for it books nothing."""
    browser = world.signed_in("coordinator.0")
    answer = intrude(browser, "/subjects/screen", site=f"{world.study_id}.{world.sites[1][0]}")
    assert answer.status_code == 400
    assert count(world, "subject") == 0
