"""The button Store the file: a logger's readings are judged, and quality sees curve, proposal and kits."""

import re
from datetime import timedelta

from irt.tables.kit import Kit
from irt.tables.shipment import Excursion
from irt.tables.temperature import LoggerFile
from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.parcels import house_of, kits_of, parcel
from tests.web.world import World


def _log(world: World, *celsius: float) -> bytes:
    """An hourly file that ends before now."""
    start = world.now - timedelta(days=3)
    rows = [f"{start + timedelta(hours=hour):%Y-%m-%dT%H:%MZ},{degrees}" for hour, degrees in enumerate(celsius)]
    return ("timestamp,temperature_c\n" + "\n".join(rows) + "\n").encode()


def _stored(world: World, number: str, content: bytes, name: str = "TT4.csv", **typed: str) -> Browser:
    """A pharmacist chooses the file on the shipment's page and presses the button."""
    address = f"/shipments/{world.study_id}/{number}/temperature"
    browser = world.signed_in("pharmacist.0")
    browser.get(address)
    fields = {**browser.form(address).fields, "logger": "default", **typed}
    fields.pop("file", None)
    files = {"file": (name, content, "application/octet-stream")}
    browser.answer = browser.client.post(address, data=fields, files=files, follow_redirects=True)
    return browser


def test_an_accepted_record_is_shown_and_holds_nothing(world: World) -> None:
    """From the shipment's page; figures, rule and hash."""
    number = parcel(world)
    browser = world.signed_in("pharmacist.0")
    assert (
        f"/shipments/{world.study_id}/{number}/temperature"
        in browser.get(f"/shipments/{world.study_id}/{number}").text
    )
    page = _stored(world, number, _log(world, *[5.0] * 30)).text
    assert all(words in page for words in ("Accept", "Every reading is within", "5.00 °C", "SHA-256"))
    assert house_of(world).rows(Excursion) == []


def test_quality_sees_the_curve_and_decides(world: World) -> None:
    """A freezing dip: every kit of the parcel waits, and one signed decision ends it; no kit type anywhere."""
    number = parcel(world)
    kits = kits_of(world, number)
    page = _stored(world, number, _log(world, *[5.0] * 30, -1.0, 5.0)).text
    assert "Reject" in page
    quality = world.signed_in("quality.all")
    (excursion,) = house_of(world).rows(Excursion)
    link = f"/quality/excursions/{world.study_id}/{excursion['number']}"
    assert link in quality.get("/quality").text
    page = quality.get(link).text
    assert all(kit in page for kit in kits)
    assert all(words in page for words in ("irt-chart", "Numbers behind the picture", "2 to 8 °C", "Reject"))
    assert not re.search(r"PEN-[AP]", page)
    quality.get(f"/quality/decide?study={world.study_id}&excursion={excursion['number']}")
    quality.press("/quality/decide", decision_on_kits="reject", reason="Frozen", password=PASSWORD)
    states = {row["quality"] for row in house_of(world).rows(Kit) if row["number"] in kits}
    assert states == {"rejected"}
    assert "Frozen" in quality.get(link).text


def test_a_file_that_cannot_be_read_is_refused_with_its_line(world: World) -> None:
    """Nothing is stored; unless the logger failed, which is said."""
    number = parcel(world)
    broken = b"timestamp,temperature_c\n2026-03-02T08:00Z,warm\n"
    browser = _stored(world, number, broken)
    assert browser.answer.status_code == 400
    assert "Line 2: `warm` is not a temperature" in browser.text
    assert house_of(world).rows(LoggerFile) == []
    assert "The logger failed" in _stored(world, number, broken, faulty="yes").text
    assert [row["status"] for row in house_of(world).rows(Excursion)] == ["logger_fault"]


def test_a_pdf_is_kept_as_evidence(world: World) -> None:
    """It is not read, and nothing is empty-handed."""
    number = parcel(world)
    assert "Kept as evidence" in _stored(world, number, b"%PDF-1.7", name="report.pdf").text
    assert _stored(world, number, b"").answer.status_code == 400


def test_who_may_look(world: World) -> None:
    """An excursion is for quality; a shipment of another site reads as none."""
    number = parcel(world)
    _stored(world, number, _log(world, -1.0, -1.0))
    browser = world.signed_in("pharmacist.0")
    assert browser.get(f"/quality/excursions/{world.study_id}/X-0001").status_code == 403
    quality = world.signed_in("quality.all")
    assert quality.get(f"/quality/excursions/{world.study_id}/X-9999").status_code == 404
