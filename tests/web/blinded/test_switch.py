"""The buttons of the page to choose study and site, and the theme buttons beside them."""

import re

import pytest

from irt.blinding.roles import Role
from irt.reads.blinded_worklist import worklist
from tests.web.api.system import System
from tests.web.blinded.test_versions import a_draft
from tests.web.browser import Browser
from tests.web.parcels import raise_levels
from tests.web.world import World


@pytest.fixture
def inspector(world: World) -> Browser:
    """Somebody who may read the whole study."""
    return world.signed_in("inspector.all")


def test_the_only_place_is_chosen_already(world: World) -> None:
    """Site people with one site see it in the frame from the start."""
    browser = world.signed_in("pharmacist.0")
    assert f"Site {world.sites[0][0]}" in browser.text
    assert "Chosen now" in browser.text


def test_it_switches_between_sites(world: World) -> None:
    """Whoever works at two sites begins with both and chooses one; the choice stays and can be undone."""
    (first, first_id), (second, second_id) = world.sites
    world.office.hire(
        "floater",
        *((Role.PHARMACIST, {"study_id": world.study_id, "site_id": id_}) for id_ in (first_id, second_id)),
    )
    browser = world.signed_in("floater")
    assert "All studies" in browser.text
    browser.press("/switch", place=f"{world.study_id}.{second_id}")
    browser.get("/switch")
    assert f'<span class="irt-switcher-site">Site {second}' in browser.text
    assert "chosen lately" in browser.text
    browser.press("/switch", place="0.0")
    browser.get("/switch")
    assert "irt-switcher-site" not in browser.text
    assert first in browser.text


def test_it_says_what_waits_at_sites(world: World) -> None:
    """As many tasks as their worklists show."""
    System.of(world, "investigator.0").randomizes()
    sites = [{"study_id": world.study_id, "site_id": site_id} for _, site_id in world.sites]
    world.office.hire("floater", *((Role.INVESTIGATOR, site) for site in sites))
    told = waiting_at(world.signed_in("floater"))
    with world.store.reading() as connection:
        actor = world.office.account("floater")
        here, there = (worklist(connection, actor, world.now, site_id=site["site_id"]) for site in sites)
    assert (here.all_tasks, there.all_tasks) == (1, 0)
    assert told == ["1 task", "nothing"]


def test_it_says_what_waits_in_the_study(world: World) -> None:
    """A version to approve for the one who may; what the role does not do is not counted."""
    a_draft(world)
    investigator = System.of(world, "investigator.0")
    investigator.randomizes()
    raise_levels(world, 2)
    planner = System.of(world, "supply_planner.all")
    planner.booked("/resupply/run", day=planner.today, needs_approval=True)
    world.office.hire("thea", (Role.STUDY_TEAM, {"study_id": world.study_id}))
    assert waiting_at(world.signed_in("thea")) == ["1 approval", "1 randomized so far"]
    assert waiting_at(world.signed_in("supply_planner.all"))[0] == "1 shipment to approve"
    assert waiting_at(world.signed_in("inspector.all")) == ["nothing", "1 randomized so far"]


def waiting_at(browser: Browser) -> list[str]:
    """What stands in the column of what waits."""
    cells = re.findall(r"What waits</span>(.*?)</td>", browser.get("/switch").text, re.DOTALL)
    return [words for cell in cells for words in re.split(r"<[^>]*>", cell) if words.strip()]


def test_the_search_reaches_every_site_of_a_whole_study(world: World, inspector: Browser) -> None:
    """Sites are found by number or name; without a search only the study is listed."""
    number, site_id = world.sites[0]
    assert f"Site {number}" not in inspector.text
    inspector.get(f"/switch?search={number}")
    inspector.press("/switch", place=f"{world.study_id}.{site_id}")
    inspector.get("/history")
    assert f"Site {number}" in inspector.text


def test_words_that_match_nothing_say_so(inspector: Browser) -> None:
    """An empty answer tells what to do."""
    assert "Nothing matches these words." in inspector.get("/switch?search=%25%25").text


@pytest.mark.parametrize("place", ["7", "a.b", "1.2.3", "-1.0", "", "1.99999999999999999999"])
def test_it_refuses_what_is_no_place(inspector: Browser, place: str) -> None:
    """A made-up choice changes nothing."""
    answer = inspector.press("/switch", place=place)
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.text


def test_it_refuses_a_place_of_others(world: World) -> None:
    """A site one does not work at reads as one that does not exist, also in a cookie somebody wrote."""
    browser = world.signed_in("pharmacist.0")
    _, other = world.sites[1]
    answers = [browser.press("/switch", place=f"{world.study_id}.{site}") for site in (other,)]
    browser.get("/switch")
    answers.append(browser.press("/switch", place=f"{world.study_id}.999999"))
    assert [answer.status_code for answer in answers] == [404, 404]
    browser.client.cookies.set("irt_place", f"{world.study_id}.{other}")
    assert f"Site {world.sites[1][0]}" not in browser.get("/switch").text


@pytest.mark.parametrize("theme", ["dark", "light", "auto"])
def test_the_theme_is_remembered(inspector: Browser, theme: str) -> None:
    """The page comes back in the theme, and so does the next one."""
    inspector.press("/account/theme", theme=theme)
    assert inspector.path == "/switch"
    assert f'data-bs-theme="{theme}"' in inspector.text
    assert f'data-bs-theme="{theme}"' in inspector.get("/account").text


def test_an_unknown_theme_changes_nothing(inspector: Browser) -> None:
    """Only the three there are."""
    inspector.press("/account/theme", theme="pink")
    assert 'data-bs-theme="auto"' in inspector.text
