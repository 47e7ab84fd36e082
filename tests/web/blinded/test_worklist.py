"""The worklist: rows, tiles, refresh, day sheet."""

import re

from tests.web.ward import assigned, at, ordered, randomized, screened, treated
from tests.web.world import World


def test_without_tasks_it_says_what_comes_next(world: World) -> None:
    """An empty list is no riddle."""
    page = world.signed_in("pharmacist.0").get("/worklist").text
    assert "No tasks." in page
    assert "Nothing is expected in the next seven days." in page


def test_a_button_is_primary_only_where_the_person_can_finish_now(world: World) -> None:
    """The signed order can be worked off, the unsigned one waits for somebody else."""
    ready, waiting = ordered(world), randomized(world)
    page = world.signed_in("pharmacist.0").get("/worklist").text
    rows = {number: row for row in page.split("<tr") for number in (ready, waiting) if f"{number} ·" in row}
    assert "btn-primary" in rows[ready]
    assert "btn-primary" not in rows[waiting]
    assert "2 kits · waits for the investigator’s order" in rows[waiting]


def test_kits_not_handed_over_are_overdue_the_next_day(world: World) -> None:
    """They lead the list, above what is due today."""
    given = assigned(world)
    ordered(world)
    world.wait(days=1)
    page = world.signed_in("pharmacist.0").get("/worklist").text
    assert page.index("Overdue") < page.index("Confirm or give back") < page.index(given.address)
    assert "2 overdue" in page


def test_tiles_filter_the_rows_and_keep_their_counts(world: World) -> None:
    """A tile without rows leads back."""
    ordered(world)
    browser = world.signed_in("pharmacist.0")
    assert ">Dispense</span>" in browser.get("/worklist?kind=dispense").text
    page = browser.get("/worklist?kind=receive").text
    assert "Nothing matches these filters." in page
    assert re.search(r"All tasks</span><span class=\"irt-figure-value\">1", page)


def test_other_sites_work_is_not_shown(world: World) -> None:
    """Nor its stock, nor what is new there."""
    there = ordered(world, site=1)
    browser = world.signed_in("pharmacist.0")
    page = browser.get("/worklist").text
    assert there not in page
    assert "No tasks." in page


def test_new_tasks_are_announced_and_move_nothing(world: World) -> None:
    """The page asks by itself; it gets a count and a link."""
    screened(world)
    browser = world.signed_in("pharmacist.0")
    page = browser.get("/worklist").text
    known = re.search(r'name="known" value="([^"]*)"', page)
    token = browser.form("/account/theme").fields["_csrf_token"]
    assert known is not None
    typed = {"_csrf_token": token, "known": known.group(1)}
    assert "new task" not in browser.send("/worklist/news", typed).text
    ordered(world)
    answer = browser.send("/worklist/news", typed).text
    assert "1 new task" in answer
    assert "<html" not in answer


def test_asking_for_news_keeps_nobody_signed_in(world: World) -> None:
    """A page left open does not hold the session."""
    browser = world.signed_in("pharmacist.0")
    browser.get("/worklist")
    token = browser.form("/account/theme").fields["_csrf_token"]
    for _ in range(16):
        world.wait(minutes=1)
        browser.send("/worklist/news", {"_csrf_token": token, "known": ""}, **{"hx-request": "true"})
    browser.get("/worklist")
    assert browser.path == "/sign-in"


def test_a_visit_week_shows_what_is_expected(world: World) -> None:
    """Kits to take back stand beside the visit at which they come."""
    given = treated(world)
    world.wait(days=26)
    page = world.signed_in("pharmacist.0").get("/worklist").text
    assert "Take back" in page
    assert "2 kits outstanding" in page
    assert f"Subject {given.subject} · Week 4" in page


def test_the_day_sheet_lists_every_task(world: World) -> None:
    """With room to write."""
    subject = ordered(world)
    page = world.signed_in("pharmacist.0").get("/worklist/day-sheet").text
    assert f"Subject {subject} · Day 1" in page
    assert "irt-write" in page


def test_the_dispensing_sheet_has_a_code_for_each_kit(world: World) -> None:
    """And where the kits lie, who ordered, and room to sign."""
    given = assigned(world)
    page = world.signed_in("pharmacist.0").get(f"{given.address}/sheet").text
    assert page.count('class="irt-code"') == 2
    assert "Investigator.0 Holm" in page
    assert world.signed_in("pharmacist.1").get(at(world, given.subject, "dispense", 1, "sheet")).status_code == 404
