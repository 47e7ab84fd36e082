"""The page Records: reviews of the history, incidents, reports, and each site's own copy."""

import csv
import hashlib
from datetime import timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest

from irt.reads.blinded_sheets import REPORTS
from irt.states.incident import INCIDENT, IncidentEvent, IncidentStatus, report_due
from irt.tables.incident import Incident, IncidentStep
from irt.tables.record import AuditEntry, Signature
from tests.cast import MONDAY, PASSWORD
from tests.web.api.system import System
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.world import World


def _here(world: World, end: str) -> str:
    return f"/studies/{world.study_id}/{end}"


def _note(world: World, browser: Browser, **typed: str) -> str:
    browser.get(_here(world, "incidents"))
    fields = {**browser.form(_here(world, "incidents")).fields, "what": "The door stood open.", **typed}
    browser.send(_here(world, "incidents"), fields)
    return browser.path.rsplit("/", 1)[-1]


def _write(world: World, browser: Browser, number: str, event: str, said: str = "As told by the site.") -> int:
    address = _here(world, f"incidents/{number}")
    browser.get(address)
    fields = {**browser.form(address).fields, "event": event, "said": said}
    return browser.send(address, fields).status_code


@pytest.mark.parametrize("status", IncidentStatus)
@pytest.mark.parametrize("event", IncidentEvent)
def test_the_life_of_an_incident(status: IncidentStatus, event: IncidentEvent) -> None:
    """Closed only when it is no serious breach or was reported; nothing is written under a closed one."""
    allowed = {
        IncidentStatus.OPEN: {"assess_serious", "assess_not_serious", "act"},
        IncidentStatus.NOT_SERIOUS: {"assess_serious", "act", "close"},
        IncidentStatus.SERIOUS: {"assess_not_serious", "act", "report"},
        IncidentStatus.REPORTED: {"act", "close"},
        IncidentStatus.CLOSED: set(),
    }
    assert ((status, event) in INCIDENT) == (event.value in allowed[status])
    runs = report_due(status, MONDAY) == MONDAY + timedelta(days=7)
    assert runs == (status in (IncidentStatus.OPEN, IncidentStatus.SERIOUS))


def test_a_serious_breach_is_reported_within_seven_days_and_closed_with_a_signature(world: World) -> None:
    """The clock runs from when it was known; after seven days it is overdue; closing waits for the report."""
    browser = world.signed_in("quality.all")
    site = world.sites[0][0]
    number = _note(world, browser, sites=site)
    assert number == "I-0001"
    assert _write(world, browser, number, "assess_serious") == 200
    world.wait(days=7)
    browser = world.signed_in("quality.all")
    assert "The seven days are over" in browser.get(_here(world, f"incidents/{number}")).text
    assert "Close it" not in browser.text
    assert _write(world, browser, number, "report", "Told through the portal.") == 200
    assert "The seven days are over" not in browser.text
    here = _here(world, f"incidents/{number}")
    closing = {**browser.form(here).fields, "said": "An alarm was fitted.", "password": PASSWORD}
    for _ in range(2):
        assert browser.send(here, closing).status_code == 200
    (signed,) = house_of(world).rows(Signature, record_kind="incident")
    assert (signed["record"], signed["meaning"]) == (number, "I close this incident")
    assert [step["event"] for step in house_of(world).rows(IncidentStep)] == ["assess_serious", "report", "close"]
    browser.get(_here(world, "incidents"))
    taken = browser.press(_here(world, "incidents/export"))
    (line,) = list(csv.DictReader(StringIO(taken.text.lstrip("\ufeff"))))
    assert (line["Status"], line["Sites"], line["Overdue"]) == ("Closed", site, "")


def test_what_cannot_be_noted(world: World) -> None:
    """A subject or site of no such number, and a time to come; an inspector reads and does not write."""
    browser = world.signed_in("quality.all")
    _note(world, browser, subjects="9999-9999")
    assert "9999-9999 is no subject of this study. Nothing was booked." in browser.text
    _note(world, browser, known_at=f"{world.now + timedelta(days=1):%Y-%m-%dT%H:%M}")
    assert "Nothing was booked. Check the times." in browser.text
    assert house_of(world).rows(Incident) == []
    reader = world.signed_in("inspector.all")
    assert "Note an incident" not in reader.get(_here(world, "incidents")).text
    fields = {**reader.form(_here(world, "incidents/export")).fields, "what": "Mine."}
    assert reader.send(_here(world, "incidents"), fields).status_code == 403
    assert world.signed_in("pharmacist.0").get(_here(world, "incidents")).status_code == 403


def test_the_history_is_reviewed_span_after_span(world: World) -> None:
    """A review is signed over the entries shown; the next one begins behind it; after a quarter one is due."""
    browser = world.signed_in("quality.all")
    here = _here(world, "trail-reviews")
    browser.get(here)
    fields = {**browser.form(here).fields, "looked_at": "All refusals.", "findings": "None.", "password": PASSWORD}
    for _ in range(2):
        assert browser.send(here, fields).status_code == 200
    (review,) = house_of(world).rows(AuditEntry, act="trail_reviewed")
    (signed,) = house_of(world).rows(Signature, record_kind="audit trail review")
    assert (review["new"]["from_entry"], str(review["new"]["to_entry"])) == (1, fields["up_to"])
    assert (review["reason"], signed["role"]) == ("None.", "quality")
    again = browser.get(here).text
    assert f"Not reviewed yet: entries {int(fields['up_to']) + 1} to" in again
    assert "A review is due" not in again
    stale = {**fields, "command_key": f"{fields['command_key']}-again"}
    assert "These entries were reviewed before." in browser.send(here, stale).text
    world.wait(days=91)
    assert "A review is due" in world.signed_in("inspector.all").get(here).text
    assert "Sign the review" not in world.signed_in("inspector.all").get(here).text


