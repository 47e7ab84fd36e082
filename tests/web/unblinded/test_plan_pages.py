"""A plan's pages: what it comes to, what leaves, stock and expiry to come, the network, files to take away."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from irt.tables.record import AuditEntry
from irt.tables.subject import Subject
from tests.rows import put
from tests.web.parcels import house_of
from tests.web.planned import a_kept_plan
from tests.web.world import World

PAGES = (
    "",
    "/consignments",
    "/consignments/0",
    "/stock",
    "/expiry",
    "/network",
    "/reasons",
    "/compare",
    "/approve",
)


def many_subjects(world: World) -> None:
    """Five subjects at the first site: its kit types may be named."""
    for number in range(5):
        facts = {"number": f"1001-{9000 + number}", "status": "randomized", "screened_on": world.now.date()}
        put(world.store, Subject, sponsor_id=1, study_id=world.study_id, site_id=world.sites[0][1], **facts)


def test_the_overview_says_cost_bound_service_and_hash(world: World) -> None:
    """Figures, the cost split with its table, the proof, costs by depot and class."""
    number = a_kept_plan(world)
    page = world.signed_in("supply_manager.all").get(f"/supply/optimizer/{number}").text
    assert "UNBLINDED" in page
    for words in (
        "Total cost",
        "Proven bound",
        "100.00 %",
        "Numbers behind the picture",
        "Costs by depot",
        "clean",
    ):
        assert words in page
    assert "Proven within its gap" in page


def test_consignments_name_kits_by_blinding_group_at_small_sites(world: World) -> None:
    """Below five subjects no kit type stands beside a site, nor in its reasons; from five on each type does."""
    number = a_kept_plan(world)
    browser, address = world.signed_in("supply_manager.all"), f"/supply/optimizer/{number}"
    for page in ("/consignments", "/consignments/0", "/stock?place=1001"):
        text = browser.get(address + page).text
        assert "PEN-A" not in text
        assert "PEN-P" not in text
    many_subjects(world)
    assert "4 PEN-A," in browser.get(f"{address}/consignments?search=1001").text
    assert "PEN-A" in browser.get(f"{address}/stock?place=1001").text


def test_parcels_to_homes_are_told_apart(world: World) -> None:
    """By country and without a box to tick; every page takes them, figures count them by themselves."""
    number = a_kept_plan(world, homes=True)
    browser, address = world.signed_in("supply_manager.all"), f"/supply/optimizer/{number}"
    page = browser.get(f"{address}/consignments").text
    assert page.count("when dispensed") == 2
    assert page.count('form="wishes"') == 2
    assert "Homes in GB" in page
    assert "Kept for homes in GB" in page
    at = page.index("Homes in GB, ")
    why = page[page.index(f"{address}/consignments/", at) :].partition('"')[0]
    told = browser.get(why).text
    assert "when the kits are dispensed, not by the plan" in told
    assert "Lay down" not in told
    assert "Homes in GB" in browser.get(f"{address}/stock?place=homes GB").text
    assert "Kits in parcels to homes" in browser.get(f"{address}/compare").text
    assert all(browser.get(f"{address}{tab}").status_code == 200 for tab in PAGES)
    assert "homes" not in world.signed_in("supply_planner.all").get(f"/supply/plans/{number}").text.casefold()


def test_a_consignment_can_be_looked_for(world: World) -> None:
    """By its place; what matches nothing says so."""
    number = a_kept_plan(world)
    browser, address = world.signed_in("supply_manager.all"), f"/supply/optimizer/{number}/consignments"
    assert "1 consignment, by day" in browser.get(f"{address}?search=1002").text
    assert "Nothing matches this search" in browser.get(f"{address}?search=nowhere").text


def test_stock_expiry_and_network_have_their_tables(world: World) -> None:
    """Beside each picture its numbers; the depot goes by its own code."""
    number = a_kept_plan(world)
    browser, address = world.signed_in("supply_manager.all"), f"/supply/optimizer/{number}"
    stock = browser.get(f"{address}/stock?place=1001").text
    assert all(words in stock for words in ("Lowest", "1 delivery", "Numbers behind the picture", "Depot NLD"))
    assert "good at the end" in browser.get(f"{address}/expiry").text
    assert "NLD&gt;1001" in browser.get(f"{address}/network").text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_table_can_be_taken_away(world: World, kind: str) -> None:
    """As CSV and as a workbook, its name saying the time; written down each time."""
    number = a_kept_plan(world)
    browser, address = world.signed_in("supply_manager.all"), f"/supply/optimizer/{number}"
    for sheet in ("consignments", "lanes", "depots", "classes", "stock", "expiry", "carbon"):
        browser.get(address)
        answer = browser.press(f"{address}/export", sheet=sheet, format=kind)
        assert answer.status_code == 200
        assert f'"plan_{number}_{sheet}_20260317T0800Z.{kind}"' in answer.headers["content-disposition"]
        if kind == "xlsx":
            assert ZipFile(BytesIO(answer.content)).testzip() is None
    assert len(house_of(world).rows(AuditEntry, act="read")) == 7


def test_a_file_names_small_sites_by_group_too(world: World) -> None:
    """What a page does not say, its file does not say."""
    number = a_kept_plan(world)
    browser, address = world.signed_in("supply_manager.all"), f"/supply/optimizer/{number}"
    browser.get(address)
    text = browser.press(f"{address}/export", sheet="consignments", format="csv").text
    assert "1001" in text
    assert "PEN-A" not in text
    assert browser.get(address).status_code == 200
    assert browser.press(f"{address}/export", sheet="secrets", format="csv").status_code == 400


def test_blinded_planners_get_no_further_than_the_door(world: World) -> None:
    """They are shown their own page, or none."""
    number = a_kept_plan(world)
    browser = world.signed_in("supply_planner.all")
    assert browser.get(f"/supply/optimizer/{number}").url.path == f"/supply/plans/{number}"
    assert browser.get("/supply/optimizer").url.path == "/supply/plans"
    for page in PAGES[1:]:
        assert browser.get(f"/supply/optimizer/{number}{page}").status_code == 403
    assert browser.get("/supply/optimizer/runs/1").status_code == 403
    assert browser.get("/supply/optimizer/runs/1/progress").status_code == 403


def test_a_plan_that_is_not_there_says_so(world: World) -> None:
    """As does a consignment."""
    number = a_kept_plan(world)
    browser = world.signed_in("supply_manager.all")
    assert browser.get("/supply/optimizer/99").status_code == 404
    assert browser.get(f"/supply/optimizer/{number}/consignments/99").status_code == 400
    assert browser.get("/supply/optimizer/runs/99").status_code == 404
