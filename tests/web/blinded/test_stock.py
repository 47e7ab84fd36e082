"""The stock page: filters, paging, the scan, and the file."""

import re

from sqlalchemy import text

from irt.blinding.roles import Role
from tests.web.parcels import parcel
from tests.web.world import World

KIT_LINK = re.compile(r'href="/stock/\d+/kits/(\d+)"')


def test_it_lists_the_kits_of_the_site_by_number(world: World) -> None:
    """Fifty kits a page in order of number; the second page holds the rest, and none is shown twice."""
    browser = world.signed_in("pharmacist.0")
    first = KIT_LINK.findall(browser.get("/stock").text)
    assert (len(first), first) == (50, sorted(first))
    assert "1–50 of 60 kits" in browser.text
    following = re.search(r'rel="next" href="([^"]+)"', browser.text)
    assert following is not None
    second = KIT_LINK.findall(browser.get(following[1]).text)
    assert second == sorted(second)
    assert len(set(first) | set(second)) == 60


def test_the_whole_list_is_one_page_to_print(world: World) -> None:
    """All sixty, without a pager."""
    page = world.signed_in("pharmacist.0").get("/stock?all=true").text
    assert len(KIT_LINK.findall(page)) == 60
    assert "data-irt-print" in page


def test_filters_narrow_the_list_and_can_be_cleared(world: World) -> None:
    """A state without kits says so, and how to go on; tiles still count every state."""
    parcel(world)
    browser = world.signed_in("pharmacist.0")
    assert KIT_LINK.findall(browser.get("/stock?state=hold").text) == []
    assert "Nothing matches these filters." in browser.text
    assert 'href="/stock">Clear filters' in browser.text
    assert len(KIT_LINK.findall(browser.get("/stock?state=coming").text)) == 4
    assert "In transit" in browser.text


def test_a_scan_opens_the_kit(world: World) -> None:
    """A number of the site leads to its page; another says that it is none, and changes nothing."""
    browser = world.signed_in("pharmacist.0")
    number = KIT_LINK.findall(browser.get("/stock").text)[7]
    browser.get(f"/stock?code={number}")
    assert browser.path == f"/stock/{world.study_id}/kits/{number}"
    answer = browser.get("/stock?code=99999")
    assert (answer.status_code, "99999 is not a kit of this site" in answer.text) == (200, True)


def test_another_sites_kit_reads_as_no_kit(world: World) -> None:
    """The same answer as for a number that does not exist."""
    number = KIT_LINK.findall(world.signed_in("pharmacist.1").get("/stock").text)[0]
    browser = world.signed_in("pharmacist.0")
    other = browser.get(f"/stock/{world.study_id}/kits/{number}")
    none = browser.get(f"/stock/{world.study_id}/kits/1")
    assert (other.status_code, none.status_code) == (404, 404)
    assert "No such kit here" in other.text
    assert "No such kit here" in none.text


def test_a_person_without_stock_is_refused(world: World) -> None:
    """A role that sees no kits."""
    world.office.hire("team", (Role.STUDY_TEAM, {"study_id": world.study_id}))
    assert world.signed_in("team").get("/stock").status_code == 403


def test_the_file_holds_the_filtered_rows_and_is_written_down(world: World) -> None:
    """The same rows and columns; the reading is in the audit trail once, however often the button is pressed."""
    browser = world.signed_in("pharmacist.0")
    browser.get("/stock?state=usable")
    fields = browser.form("/stock/export").fields
    answer = browser.send("/stock/export", fields)
    browser.send("/stock/export", fields)
    lines = answer.text.lstrip("\ufeff").splitlines()
    assert lines[0] == "Kit,Study,Site,Product,Storage,Lot,Use by,Place,State"
    assert len(lines) == 61
    assert "stock_20260317T0800Z.csv" in answer.headers["content-disposition"]
    with world.store.reading() as connection:
        read = connection.execute(text("SELECT new FROM audit_entry WHERE act = 'read'")).all()
    assert len(read) == 1
    assert '"rows":60' in str(read[0][0]).replace(" ", "")


def test_nothing_on_the_page_tells_a_type(world: World) -> None:
    """No kit type, no manufacturing lot, no sequence; the product is the blinding group's name."""
    page = world.signed_in("pharmacist.0").get("/stock?all=true").text
    seen = re.sub(r"<[^>]+>", " ", page)
    for secret in ("PEN-A", "PEN-P", "A1", "P1", "sequence", "placebo"):
        assert not re.search(rf"\b{secret}\b", seen, re.IGNORECASE)
    assert "Pen 140 mg/mL" in seen
