"""Each role in a real browser: where it lands, every door of its row, and no page that fails or shuts it out."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from irt.blinding.roles import SITE_ROLES, Role
from tests.web.api.live import served
from tests.web.api.system import depot_of
from tests.web.blinded.test_jobs_in_browser import WIDTHS, examine
from tests.web.keyboard import sign_in
from tests.web.preview.browser import browser
from tests.web.ward import randomized, treated
from tests.web.world import World

pytestmark = pytest.mark.browser

EVERYWHERE = {Role.CONFIGURATOR, Role.ADMINISTRATOR, Role.HELP_DESK}
"""Their part is the installation's, and no study's."""
SELDOM_SEEN = (Role.COURIER, Role.CUSTOMS_BROKER, Role.HELP_DESK, Role.SAFETY, Role.PATIENT)
"""No other test of a page in a browser signs in as these."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for all."""
    with browser() as running:
        yield running


@pytest.mark.parametrize(
    "roles",
    [
        pytest.param(SELDOM_SEEN, id="those that are seldom seen"),
        pytest.param(tuple(Role), id="all", marks=pytest.mark.slow),
    ],
)
def test_every_door_opens(chromium: Browser, world: World, roles: tuple[Role, ...]) -> None:
    """Each page behind the row answers, has a heading, loads all it names, and says nothing to the console.

    Where all roles are asked for, axe looks at each page at two widths.
    """
    treated(world)
    randomized(world)
    for role in roles:
        world.office.hire(f"{role}.one", (role, _where(world, role)))
    with served(world) as address:
        for role in roles:
            seen = _walked(chromium, address, f"{role}.one", examined=len(roles) == len(Role))
            assert len(seen) > 1 or role is Role.PATIENT, (role, seen)


def _where(world: World, role: Role) -> dict[str, Any]:
    if role in EVERYWHERE:
        return {}
    here: dict[str, Any] = {"study_id": world.study_id}
    if role in SITE_ROLES:
        here["site_id"] = world.sites[0][1]
    if role is Role.DEPOT:
        here["depot_id"] = depot_of(world)
    return here


def _walked(chromium: Browser, address: str, username: str, *, examined: bool) -> list[str]:
    """Signs in and opens every door of the row; the addresses seen."""
    tab = chromium.new_context(viewport={"width": WIDTHS[0], "height": 900}).new_page()
    faults: list[str] = []
    tab.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
    tab.on("pageerror", lambda fault: faults.append(str(fault)))
    tab.on("response", lambda answer: faults.extend(_faults_in(answer)))
    sign_in(tab, address, username, "/switch")
    seen = ["/switch", *_doors(tab)]
    for path in seen:
        tab.goto(address + path)
        expect(tab.locator("h1").first).to_be_visible()
        if examined:
            examine(tab, f"{username} {path}", *WIDTHS)
    tab.context.close()
    assert not faults, (username, faults)
    return seen


def _faults_in(answer: Response) -> list[str]:
    return [f"{answer.status} {answer.url}"] if answer.status >= 400 else []


def _doors(tab: Page) -> list[str]:
    found = tab.locator("nav.irt-nav a[href], nav.irt-menu-nav a[href]").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    return [path for path in dict.fromkeys(found) if path.startswith("/")]
