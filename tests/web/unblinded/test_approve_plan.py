"""The button Sign under a plan: what leaves today and tomorrow becomes shipments, once, for whoever may."""

from datetime import timedelta
from io import BytesIO

from pypdf import PdfReader

from irt.blinding.roles import Role
from irt.services.order_kits import OrderKits, order_kits
from irt.services.ship_plan import CHANGED
from irt.tables.plan import PlanApproval
from irt.tables.record import AuditEntry
from irt.tables.shipment import Shipment
from tests.cast import PASSWORD
from tests.web.parcels import house_of
from tests.web.planned import a_kept_plan
from tests.web.world import World


def test_a_signed_plan_becomes_shipments(world: World) -> None:
    """Hash, meaning and password; both consignments are asked of the depot, and the plan says who signed."""
    number = a_kept_plan(world)
    house = house_of(world)
    before = len(house.rows(Shipment))
    browser, address = world.signed_in("supply_manager.all"), f"/supply/optimizer/{number}"
    page = browser.get(f"{address}/approve").text
    assert all(words in page for words in ("2 consignments", "Approve and sign", "Record hash"))
    browser.press(f"{address}/approve", password=PASSWORD)
    raised = house.rows(Shipment)[before:]
    assert "Plan 1 is approved" in browser.text
    assert all(row["number"] in browser.text for row in raised)
    assert "stayed behind" not in browser.text
    assert [row["raised_by"] for row in raised] == ["plan", "plan"]
    assert raised[0]["number"] in browser.get(f"{address}/consignments").text
    assert "Approve …" not in browser.text


def test_what_stayed_behind_says_why(world: World) -> None:
    """A site was sent something by hand since: its consignment stays, and the plan's pages name the rule."""
    number = a_kept_plan(world)
    house = house_of(world)
    house.day = world.now.date() + timedelta(days=1)
    ask = OrderKits(study_id=house.study_id, site=world.sites[0][0], kits={"PEN-A": 1}, reason="A fridge failed")
    house.do(Role.SUPPLY_MANAGER, order_kits, ask)
    browser, address = world.signed_in("supply_manager.all"), f"/supply/optimizer/{number}"
    browser.get(f"{address}/approve")
    browser.press(f"{address}/approve", password=PASSWORD)
    assert f"stayed behind: {CHANGED}" in browser.get(f"{address}/consignments").text
    assert CHANGED in browser.get(f"{address}/approve").text


def test_a_wrong_password_or_another_hash_signs_nothing(world: World) -> None:
    """The page says so, and the panel stays."""
    number = a_kept_plan(world)
    browser, address = world.signed_in("supply_manager.all"), f"/supply/optimizer/{number}/approve"
    browser.get(address)
    assert browser.press(address, password="not this one").status_code == 403
    assert "Approve and sign" in browser.text
    assert browser.press(address, password=PASSWORD, digest="0" * 64).status_code == 409
    assert "Nothing was signed" in browser.text
    assert house_of(world).rows(PlanApproval) == []


def words_of(paper: bytes) -> str:
    """All the words of a PDF."""
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages)


def test_a_plan_has_a_paper_for_the_file(world: World) -> None:
    """Before its signature the paper says so; afterwards it shows who signed what. Each taking is written down."""
    number = a_kept_plan(world)
    browser, address = world.signed_in("supply_manager.all"), f"/supply/optimizer/{number}"
    browser.get(address)
    answer = browser.press(f"{address}/paper")
    assert f'"plan_{number}_20260317T0800Z.pdf"' in answer.headers["content-disposition"]
    words = words_of(answer.content)
    assert all(said in words for said in ("not approved", "What was decided", "no plan of this problem costs less"))
    assert "PEN-A" not in words
    browser.get(f"{address}/approve")
    browser.press(f"{address}/approve", password=PASSWORD)
    browser.get(address)
    signed = words_of(browser.press(f"{address}/paper").content)
    assert "Hash of what was signed" in signed
    assert "not approved" not in signed
    assert len(house_of(world).rows(AuditEntry, act="read")) == 2
