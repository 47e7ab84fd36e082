"""Shipments as the site sees them: the list, one shipment, its packing list."""

import re

import pytest
from sqlalchemy import text

from irt.tables.secret import ManufacturingLot
from tests.web.parcels import house_of, kits_of, parcel, requested_parcel
from tests.web.world import World


def test_awaited_shipments_come_first(world: World) -> None:
    """What is on its way with its button, what was received below it."""
    number = parcel(world)
    page = world.signed_in("pharmacist.0").get("/shipments").text
    assert page.index(number) < page.index("Earlier") < page.index("S-10001")
    assert f"/shipments/{world.study_id}/{number}/receive" in page


def test_a_shipment_shows_its_steps_and_kits(world: World) -> None:
    """Waybill, monitor, steps in order, kits by number with the lot on the label."""
    number = parcel(world)
    page = world.signed_in("pharmacist.0").get(f"/shipments/{world.study_id}/{number}").text
    kits = kits_of(world, number)
    assert re.findall(r'irt-kit" translate="no">(\d+)<', page) == kits
    assert all(words in page for words in ("W-1234", "TM-77", "L1", "Delivered", "Acknowledged"))


def test_kits_are_named_once_they_have_left(world: World) -> None:
    """What the depot prepares is announced without its kits."""
    number = requested_parcel(world)
    browser = world.signed_in("pharmacist.0")
    page = browser.get(f"/shipments/{world.study_id}/{number}").text
    assert "The depot is preparing this shipment." in page
    assert not any(kit in page for kit in kits_of(world, number))
    browser.get(f"/shipments/{world.study_id}/{number}/receive")
    assert browser.path == f"/shipments/{world.study_id}/{number}"


def test_the_packing_list_is_blinded(world: World) -> None:
    """Kits by number, the lot on the label; no type, no manufacturing lot."""
    number = parcel(world)
    page = world.signed_in("pharmacist.0").get(f"/shipments/{world.study_id}/{number}/packing-list").text
    assert all(kit in page for kit in kits_of(world, number))
    assert "PEN-A" not in page
    assert "PEN-P" not in page
    assert "PEN" not in page
    lots = [row["number"] for row in house_of(world).rows(ManufacturingLot)]
    assert lots
    assert set(re.findall(rf"\b({'|'.join(lots)}|L1)\b", page)) == {"L1"}


def test_another_sites_shipment_reads_as_none(world: World) -> None:
    """The same answer as for a number that does not exist."""
    number = parcel(world)
    browser = world.signed_in("pharmacist.1")
    for asked in (number, "S-99999"):
        answer = browser.get(f"/shipments/{world.study_id}/{asked}")
        assert (answer.status_code, "No such shipment" in answer.text) == (404, True)


@pytest.mark.parametrize(
    ("blinded", "words"), [(1, "a blinded depot"), (0, "an unblinded depot: ask it nothing about these kits")]
)
def test_a_parcel_says_whether_its_depot_may_be_asked(world: World, blinded: int, words: str) -> None:
    """On its page, where somebody would look for whom to telephone (L39)."""
    number = parcel(world)
    with world.store.writing() as connection:
        connection.execute(text("UPDATE depot SET blinded = :blinded"), {"blinded": blinded})
    assert words in world.signed_in("pharmacist.0").get(f"/shipments/{world.study_id}/{number}").text
