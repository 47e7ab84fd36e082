"""Kits of a pool reserved and given back by the supply manager, on the page and over the API."""

import re

import pytest

from irt.blinding.roles import Role
from irt.tables.kit import Kit
from tests.builders_pool import POOL, another_study, the_pool
from tests.builders_supply import SupplyHouse, a_lot
from tests.web.api.system import System
from tests.web.parcels import house_of
from tests.web.world import World


@pytest.fixture
def pool(world: World) -> SupplyHouse:
    """A pool that serves the world's study, with twenty kits of each pen."""
    made = another_study(house_of(world), the_pool())
    made.load(
        [a_lot(lot="A7", blinded_lot="L7", kits=20), a_lot(lot="P7", blinded_lot="L7", kit_type="PEN-P", kits=20)]
    )
    return made


def test_kits_are_reserved_and_given_back_on_the_page(world: World, pool: SupplyHouse) -> None:
    """What is free is told by type; a count of one of two look-alikes is refused; the pool sees who has what."""
    browser = world.signed_in("supply_manager.all")
    assert 'href="/pools"' in browser.get("/kit-lists").text
    page = browser.get("/pools").text
    assert all(words in page for words in ("PEN-A", "PEN-P", POOL, "L7", "NLD", "UNBLINDED"))
    reserve, back = (f"/pools/{world.study_id}/{act}" for act in ("reserve", "give-back"))
    typed = {"source": f"{POOL} at NLD", "kits-PEN-A": "4", "kits-PEN-P": ""}
    refused = browser.press(reserve, **typed)
    assert (refused.status_code, "reserved together" in refused.text) == (409, True)
    assert browser.press(reserve, **{**typed, "kits-PEN-A": ""}).status_code == 400
    browser.press(reserve, **{**typed, "kits-PEN-A": "4", "kits-PEN-P": "6"})
    assert ("The kits are reserved" in browser.text, "T-0001" in browser.text) == (True, True)
    kits = [row["number"] for row in pool.rows(Kit, study_id=pool.study_id, custody="study")]
    assert len(kits) == 10
    assert browser.press(back, numbers=" ", reason="Enough").status_code == 400
    assert browser.press(back, numbers=kits[0], reason=" ").status_code == 400
    browser.press(back, numbers=f"{kits[0]}, {kits[1]}", reason="Enough stock")
    assert ("The kits are given back" in browser.text, "Enough stock" in browser.text) == (True, True)
    world.office.hire("pia", (Role.SUPPLY_MANAGER, {"study_id": pool.study_id}))
    shown = world.signed_in("pia").get("/pools").text
    assert re.search(r"L7.*NB-301.*8", shown, re.DOTALL)
    assert "Reserve for this study" not in shown


def test_the_same_over_the_api(world: World, pool: SupplyHouse) -> None:
    """What is free, a reservation by key, and the way back; nobody else asks."""
    system = System.of(world, "supply_manager.all")
    free = system.asks_study("/pools").json()
    assert {(line["kit_type"], line["kits"]) for line in free["free"]} == {("PEN-A", 20), ("PEN-P", 20)}
    ask = {"pool": POOL, "depot": "NLD", "kits": {"PEN-A": 2, "PEN-P": 2}}
    done = [system.does("/pools/reserve", "one-key-for-it", **ask).json() for _ in range(2)]
    assert done[0] == done[1]
    assert (done[0]["number"], done[0]["kits"], done[0]["lots"]) == ("T-0001", 4, ["L7"])
    (kit, *_) = [row["number"] for row in pool.rows(Kit, study_id=pool.study_id, custody="study")]
    assert system.booked("/pools/give-back", kits=[kit], reason="Enough")["kits"] == 1
    refused = system.does("/pools/reserve", **{**ask, "kits": {"PEN-A": 200, "PEN-P": 1}})
    assert (refused.status_code, refused.json()["name"]) == (409, "PoolShort")
    assert System.of(world, "quality.all").asks_study("/pools").status_code == 403
    browser = world.signed_in("quality.all")
    assert browser.get("/pools").status_code == 403
