"""A passkey in a real browser: made, asked at sign-in, and asked to sign a record of the delegation log."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from irt.tables.record import Signature
from tests.cast import PASSWORD
from tests.web.api.live import served
from tests.web.keyboard import sign_in
from tests.web.parcels import house_of
from tests.web.preview.browser import browser
from tests.web.spent import verified
from tests.web.world import World

pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """A browser."""
    with browser() as running:
        yield running


def with_device(chromium: Browser) -> Page:
    """A tab of a computer that has a fingerprint reader."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    session = context.new_cdp_session(tab)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return tab


def has_passkey(tab: Page, address: str, person: str) -> None:
    """Signs in and makes a passkey at this computer."""
    sign_in(tab, address, person, "/account/passkeys")
    tab.get_by_label("Name of the device").fill("my laptop")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Make a passkey").click()
    expect(tab.get_by_text("The passkey is made.")).to_be_visible()


@pytest.mark.slow
def test_a_form_with_a_file_is_signed_with_a_passkey(chromium: Browser, world: World) -> None:
    """The file goes along with the question and with the answer: the signature covers its hash."""
    kits, tab = verified(world), with_device(chromium)
    with served(world, at_home=True) as address:
        has_passkey(tab, address, "quality.all")
        tab.goto(f"{address}/quality/destruction/book?study={world.study_id}&kit={kits[0]}")
        tab.locator("[name=certificate]").fill("C-77")
        tab.locator("[name=destroyer]").fill("Remex")
        paper = {"name": "c 77.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 burnt"}
        tab.locator("[name=paper]").set_input_files([paper])
        tab.get_by_label("Password").fill(PASSWORD)
        tab.get_by_role("button", name="Sign with a passkey").click()
        expect(tab.get_by_text("The destruction is booked")).to_be_visible()
    signed = house_of(world).rows(Signature)[-1]
    assert (signed["record_kind"], signed["components"]) == ("destruction", "password+passkey")


def test_a_passkey_opens_and_signs(chromium: Browser, world: World) -> None:
    """From the account page to a signed line; the policy for scripts holds all the way."""
    tab = with_device(chromium)
    faults: list[str] = []
    tab.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    tab.on("pageerror", lambda fault: faults.append(str(fault)))
    with served(world, at_home=True) as address:
        has_passkey(tab, address, "investigator.0")
        tab.context.clear_cookies()
        tab.goto(f"{address}/sign-in?next=/delegation")
        tab.get_by_label("User name").fill("investigator.0")
        tab.get_by_label("Password").fill(PASSWORD)
        tab.keyboard.press("Enter")
        tab.get_by_role("button", name="Use my passkey").click()
        expect(tab).to_have_url(f"{address}/delegation")
        tab.get_by_label("Person").select_option(index=1)
        tab.get_by_label("Receives shipments").check()
        tab.get_by_label("Password").fill(PASSWORD)
        tab.get_by_role("button", name="Sign with a passkey").click()
        expect(tab.get_by_text("The line is signed.")).to_be_visible()
    (signed,) = house_of(world).rows(Signature, record_kind="delegation")
    assert signed["components"] == "password+passkey"
    # The question itself comes as a refusal: nothing was signed yet.
    assert [fault for fault in faults if "status of 409" not in fault] == []
