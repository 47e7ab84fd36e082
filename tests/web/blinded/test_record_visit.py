"""The button Record as done, for visits without kits."""

from datetime import timedelta

from tests.web.visitors import skipped, visiting
from tests.web.ward import ask_one, at, count, fill, intrude
from tests.web.world import World


def test_a_call_is_recorded_from_the_worklist(visits_world: World) -> None:
    """One row while it is due, one form, then no row; the subject's page says when and by whom."""
    subject = visiting(visits_world)
    visits_world.wait(days=14)
    browser = visits_world.signed_in("pharmacist.0")
    form = at(visits_world, subject, "record")
    page = browser.get("/worklist").text
    assert f'href="{form}?visit=CALL&amp;occurrence=0"' in page
    assert "Record visits" in page
    assert "Record Phone call" in browser.get(at(visits_world, subject)).text
    browser.get(f"{form}?visit=CALL&occurrence=0")
    page = browser.press(form, visit="CALL~0").text
    assert browser.path == at(visits_world, subject)
    assert "(pharmacist) recorded Phone call as done on 14 Apr 2026." in page
    assert "Due now" not in page
    assert "Record visits" not in browser.get("/worklist").text


def test_the_worklist_does_not_show_it_for_ever(visits_world: World) -> None:
    """It is overdue for a week after its window; then the subject's page alone offers it."""
    subject = visiting(visits_world)
    row = f"{at(visits_world, subject, 'record')}?visit=CALL"
    for days, shown in ((11, False), (1, True), (4, True), (7, True), (1, False)):
        visits_world.wait(days=days)
        assert (row in visits_world.signed_in("pharmacist.0").get("/worklist").text) == shown
    browser = visits_world.signed_in("pharmacist.0")
    assert "Not recorded here" in browser.get(at(visits_world, subject)).text
    form = at(visits_world, subject, "record")
    browser.get(form)
    late = (visits_world.now - timedelta(days=10)).date().isoformat()
    assert "as done on" in browser.press(form, visit="CALL~0", on_day=late).text


def test_a_skipped_call_can_still_be_recorded(visits_world: World) -> None:
    """It is among the choices, and the record says done."""
    subject = visiting(visits_world)
    visits_world.wait(days=14)
    skipped(visits_world, subject, "CALL")
    browser = visits_world.signed_in("pharmacist.0")
    form = at(visits_world, subject, "record")
    assert "Phone call" in browser.get(form).text
    browser.press(form, visit="CALL~0")
    assert ask_one(visits_world, "SELECT status FROM subject_visit WHERE code = 'CALL'") == "done"


def test_it_wants_a_visit_and_a_day(visits_world: World) -> None:
    """What cannot be is named; what was typed stays; visits with kits are recorded by their kits."""
    subject = visiting(visits_world)
    browser = visits_world.signed_in("pharmacist.0")
    form = at(visits_world, subject, "record")
    assert "No visit waits for a record." in browser.get(form).text
    visits_world.wait(days=14)
    browser = visits_world.signed_in("pharmacist.0")
    browser.get(form)
    assert "Choose the visit." in browser.press(form).text
    tomorrow = (visits_world.now + timedelta(days=1)).date().isoformat()
    answer = browser.press(form, visit="CALL~0", on_day=tomorrow)
    assert (answer.status_code, f'value="{tomorrow}"' in answer.text) == (400, True)
    assert "Kits are given at Day 1" in browser.press(form, visit="D1~0").text
    assert count(visits_world, "visit_step") == 0


def test_it_books_once(visits_world: World) -> None:
    """A double press is one step; another form is refused in words."""
    subject = visiting(visits_world)
    visits_world.wait(days=14)
    browser = visits_world.signed_in("pharmacist.0")
    form = at(visits_world, subject, "record")
    browser.get(form)
    fields = fill(browser, form, visit="CALL~0")
    assert [browser.send(form, fields).status_code for _ in range(2)] == [200, 200]
    again = browser.send(form, {**fields, "command_key": "another form"})
    assert again.status_code == 409
    assert count(visits_world, "visit_step") == 1


def test_it_refuses_a_monitor_and_a_stranger(visits_world: World) -> None:
    """403 for a role that may look only, 404 for another site."""
    form = at(visits_world, visiting(visits_world), "record")
    assert intrude(visits_world.signed_in("monitor.0"), form, visit="CALL~0").status_code == 403
    assert intrude(visits_world.signed_in("pharmacist.1"), form, visit="CALL~0").status_code == 404