def test_every_report_is_read_and_taken(world: World) -> None:
    """As a page, CSV and PDF; that it was is in the history, with the release in force in each entry."""
    browser = world.signed_in("inspector.all")
    browser.get("/records")
    for name, report in REPORTS.items():
        assert report.title in browser.get(_here(world, f"records/reports/{name}")).text
        form = browser.form(_here(world, "records/reports/export")).fields
        taken = browser.send(_here(world, "records/reports/export"), {**form, "format": "csv"})
        lines = list(csv.reader(StringIO(taken.text.lstrip("\ufeff"))))
        assert tuple(lines[0]) == report.heads
    last = lines[-1]
    assert last[-1].startswith("0.1.0+")
    paper = browser.send(_here(world, "records/reports/export"), {**form, "format": "pdf"})
    assert paper.content.startswith(b"%PDF")


def test_a_sites_own_copy(world: World) -> None:
    """Pages, tables and papers with an index of hashes; of that site alone; noted, and due again after a month."""
    site, site_id = world.sites[0]
    other = world.sites[1][0]
    browser = world.signed_in("investigator.0")
    page = browser.get(_here(world, "records")).text
    assert f"Site {site}" in page
    assert f"Site {other}" not in page
    assert "Reports of the whole study" not in page
    form = browser.form(_here(world, "records/copy/export")).fields
    taken = browser.send(_here(world, "records/copy/export"), form)
    with ZipFile(BytesIO(taken.content)) as pack:
        listed = {
            line["file"]: line["sha256"] for line in csv.DictReader(StringIO(pack.read("index.csv").decode()))
        }
        assert set(listed) == set(pack.namelist()) - {"index.html", "index.csv"}
        assert all(hashlib.sha256(pack.read(name)).hexdigest() == digest for name, digest in listed.items())
        kits = list(csv.DictReader(StringIO(pack.read("kits.csv").decode("utf-8-sig"))))
        assert {line["Site"] for line in kits} == {site}
        assert "<script" not in pack.read("history.html").decode()
    assert browser.send(_here(world, "records/copy/export"), {**form, "site": "1000000"}).status_code == 404
    system = System.of(world, "quality.all")
    due = {one["site"]: one["due"] for one in system.asks_study("/site-copies").json()["items"]}
    assert (due[site], due[other]) == (False, True)
    world.wait(days=30)
    asked = System.of(world, "quality.all").asks_study("/site-copies").json()["items"]
    (mine,) = [one for one in asked if one["site"] == site]
    assert (mine["site_id"], mine["due"], mine["times"]) == (site_id, True, 1)


def test_other_systems_note_and_review(world: World) -> None:
    """The same commands by the API, with the same refusals."""
    system = System.of(world, "quality.all")
    noted = system.booked("/incidents/note", what="A box was wet.", known_at=world.now.isoformat())
    close = system.does("/incidents/close", number=noted["number"], said="Dry.", signing={"password": PASSWORD})
    assert close.status_code == 409
    system.booked("/incidents/write", number=noted["number"], event="assess_not_serious", said="Nothing inside.")
    done = system.booked("/incidents/close", number=noted["number"], said="Dry.", signing={"password": PASSWORD})
    assert done["status"] == "closed"
    assert [one["status"] for one in system.asks_study("/incidents").json()["items"]] == ["closed"]
    waits = system.asks_study("/trail-reviews").json()
    made = system.booked(
        "/trail-reviews/sign",
        up_to=waits["to_entry"],
        hash=waits["hash"],
        looked_at="Everything.",
        findings="Nothing.",
        signing={"password": PASSWORD},
    )
    assert made["number"] == 1
    assert system.asks_study("/reports/releases").json()["rows"][0][0].startswith("0.1.0+")
    assert System.of(world, "pharmacist.0").asks_study("/reports/history").status_code == 403


def test_the_trail_is_asked_for_by_what_is_looked_for(world: World) -> None:
    """By the API as on the page: a site, a person, an act, a record, days."""
    system = System.of(world, "quality.all")
    site, other = world.sites[0][0], world.sites[1][0]
    everything = system.asks_study("/audit-trail", limit=200).json()["items"]
    here = system.asks_study("/audit-trail", limit=200, site=site).json()["items"]
    there = system.asks_study("/audit-trail", limit=200, site=other).json()["items"]
    assert 0 < len(here) < len(everything)
    assert not {one["sequence"] for one in here} & {one["sequence"] for one in there}
    person = everything[0]["person"].split(",")[0]
    theirs = system.asks_study("/audit-trail", person=person).json()["items"]
    assert {one["person"].split(",")[0] for one in theirs} == {person}
    received = system.asks_study("/audit-trail", limit=200, act="shipment", site=site).json()["items"]
    assert {one["record_kind"] for one in received} == {"shipment"}
    assert system.asks_study("/audit-trail", to_day="2020-01-01").json()["items"] == []
    page = world.signed_in("quality.all").get(f"/history?study={world.study_id}&at={other}&act=shipment").text
    assert received[0]["sentence"] not in page
