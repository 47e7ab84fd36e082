"""Pages of gates in a real browser: what axe finds, on a desk and on a phone."""

import pytest

from tests.web.api.live import served
from tests.web.blinded.test_jobs_in_browser import enter, examine
from tests.web.preview.browser import browser
from tests.web.unblinded.test_gates import a_run, without_an_engine
from tests.web.world import World

__all__ = ["without_an_engine"]
pytestmark = pytest.mark.browser
PATHS = {
    1280: ("/gates/1/runs/1", "/gates/compare?first=1.1&second=1.1"),
    375: ("/gates", "/gates/1", "/gates/new"),
}


def test_pages_have_no_barriers(world: World) -> None:
    """A gate with a run that passed; nothing scrolls sideways."""
    a_run(world, courses=True)
    with browser() as chromium, served(world) as address:
        for width, paths in PATHS.items():
            tab = enter(chromium, address, "supply_manager.all", width)
            for path in paths:
                tab.goto(address + path)
                examine(tab, path, width)
            tab.context.close()
