"""The button Sign of a shipment's receipt, and the scans before it."""

import re
from typing import Any

import pytest
from sqlalchemy import text

from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.parcels import kits_of, parcel
from tests.web.world import World


def _address(world: World, number: str) -> str:
    return f"/shipments/{world.study_id}/{number}/receive"


def _opened(world: World, person: str = "pharmacist.0", **how: Any) -> tuple[Browser, str, str, list[str]]:
    """A browser on the receipt of a parcel: browser, shipment, address, kits."""
    number = parcel(world, **how)
    browser, address = world.signed_in(person), _address(world, number)
    browser.get(address)
    return browser, number, address, kits_of(world, number)


def _fields(browser: Browser, address: str, **typed: str) -> dict[str, str]:
    answers = {"temperature": "no_alarm", "password": PASSWORD}
    return {**browser.form(address).fields, **answers, **typed}


def _row(world: World, number: str) -> Any:
    with world.store.reading() as connection:
        question = text("SELECT * FROM shipment WHERE number = :number")
        return connection.execute(question, {"number": number}).mappings().one()


def _scan_each(browser: Browser, address: str, kits: list[str]) -> None:
    for kit in kits:
        browser.press(f"{address}/scan", code=kit)


def test_it_receives_kit_by_kit_under_one_signature(world: World) -> None:
    """The shipment, n kits, the monitor's word, password, Sign: n + 4 without a six-digit code."""
    browser, number, address, kits = _opened(world)
    _scan_each(browser, address, kits)
    assert "Every kit is accounted for" in browser.text
    answer = browser.send(address, _fields(browser, address))
    assert browser.path == f"/shipments/{world.study_id}/{number}"
    assert "The receipt is signed and booked" in answer.text
    assert "meaning: I received this shipment" in answer.text
    row = _row(world, number)
    assert (row["status"], row["temperature"]) == ("received", "no_alarm")
    assert row["signature_id"] is not None


def test_a_scanned_kit_leads_to_its_receipt(world: World) -> None:
    """From the list of shipments, by the shipment's number or by any kit in it, already ticked."""
    browser, number, address, kits = _opened(world)
    browser.get(f"/shipments?code={kits[1]}")
    assert browser.path == address
    assert browser.form(f"{address}/scan").fields["received"] == kits[1]
    browser.get(f"/shipments?code={number}")
    assert browser.path == address
    assert "is no shipment or kit on its way" in browser.get("/shipments?code=99999").text


def test_a_wrong_scan_books_nothing(world: World) -> None:
    """A kit of the shelf, letters, a kit twice: said in words, the list stays."""
    browser, _, address, kits = _opened(world)
    for code, words in (
        ("99999", "99999 is not awaited with this shipment"),
        ("no kit", "This is not a kit number"),
        (kits[0], f"{kits[0]} is here. 3 more kits."),
        (kits[0], f"{kits[0]} was scanned before"),
    ):
        assert words in browser.press(f"{address}/scan", code=code).text
    assert browser.form(f"{address}/scan").fields["received"] == kits[0]


def test_damaged_and_missing_kits_follow_what_was_said(world: World) -> None:
    """Each kit gets its own fate; the outcome is stated before signing."""
    browser, number, address, kits = _opened(world)
    _scan_each(browser, address, kits[:2])
    browser.press(f"{address}/scan", mark=f"damaged:{kits[1]}")
    browser.press(f"{address}/scan", mark=f"missing:{kits[2]}")
    browser.press(f"{address}/scan", mark=f"missing:{kits[3]}")
    browser.press(f"{address}/scan", mark=f"out:{kits[3]}")
    told = re.sub(r"\s+", " ", browser.text)
    assert "1 kit will be booked as damaged. 1 kit will be booked as missing. Of 1 kit nothing is said yet" in told
    browser.send(address, _fields(browser, address))
    assert "1 kit of this shipment stays awaited." in browser.text
    assert _row(world, number)["status"] == "received_partly"
    browser.get(address)
    _scan_each(browser, address, [kits[3]])
    browser.send(address, _fields(browser, address))
    assert _row(world, number)["status"] == "received"


