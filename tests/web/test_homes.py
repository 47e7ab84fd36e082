"""Every account of the demonstration has a home: a page of its own that shows something and refuses nothing."""

import re

import pytest

from irt.blinding.roles import SITE_ROLES, Role
from irt.enrolment.cast import PARTS
from tests.web.api.system import depot_of
from tests.web.world import World


@pytest.mark.parametrize("role", [part.role for part in PARTS])
def test_a_role_lands_on_a_page_of_its_own(world: World, role: Role) -> None:
    """Neither refused nor sent to choose where there is one study; and every door of its navigation opens."""
    where = {"study_id": world.study_id}
    if role in SITE_ROLES:
        where["site_id"] = world.sites[0][1]
    if role == Role.DEPOT:
        where["depot_id"] = depot_of(world)
    world.office.hire("somebody", (role, where))
    browser = world.signed_in("somebody")
    assert browser.get("/").status_code == 200
    assert browser.path not in ("/switch", "/account", "/")
    doors = set(re.findall(r'<a[^>]*href="(/[a-z-]+)"', browser.text)) - {"/switch", "/account"}
    assert any(browser.path.startswith(door) for door in doors)
    assert {door: browser.get(door).status_code for door in doors} == dict.fromkeys(doors, 200)
