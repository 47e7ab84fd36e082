"""The page of the documentation in a real browser, under its policy and without any other host."""

from pathlib import Path
from typing import Any

import pytest

from tests.web.api.live import served
from tests.web.preview.browser import browser
from tests.web.world import World
from web.api.document import TAGS

OPERATIONS = (
    ("studies", "list_studies"),
    ("subjects", "randomize_subject"),
    ("randomization", "take_evidence"),
    ("health", "health"),
)
"""The first one, two between, and the last."""
DOCUMENT = "/api/v1/openapi.json"
PATIENCE_MS = 240_000
"""The page needs ten seconds for the whole document, and a machine may have other work."""
AGED = "Deprecated: escaping deep link whitespace with `_`"
"""What the page's maker says of every link to a name with an underscore, though it works."""


def test_every_operation_has_a_link_of_its_own(world: World) -> None:
    """The page makes it of the tag and the name: each has one tag of the list, and no two share a link."""
    document = world.client().get(DOCUMENT).json()
    operations = [each for path in document["paths"].values() for each in path.values()]
    links = [(*each["tags"], each["operationId"]) for each in operations]
    assert {len(link) for link in links} == {2}
    assert {tag for tag, _ in links} == {*TAGS}
    assert len({*links}) == len(links) > 200
    assert {*OPERATIONS} <= {*links}


@pytest.mark.browser
def test_an_operation_is_shown_and_nothing_is_fetched_elsewhere(world: World, tmp_path: Path) -> None:
    """The page draws itself from the document, here from a short one; the browser complains of nothing."""
    document = world.client().get(DOCUMENT).json()
    tags = {OPERATIONS[0][0], OPERATIONS[-1][0]}
    few = {path: each for path, each in document["paths"].items() if tags & {*next(iter(each.values()))["tags"]}}
    _look_at(world, tmp_path, OPERATIONS[-1:], {**document, "paths": few})


@pytest.mark.slow
@pytest.mark.browser
def test_every_operation_is_shown(world: World, tmp_path: Path) -> None:
    """Near and far ones by their link: of many it draws those in sight, the others when somebody comes to them."""
    _look_at(world, tmp_path, OPERATIONS)


def _look_at(
    world: World, folder: Path, operations: tuple[tuple[str, str], ...], document: dict[str, Any] | None = None
) -> None:
    """Opens the page, then each of these by its link; with another document where one is given."""
    complaints: list[str] = []
    fetched: list[str] = []
    with served(world) as address, browser() as running:
        page = running.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.on("request", lambda request: fetched.append(request.url))
        if document is not None:
            page.route(f"**{DOCUMENT}", lambda route: route.fulfill(json=document))
        page.goto(f"{address}/api/docs")
        page.wait_for_selector(".opblock")
        page.screenshot(path=folder / "docs.png")
        for tag, name in operations:
            page.goto("about:blank")
            page.goto(f"{address}/api/docs#/{tag}/{name}")
            page.wait_for_selector(f"#operations-{tag}-{name} .opblock-body")
    assert [each for each in complaints if not each.startswith(AGED)] == []
    assert [each for each in fetched if not each.startswith((f"{address}/", "data:", "about:"))] == []