@pytest.mark.parametrize("answer", ["alarm", "no_data"])
def test_an_alarm_sends_every_kit_to_quarantine(world: World, answer: str) -> None:
    """Said before signing, and done."""
    browser, number, address, kits = _opened(world)
    _scan_each(browser, address, kits)
    assert browser.text.count("All 4 kits go to quarantine; a quality decision is asked for.") == 2
    browser.send(address, _fields(browser, address, temperature=answer))
    assert "The kits are in quarantine until a quality decision" in browser.text
    assert "X-0001" in browser.text
    assert _row(world, number)["temperature"] == answer


def test_a_late_entry_keeps_both_times(world: World) -> None:
    """The true time needs its reason; the page shows when it was, the step when it was entered."""
    browser, _number, address, kits = _opened(world)
    world.wait(minutes=10)
    browser.get(address)
    _scan_each(browser, address, kits)
    late = {"received_at": "2026-03-17T08:05", "reason": ""}
    answer = browser.send(address, _fields(browser, address, **late))
    assert (answer.status_code, "Say why the receipt is entered late." in answer.text) == (400, True)
    assert 'value="2026-03-17T08:05"' in answer.text
    browser.send(address, _fields(browser, address, **{**late, "reason": "The network was down"}))
    assert "17 Mar 2026 08:05 GMT" in browser.text
    assert "entered 17 Mar 2026 08:10 GMT" in browser.text


def test_a_time_before_the_dispatch_is_refused(world: World) -> None:
    """It cannot have been received then."""
    browser, number, address, kits = _opened(world)
    _scan_each(browser, address, kits)
    typed = {"received_at": "2026-03-01T09:30", "reason": "typed late"}
    answer = browser.send(address, _fields(browser, address, **typed))
    assert (answer.status_code, "before its dispatch" in answer.text) == (400, True)
    assert _row(world, number)["status"] == "delivered"


@pytest.mark.parametrize(
    ("changed", "status_code", "words"),
    [
        ({"password": "wrong"}, 403, "These details do not match"),
        ({"password": ""}, 400, "Enter your password."),
        ({"temperature": ""}, 400, "Say what the temperature monitor shows."),
        ({"received": "", "damaged": "", "missing": ""}, 400, "Scan the kits first."),
        ({"received": "99999"}, 409, "is not awaited with shipment"),
    ],
)
def test_it_is_refused_in_words_and_keeps_what_was_typed(
    world: World, changed: dict[str, str], status_code: int, words: str
) -> None:
    """Nothing is booked; the kits scanned stay on the page."""
    browser, number, address, kits = _opened(world)
    _scan_each(browser, address, kits)
    answer = browser.send(address, _fields(browser, address, **changed))
    assert (answer.status_code, words in answer.text) == (status_code, True)
    assert _row(world, number)["status"] == "delivered"
    if "received" not in changed:
        assert browser.form(address).fields["received"] == ",".join(kits)


def test_two_presses_book_once(world: World) -> None:
    """The second press leads to the same page; one receipt, one signature."""
    browser, number, address, kits = _opened(world)
    _scan_each(browser, address, kits)
    fields = _fields(browser, address)
    browser.send(address, fields)
    answer = browser.send(address, fields)
    assert (answer.status_code, browser.path) == (200, f"/shipments/{world.study_id}/{number}")
    with world.store.reading() as connection:
        signed = text("SELECT count(*) FROM signature WHERE record = :number")
        assert connection.execute(signed, {"number": number}).scalar() == 1


def test_other_people_get_no_further(world: World) -> None:
    """Another site's shipment reads as none; a monitor of the site may look and not receive."""
    number = parcel(world)
    address = _address(world, number)
    assert world.signed_in("pharmacist.1").get(address).status_code == 404
    assert world.signed_in("monitor.0").get(address).status_code == 403


def test_the_page_itself_gets_a_part(world: World) -> None:
    """A scan by the page's script: the work, and what signing would do now."""
    browser, _, address, kits = _opened(world)
    fields = {**browser.form(f"{address}/scan").fields, "code": kits[0]}
    answer = browser.send(f"{address}/scan", fields, **{"hx-request": "true"})
    assert "<html" not in answer.text
    assert 'id="said" hx-swap-oob="innerHTML"' in answer.text
