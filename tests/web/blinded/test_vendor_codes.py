"""The pages of vendors' codes: proposed on one, decided on another; kit types on pages of their own."""

from sqlalchemy import update

from irt.reads.unblinded_vendor_skus import vendor_skus
from irt.tables.columns import table_of
from irt.tables.study import Depot
from tests.cast import PASSWORD
from tests.web.parcels import house_of
from tests.web.world import World


def test_a_code_is_proposed_and_waits(world: World) -> None:
    """Found from the network; what is typed wrong is told; then the proposal's own page."""
    browser = world.signed_in("supply_planner.all")
    address = f"/network/{world.study_id}/codes"
    assert f'href="{address}"' in browser.get("/network").text
    browser.get(address)
    fields = browser.form(address).fields
    typed = {"depot": "NLD", "code_of": "site", "record": world.sites[0][0], "code": "a b", "reason": "As told"}
    assert browser.send(address, {**fields, **typed}).status_code == 400
    page = browser.send(address, {**browser.form(address).fields, **typed, "code": "ST-0088"})
    assert (page.status_code, "ST-0088" in page.text, "waits" in page.text.lower()) == (200, True, True)
    assert world.signed_in("pharmacist.0").get(address).status_code == 403


def test_codes_of_kit_types_are_for_who_may_know_them(world: World) -> None:
    """The supply manager proposes; a blinded planner has no page; the proposer does not decide."""
    with world.store.writing() as connection:
        connection.execute(update(table_of(Depot)).values(blinded=False))
    address = f"/supply/skus/{world.study_id}"
    assert world.signed_in("supply_planner.all").get(address).status_code == 403
    manager = world.signed_in("supply_manager.all")
    manager.get(address)
    typed = {"depot": "NLD", "kit_type": "PEN-A", "code": "770140", "reason": "As told"}
    page = manager.send(address, {**manager.form(address).fields, **typed})
    assert "770140" in page.text
    assert PASSWORD not in page.text
    with world.store.reading() as connection:
        assert vendor_skus(connection, house_of(world).study_id) == ()
