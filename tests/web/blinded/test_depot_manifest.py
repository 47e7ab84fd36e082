"""The manifest on the depot's page: every format to take away, and nothing of what is inside or of the site."""

import json

import pytest

from irt.messages.formats import Format, read
from tests.irt.messages.test_papers import text_of
from tests.web.browser import Browser
from tests.web.parcels import kits_of, requested_parcel
from tests.web.unblinded.people import depot_worker
from tests.web.world import World

PAPERS = {"pdf": "pdf", "json": "json", "csv": "csv", "xml": "xml", "epcis": "json", "desadv": "edi"}


def _picked(world: World) -> tuple[Browser, str, list[str]]:
    """A shipment whose kits are picked: the depot's browser on its page, its address, its kits."""
    number = requested_parcel(world)
    browser, address, kits = depot_worker(world), f"/depot/{world.study_id}/{number}", kits_of(world, number)
    browser.get(address)
    browser.press(f"{address}/acknowledge")
    browser.press(f"{address}/pick", picked=",".join(kits))
    return browser, address, kits


def test_every_format_is_a_file_that_says_where_it_is_from(world: World) -> None:
    """Linked on the page once the kits are picked; attached, never cached, named after the environment."""
    browser, address, kits = _picked(world)
    page = browser.get(address).text
    for paper, suffix in PAPERS.items():
        assert f'href="{address}/manifest/{paper}"' in page
        answer = browser.get(f"{address}/manifest/{paper}")
        named = answer.headers["content-disposition"]
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert named.startswith("attachment")
        assert named.endswith(f'.{suffix}"')
        if paper == "pdf":
            assert all(kit in text_of(answer.content) for kit in kits)
        if paper in list(Format):
            assert [kit.number for kit in getattr(read(answer.content, Format(paper)), "kits")] == kits  # noqa: B009 - of any kind


def test_no_format_tells_what_is_inside(world: World) -> None:
    """Neither kit type nor arm; EPCIS says nothing of subjects."""
    browser, address, _ = _picked(world)
    for paper in PAPERS:
        content = browser.get(f"{address}/manifest/{paper}").content
        text = text_of(content) if paper == "pdf" else content.decode()
        assert [secret for secret in ("PEN-A", "PEN-P", "placebo", "subject") if secret in text.lower()] == []


def test_there_is_none_before_the_kits_are_picked(world: World) -> None:
    """What is in the box is not sure before; nor is there a format that nobody knows."""
    number = requested_parcel(world)
    browser, address = depot_worker(world), f"/depot/{world.study_id}/{number}"
    assert "/manifest/" not in browser.get(address).text
    assert browser.get(f"{address}/manifest/json").status_code == 404


def test_an_unknown_format_is_not_there(world: World) -> None:
    """As an address that somebody typed."""
    browser, address, _ = _picked(world)
    assert browser.get(f"{address}/manifest/docx").status_code == 404


@pytest.mark.parametrize("paper", ["json", "pdf"])
def test_another_depot_and_a_site_get_none(world: World, paper: str) -> None:
    """Each sees exactly what is theirs."""
    _, address, _ = _picked(world)
    assert depot_worker(world, elsewhere=True).get(f"{address}/manifest/{paper}").status_code == 404
    assert world.signed_in("pharmacist.0").get(f"{address}/manifest/{paper}").status_code == 403


def test_epcis_tells_the_parcel_alone(world: World) -> None:
    """From the release of its lots to the packing, so far."""
    browser, address, _ = _picked(world)
    browser.press(f"{address}/pack")
    events = json.loads(browser.get(f"{address}/manifest/epcis").content)["epcisBody"]["eventList"]
    assert {event["bizStep"] for event in events} == {"commissioning", "packing"}
