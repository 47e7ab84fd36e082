"""Stock near its date: by lot and place for the supply manager, by product and place for who plans blinded."""

import re
from datetime import timedelta

import pytest

from irt.tables.kit import Kit
from tests.web.extended import dated
from tests.web.parcels import house_of
from tests.web.world import World

PAGE = "/supply/expiring"


def test_each_reads_it_by_what_they_may_know(world: World) -> None:
    """Kits of both arms on one line; depots and sites, and how many of each."""
    dated(world, world.now.date() + timedelta(days=60))
    here = len(house_of(world).rows(Kit, custody="site", place_id=world.sites[0][1]))
    manager, planner = (world.signed_in(f"supply_{who}.all") for who in ("manager", "planner"))
    assert f'href="{PAGE}"' in manager.get("/supply/exceptions").text
    for browser, name in ((manager, "L1"), (planner, "Pen 140 mg/mL")):
        page = browser.get(PAGE).text
        line = re.search(rf"Site {world.sites[0][0]}</td>.*?{here}</td>", page)
        assert line is not None
        assert (name in page, "Depot NLD" in page) == (True, True)
        assert not re.search(r"PEN-[AP]", page)
    assert not re.search(r"\bL1\b", planner.text)


def test_the_days_ahead_are_chosen(world: World) -> None:
    """Nothing within thirty days, and a strange number of days is ninety."""
    dated(world, world.now.date() + timedelta(days=60))
    browser = world.signed_in("supply_manager.all")
    assert "No free kit comes near its date" in browser.get(f"{PAGE}?within=30").text
    assert "within 90 days" in browser.get(f"{PAGE}?within=7").text


@pytest.mark.parametrize("person", ["pharmacist.0", "quality.all"])
def test_nobody_else_reads_it(world: World, person: str) -> None:
    """A site reads its own expiring stock in its stock list."""
    browser = world.signed_in(person)
    assert browser.get(PAGE).status_code == 403
