"""The worklist: rows, tiles, refresh, day sheet."""

import re

from irt.blinding.roles import Role
from irt.services.grant_role import GrantRole, grant_role
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


def test_done_today_lists_finished_work(world: World) -> None:
    """Newest first, with the way to each record; another site's and yesterday's work is not there."""
    given, there = treated(world), treated(world, site=1)
    browser = world.signed_in("pharmacist.0")
    assert 'href="/worklist/done"' in browser.get("/worklist").text or "No tasks." in browser.text
    page = browser.get("/worklist/done").text
    titles = re.findall(r'scope="row".*?>(Screen|Randomize|Sign order|Dispense)<', page, re.DOTALL)
    assert sorted(titles) == ["Dispense", "Randomize", "Screen", "Sign order"]
    assert page.count(f'href="{at(world, given.subject)}"') == 4
    assert there.subject not in page
    world.wait(days=1)
    assert "Nothing was finished today." in world.signed_in("pharmacist.0").get("/worklist/done").text


def test_the_day_sheet_is_of_one_site_where_one_is_chosen(world: World) -> None:
    """The site chosen for work, else that of the list; all of them where that is wished."""
    here, there = ordered(world), ordered(world, site=1)
    grant = GrantRole(
        account_id=world.office.account("pharmacist.0").account_id,
        role=Role.PHARMACIST,
        study_id=world.study_id,
        site_id=world.sites[1][1],
        reason="covers for a colleague",
    )
    world.office.does(world.office.ada, grant_role, grant)
    browser = world.signed_in("pharmacist.0")
    page = browser.get("/worklist/day-sheet").text
    assert here in page
    assert there in page
    page = browser.get(f"/worklist/day-sheet?site={world.sites[1][1]}").text
    assert here not in page
    assert there in page
    assert f"{world.sites[1][0]} · " in page


def test_whoever_works_at_no_site_has_an_empty_day_sheet(world: World) -> None:
    """The site they chose is none where they dispense: a page that says so, not a fault."""
    answer = world.signed_in("monitor.0").get("/worklist/day-sheet")
    assert answer.status_code == 200
    assert "no site" in answer.text
