"""The pages of an interface's test: found by both sides; what lacks, what is open, and the button that opens it."""

from tests.web.unblinded.people import depot_worker
from tests.web.world import World


def test_supply_and_depot_find_the_test(world: World) -> None:
    """In production the page says that the interface is not open; opening it is refused until it is signed."""
    depot = depot_worker(world)
    assert 'href="/interfaces"' in depot.get("/depot").text
    address = f"/interfaces/{world.study_id}/NLD"
    assert f'href="{address}"' in depot.get("/interfaces").text
    assert "Open the interface" not in depot.get(address).text
    supply = world.signed_in("supply_planner.all")
    assert "The interface is not open" in supply.get(address).text
    page = supply.send(f"{address}/open", supply.form(f"{address}/open").fields)
    assert (page.status_code, "signed by the vendor" in page.text) == (409, True)
    signed = supply.send(f"{address}/sign", {**supply.form(f"{address}/open").fields, "password": "x"})
    assert (signed.status_code, "test mode" in signed.text) == (400, True)
    assert depot_worker(world, elsewhere=True).get(address).status_code == 404
    assert world.signed_in("pharmacist.0").get(address).status_code == 403
