"""Lists come in pages that join without gap or overlap, and hold what the token may see."""

import pytest

from tests.web.api.system import System
from tests.web.ward import treated
from tests.web.world import World


def _whole(system: System, path: str, limit: int) -> list[object]:
    """Every entry of a list, page by page."""
    found: list[object] = []
    after: object = None
    while True:
        page = system.asks_study(path, limit=limit, **({} if after is None else {"after": after})).json()
        assert len(page["items"]) <= limit
        found += page["items"]
        after = page["next"]
        if after is None:
            return found


@pytest.mark.parametrize(
    ("path", "limit"), [("/subjects", 2), ("/sites/1001/kits", 7), ("/audit-trail", 3), ("/audit-trail", 60)]
)
def test_pages_join_to_the_whole_list(investigator: System, path: str, limit: int) -> None:
    """The same entries in the same order as one large page."""
    for _ in range(5):
        investigator.screens()
    whole = investigator.asks_study(path, limit=200).json()["items"]
    assert len(whole) >= 5
    assert _whole(investigator, path, limit) == whole


def test_sites_and_studies_are_those_of_the_token(world: World, investigator: System) -> None:
    """A site's token sees its site, a study's token every site, page by page."""
    assert [each["site"] for each in investigator.asks_study("/sites").json()["items"]] == ["1001"]
    inspector = System.of(world, "inspector.all")
    sites = [each["site"] for each in inspector.asks_study("/sites", limit=200).json()["items"]]
    assert {"1001", "1002"} < set(sites)
    assert [each["site"] for each in _whole(inspector, "/sites", 5)] == sites  # type: ignore[index]  # JSON objects
    assert [each["study_id"] for each in investigator.asks("/studies").json()["items"]] == [world.study_id]


def test_subjects_of_one_site(world: World, investigator: System, neighbour: System) -> None:
    """A study's token may name the site; a site's token gets its own whatever it names."""
    here, there = investigator.screens(), _screens_at(neighbour)
    inspector = System.of(world, "inspector.all")
    assert [each["subject"] for each in inspector.asks_study("/subjects").json()["items"]] == [here, there]
    assert [each["subject"] for each in inspector.asks_study("/subjects", site="1002").json()["items"]] == [there]
    assert investigator.asks_study("/subjects", site="1002").json()["items"] == []


def _screens_at(neighbour: System) -> str:
    asked = {"site": neighbour.world.sites[1][0], "on_day": neighbour.today}
    return str(neighbour.booked("/subjects/screen", **asked)["subject"])


def test_a_person_without_a_role_sees_nothing(world: World) -> None:
    """A role in another place shows no study at all."""
    world.office.hire("stranger")
    stranger = System.of(world, "stranger")
    assert stranger.asks("/studies").json() == {"items": [], "next": None}
    assert stranger.asks_study("/sites").status_code == 404


def test_what_waits_is_told_as_tasks(investigator: System) -> None:
    """A randomized subject's order waits for its signature."""
    subject = investigator.randomizes()
    tasks = investigator.asks_study("/tasks").json()
    assert any(subject in task["about"] and task["kind"] == "order" for task in tasks["items"])
    assert tasks["all_tasks"] == len(tasks["items"])


def test_what_was_finished_today_is_listed(world: World) -> None:
    """The work of one day at the owner's sites."""
    system = System.of(world, "pharmacist.0")
    treated(world)
    treated(world, site=1)
    told = system.asks_study("/finished-tasks").json()
    assert told["day"] == system.today
    assert sorted(item["title"] for item in told["items"]) == ["Dispense", "Randomize", "Screen", "Sign order"]
