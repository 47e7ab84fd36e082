"""The invoices of the customs broker: which shipments, the paper, and who never sees a value."""

import re
from io import BytesIO

import pikepdf
import pytest

from irt.blinding.roles import Role
from irt.messages.papers import PAPERS
from irt.tables.record import AuditEntry
from tests.irt.messages.test_papers import text_of
from tests.web.api.system import System
from tests.web.browser import Browser
from tests.web.parcels import house_of, kits_of, parcel
from tests.web.unblinded.people import depot_worker
from tests.web.world import World

WORTH = re.compile(r"\b(40\.00|EUR|DAP|300215)\b")
"""What the invoice alone says of a parcel."""


def _broker(world: World) -> Browser:
    world.office.hire("broker", (Role.CUSTOMS_BROKER, {"study_id": world.study_id}))
    return world.signed_in("broker")


def test_the_broker_finds_a_parcel_that_crosses_a_border_and_takes_its_paper(world: World) -> None:
    """From the list to PDF/A, never cached, and written down; the page has no kit number and no value."""
    number, browser = parcel(world, delivered=False), _broker(world)
    page = browser.get("/invoices").text
    assert number in page
    assert "W-1234" in page
    assert not any(kit in page for kit in kits_of(world, number))
    answer = browser.get(f"/invoices/{world.study_id}/{number}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert f"{number}_invoice_" in answer.headers["content-disposition"]
    with pikepdf.open(BytesIO(answer.content)) as file, file.open_metadata() as told:
        assert told.pdfa_status == "3B"
    text = text_of(answer.content)
    assert all(words in text for words in ("40.00", "EUR", "DAP", "300215", "W-1234"))
    assert not any(secret in text for secret in (*kits_of(world, number), "PEN-A", "PEN-P"))
    (entry,) = [row for row in house_of(world).rows(AuditEntry, act="read") if "invoice" in row["record"]]
    assert (entry["record"], entry["new"]) == (f"invoice of {number}", {"rows": 1})


@pytest.mark.parametrize("who", ["pharmacist.0", "supply_planner.all", "quality.all", "monitor.0"])
def test_no_blinded_reader_sees_what_kits_are_worth(world: World, who: str) -> None:
    """Values per kind of kit in a shared paper would tell arms apart: the page is not there for them."""
    number, browser = parcel(world), world.signed_in(who)
    assert "/invoices" not in browser.get("/").text
    assert browser.get(f"/invoices/{world.study_id}/{number}").status_code == 403
    system = System.of(world, who)
    assert system.asks_study(f"/shipments/{number}/invoice.pdf").status_code == 403


def test_the_depot_that_packs_sees_no_value(world: World) -> None:
    """Its papers are those of the manifest, and none of them says what the parcel is worth."""
    number, browser = parcel(world), depot_worker(world)
    assert browser.get(f"/invoices/{world.study_id}/{number}").status_code == 403
    address = f"/depot/{world.study_id}/{number}"
    papers = [f"/manifest/{paper}" for paper in PAPERS]
    answers = [browser.get(f"{address}{part}") for part in ("", "/packing-list", *papers)]
    assert {answer.status_code for answer in answers} == {200}
    told = [text_of(each.content) if each.content.startswith(b"%PDF") else each.text for each in answers]
    assert [WORTH.findall(words) for words in told] == [[]] * len(told)


def test_the_site_that_receives_sees_no_value(world: World) -> None:
    """Neither on the shipment's page nor on its packing list."""
    number, browser = parcel(world), world.signed_in("pharmacist.0")
    for part in ("", "/packing-list"):
        page = browser.get(f"/shipments/{world.study_id}/{number}{part}")
        assert (page.status_code, WORTH.findall(page.text)) == (200, [])


def test_a_shipment_without_a_paper_is_refused_in_words(world: World) -> None:
    """As an address that somebody typed."""
    answer = _broker(world).get(f"/invoices/{world.study_id}/S-99999")
    assert (answer.status_code, "S-99999" in answer.text) == (404, True)


def test_the_api_gives_list_and_paper(world: World) -> None:
    """To a system of the supply manager too, who is unblinded."""
    number = parcel(world, delivered=False)
    system = System.of(world, "supply_manager.all")
    items = system.asks_study("/border-crossings", limit=1).json()["items"]
    assert [item["number"] for item in items] == [number]
    paper = system.asks_study(f"/shipments/{number}/invoice.pdf")
    assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
