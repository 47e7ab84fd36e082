"""The page of the documentation in a real browser, under its policy and without any other host."""

from pathlib import Path

import pytest

from tests.web.api.live import served
from tests.web.preview.browser import browser
from tests.web.world import World

OPERATIONS = (
    ("studies", "list_studies"),
    ("subjects", "randomize_subject"),
    ("randomization", "take_evidence"),
    ("health", "health"),
)
"""The first one, two between, and the last."""
AGED = "Deprecated: escaping deep link whitespace with `_`"
"""What the page's maker says of every link to a name with an underscore, though it works."""


@pytest.mark.browser
def test_every_operation_is_shown_and_nothing_is_fetched_elsewhere(world: World, tmp_path: Path) -> None:
    """The page draws itself from the document, near and far ones by their link; the browser complains of nothing.

    Of many operations it draws those that are in sight, and the others when somebody comes to them.
    """
    complaints: list[str] = []
    fetched: list[str] = []
    with served(world) as address, browser() as running:
        page = running.new_page(viewport={"width": 1280, "height": 900})
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.on("request", lambda request: fetched.append(request.url))
        page.goto(f"{address}/api/docs")
        page.wait_for_selector(".opblock")
        page.screenshot(path=tmp_path / "docs.png")
        for tag, name in OPERATIONS:
            page.goto("about:blank")
            page.goto(f"{address}/api/docs#/{tag}/{name}")
            page.wait_for_selector(f"#operations-{tag}-{name} .opblock-body")
    assert [each for each in complaints if not each.startswith(AGED)] == []
    assert [each for each in fetched if not each.startswith((f"{address}/", "data:", "about:"))] == []
