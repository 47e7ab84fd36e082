"""The button Start the run-in, and what waits for its end."""

from tests.builders_visits import RUN_IN_DAYS
from tests.web.visitors import in_run_in
from tests.web.ward import at, count, fill, intrude, screened
from tests.web.world import World


def test_it_starts_the_run_in(visits_world: World) -> None:
    """From the worklist over one form to the subject's page, which shows its days."""
    subject = screened(visits_world)
    browser = visits_world.signed_in("coordinator.0")
    action = at(visits_world, subject, "steps", "run-in")
    assert f'href="{action}"' in browser.get("/worklist").text
    assert f'href="{action}"' in browser.get(at(visits_world, subject)).text
    assert "The run-in lasts 14 days." in browser.get(action).text
    page = browser.press(action).text
    assert browser.path == at(visits_world, subject)
    assert "17 Mar 2026 to 31 Mar 2026" in page
    assert "started the run-in on 17 Mar 2026." in page
    assert "It ends on 31 Mar 2026." in page
    assert "in run-in" not in browser.get("/worklist").text


def test_randomization_waits_for_its_end(visits_world: World) -> None:
    """The page says until when; on that day the button is there, on the worklist too."""
    subject = in_run_in(visits_world)
    browser = visits_world.signed_in("coordinator.0")
    randomize = at(visits_world, subject, "randomize")
    assert "Run-in ends on 31 Mar 2026." in browser.get(randomize).text
    assert f'href="{randomize}"' not in browser.get(at(visits_world, subject)).text
    visits_world.wait(days=RUN_IN_DAYS - 5)
    browser = visits_world.signed_in("coordinator.0")
    page = browser.get("/worklist").text
    assert "in run-in" in page
    visits_world.wait(days=5)
    browser = visits_world.signed_in("coordinator.0")
    page = browser.get("/worklist").text
    assert "run-in is over" in page
    assert f'href="{randomize}"' in page
    assert f'href="{randomize}"' in browser.get(at(visits_world, subject)).text
    assert "Run-in ends" not in browser.get(randomize).text


def test_randomizing_past_the_page_is_refused_in_words(visits_world: World) -> None:
    """Whoever sends the form nevertheless reads the same day."""
    subject = screened(visits_world)
    browser = visits_world.signed_in("coordinator.0")
    randomize = at(visits_world, subject, "randomize")
    answers = {"factor-ldl": "LT85", "dose_level": "Q2W"}
    refused = intrude(browser, randomize, **answers)
    assert refused.status_code == 409
    assert "The run-in of this subject has not started." in refused.text
    subject = in_run_in(visits_world)
    refused = intrude(visits_world.signed_in("coordinator.0"), at(visits_world, subject, "randomize"), **answers)
    assert "Run-in ends on 31 March 2026. Nothing was drawn." in refused.text


def test_a_run_in_that_failed(visits_world: World) -> None:
    """An end with a reason of the study's list; another screening may follow."""
    subject = in_run_in(visits_world)
    browser = visits_world.signed_in("coordinator.0")
    action = at(visits_world, subject, "steps", "run-in-fail")
    assert f'href="{action}"' in browser.get(at(visits_world, subject)).text
    browser.get(action)
    page = browser.press(action, reason="Consent withdrawn").text
    assert "Run-in failed" in page
    assert "recorded that the run-in failed." in page
    assert "Screen again" in page
    assert subject not in browser.get("/worklist").text


def test_it_books_once_and_not_tomorrow(visits_world: World) -> None:
    """A second press adds no event; a day that has not come is named."""
    subject = screened(visits_world)
    browser = visits_world.signed_in("coordinator.0")
    action = at(visits_world, subject, "steps", "run-in")
    browser.get(action)
    early = browser.press(action, on_day="2026-03-18")
    assert early.status_code == 400
    assert "has not come yet" in early.text
    form = fill(browser, action, on_day="2026-03-17")
    assert [browser.send(action, form).status_code for _ in range(2)] == [200, 200]
    assert count(visits_world, "subject_event") == 1


def test_a_study_without_run_in_offers_none(world: World) -> None:
    """The address exists for every study; this one refuses in words."""
    subject = screened(world)
    browser = world.signed_in("coordinator.0")
    action = at(world, subject, "steps", "run-in")
    assert action not in browser.get(at(world, subject)).text
    browser.get(action)
    assert "This study has no run-in." in browser.press(action).text


def test_it_refuses_a_monitor_and_a_stranger(visits_world: World) -> None:
    """403 for a role that may look only, 404 for another site."""
    action = at(visits_world, screened(visits_world), "steps", "run-in")
    assert intrude(visits_world.signed_in("monitor.0"), action).status_code == 403
    assert intrude(visits_world.signed_in("coordinator.1"), action).status_code == 404
