"""The buttons of the count: Add, Finish, Confirm the count."""

import re

from sqlalchemy import text

from tests.web.blinded.test_stock import KIT_LINK
from tests.web.browser import Browser, forms_of
from tests.web.parcels import kits_of, parcel
from tests.web.world import World

SCAN, COMPARE, CONFIRM = "/stock/count/scan", "/stock/count/compare", "/stock/count"


def _shelf(browser: Browser) -> list[str]:
    return KIT_LINK.findall(browser.get("/stock?state=usable&all=true").text)


def _told(page: str, numbers: list[str]) -> list[str]:
    """The numbers a page names; digits within a form's random key are no number."""
    return [number for number in numbers if re.search(rf"\b{number}\b", page)]


def _counts(world: World) -> int:
    with world.store.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM stock_count")).scalar_one())


def _scan_all(browser: Browser, numbers: list[str]) -> None:
    """The count page after these scans; one scan is pressed, the others are in the draft already."""
    browser.get("/stock/count")
    fields = browser.form(SCAN).fields
    browser.send(SCAN, {**fields, "scanned": ",".join(numbers[:-1]), "code": numbers[-1]})


def test_a_full_count_books_a_match(world: World) -> None:
    """Count, the scans, Finish, Confirm: n + 4 with the stock page before it."""
    browser = world.signed_in("pharmacist.0")
    shelf = _shelf(browser)
    _scan_all(browser, shelf)
    browser.press(COMPARE)
    assert "Everything matches" in browser.text
    browser.press(CONFIRM)
    assert "60 kits matched, 0 differences." in browser.text
    assert _counts(world) == 1


def test_what_is_expected_stays_hidden_until_finish(world: World) -> None:
    """The count page shows scanned numbers alone, in its text and in its source."""
    browser = world.signed_in("pharmacist.0")
    shelf = _shelf(browser)
    _scan_all(browser, shelf[:2])
    assert _told(browser.text, shelf) == shelf[:2]
    assert _told(browser.get("/stock/count/sheet?site=1").text, shelf) == []


def test_each_difference_takes_a_reason(world: World) -> None:
    """Without reasons the count is refused in words and everything stays; with them it is booked once."""
    awaited = kits_of(world, parcel(world))[0]
    browser = world.signed_in("pharmacist.0")
    shelf = _shelf(browser)
    _scan_all(browser, [*shelf[1:], awaited, "424242"])
    browser.press(COMPARE)
    assert all(f"reason-{number}" in browser.text for number in (shelf[0], awaited, "424242"))
    assert "Receive the shipment" in browser.text
    answer = browser.press(CONFIRM)
    assert (answer.status_code, _counts(world)) == (409, 0)
    assert "The count is not booked yet" in answer.text
    fields = browser.form(CONFIRM).fields
    typed = {f"reason-{shelf[0]}": "not on the shelf", "reason-all": "set apart"}
    browser.send(CONFIRM, {**fields, **typed})
    assert "59 kits matched, 3 differences with a reason." in browser.text
    browser.send(CONFIRM, {**fields, **typed})
    assert _counts(world) == 1
    assert "Missing" in browser.get(f"/stock/{world.study_id}/kits/{shelf[0]}").text


def test_a_recount_resolves_a_difference(world: World) -> None:
    """A kit scanned after Finish moves to the matched ones, a wrong number is taken out again."""
    browser = world.signed_in("pharmacist.0")
    shelf = _shelf(browser)
    _scan_all(browser, [*shelf[1:], "424242"])
    browser.press(COMPARE)
    recount = next(form for form in _forms(browser, COMPARE))
    browser.send(COMPARE, {**recount, "code": shelf[0]})
    assert "1 difference" in browser.text
    browser.send(COMPARE, {**next(form for form in _forms(browser, COMPARE)), "out": "424242"})
    assert "Everything matches" in browser.text


def _forms(browser: Browser, action: str) -> list[dict[str, str]]:
    return [form.fields for form in forms_of(browser.text) if form.action == action]


def test_a_wrong_scan_says_so_and_keeps_the_count(world: World) -> None:
    """Neither letters nor a kit scanned twice change the list."""
    browser = world.signed_in("pharmacist.0")
    _scan_all(browser, ["11111"])
    browser.press(SCAN, code="no number")
    assert "This is not a kit number" in browser.text
    browser.press(SCAN, code="11111")
    assert "11111 was counted before" in browser.text
    assert "1 kit counted." in re.sub(r"<[^>]+>", "", browser.text)
    browser.press(SCAN, out="11111")
    assert "0 kits counted." in re.sub(r"<[^>]+>", "", browser.text)


def test_a_part_is_answered_to_the_page_itself(world: World) -> None:
    """With the page's script only the work is sent, with the same words."""
    browser = world.signed_in("pharmacist.0")
    browser.get("/stock/count")
    fields = {**browser.form(SCAN).fields, "code": "11111"}
    answer = browser.send(SCAN, fields, **{"hx-request": "true"})
    assert "<html" not in answer.text
    assert "11111 is counted" in answer.text


def test_only_who_may_count_counts(world: World) -> None:
    """A monitor reads the stock and does not count; nobody counts another site."""
    assert world.signed_in("monitor.0").get("/stock/count").status_code == 403
    assert world.signed_in("pharmacist.0").get(f"/stock/count?site={world.sites[1][1]}").status_code == 404
