"""The page of the documentation in a real browser, under its policy and without any other host."""

from pathlib import Path

import pytest

from tests.web.api.live import served
from tests.web.preview.browser import browser
from tests.web.world import World


@pytest.mark.browser
def test_every_operation_is_shown_and_nothing_is_fetched_elsewhere(world: World, tmp_path: Path) -> None:
    """The page draws itself from the document; the browser complains of nothing."""
    complaints: list[str] = []
    fetched: list[str] = []
    with served(world) as address, browser() as running:
        page = running.new_page(viewport={"width": 1280, "height": 900})
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.on("request", lambda request: fetched.append(request.url))
        page.goto(f"{address}/api/docs")
        page.wait_for_selector(".opblock")
        shown = page.locator(".opblock").count()
        page.locator("#operations-subjects-randomize_subject .opblock-summary-control").click()
        page.wait_for_selector("#operations-subjects-randomize_subject .opblock-body")
        page.screenshot(path=tmp_path / "docs.png")
    assert shown > 40
    assert complaints == []
    assert [each for each in fetched if not each.startswith((f"{address}/", "data:"))] == []
