"""What every answer carries, and what the application says when something goes wrong."""

import logging
import re
from dataclasses import replace

import pytest
from litestar import get
from litestar.testing import TestClient
from sqlalchemy import text

import tests.web.world
from irt.services.seal import Seal
from irt.states.records import Mode
from irt.supply.resupply import MinMax
from tests.builders import SEAL_KEY
from tests.cast import PASSWORD
from tests.web.world import SETTINGS, World
from web import app as application
from web.blinded.sign_in import SignInPages
from web.security import POLICY

INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", re.IGNORECASE)
LINK = re.compile(r'href="(/[^"#]*)')
PAGES_MAX = 40
PEOPLE = ["pharmacist.0", "investigator.0", "monitor.0", "supply_planner.all", "inspector.all"]


@pytest.mark.parametrize("username", PEOPLE)
def test_every_page_keeps_the_policy(world: World, username: str) -> None:
    """Whatever links reach: no fault, the strict policy, nothing inline, nothing kept by the browser."""
    browser = world.signed_in(username)
    waiting, seen = ["/", "/switch", "/account"], set()
    while waiting and len(seen) < PAGES_MAX:
        address = waiting.pop(0)
        if address in seen or address.startswith("/static/"):
            continue
        seen.add(address)
        answer = browser.get(address)
        assert answer.status_code < 400, f"{address}: {answer.status_code}"
        assert answer.headers["cache-control"] == "no-store", address
        if "text/html" in answer.headers["content-type"] and not address.startswith("/api/"):
            assert answer.headers["content-security-policy"] == POLICY, address
            assert not INLINE.search(answer.text), f"{address}: {INLINE.search(answer.text)}"
            waiting += [link.replace("&amp;", "&") for link in LINK.findall(answer.text)]
    assert len(seen) >= 4


def test_pages_before_sign_in_keep_it_too(world: World) -> None:
    """The sign-in page and refusals as well."""
    browser = world.browser()
    for address, status in (("/sign-in", 200), ("/nowhere", 404), ("/sign-in?out=perhaps", 400)):
        answer = browser.get(address)
        assert answer.status_code == status
        assert answer.headers["content-security-policy"] == POLICY
        assert not INLINE.search(answer.text)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cache-control", "no-store"),
    ],
)
@pytest.mark.parametrize("address", ["/health", "/sign-in", "/nowhere"])
def test_every_answer_is_armoured(world: World, address: str, header: str, value: str) -> None:
    """Errors too."""
    assert world.browser().get(address).headers[header] == value


@pytest.fixture
def at_the_door(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world whose application has nothing behind its doors: where its settings are others, it is built anew."""
    monkeypatch.setattr(application, "ROOMS", (SignInPages,))
    monkeypatch.setattr(application, "api_rooms", tuple)
    monkeypatch.setattr(tests.web.world, "_EMPTY", {})
    return world


def test_production_speaks_over_tls_only(at_the_door: World) -> None:
    """Cookies are bound to the host and to TLS, and browsers are told to stay there."""
    world = at_the_door
    world.settings = replace(SETTINGS, secure=True)
    answer = world.browser().get("https://testserver.local/sign-in")
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-irt_csrf=")
    for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/static/tokens.css?v=0123456789", "public, max-age=31536000, immutable"),
        ("/static/vendor/bootstrap-5.3.9/bootstrap.min.css", "public, max-age=31536000, immutable"),
        ("/static/chevron.svg", "public, max-age=300"),
    ],
)
def test_static_files_are_kept_while_their_address_stands(world: World, address: str, kept: str) -> None:
    """An address that changes with its content is kept for a year."""
    answer = world.browser().get(address)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, kept)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("address", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/nothing.css"])
def test_nothing_else_is_served_as_static(world: World, address: str) -> None:
    """The folder's walls hold."""
    assert world.browser().get(address).status_code == 404


def test_it_is_healthy_and_ready(world: World) -> None:
    """Without signing in, and without a cookie."""
    browser = world.browser()
    assert [browser.get(address).text for address in ("/health", "/ready")] == ["ok", "ready"]
    assert not browser.client.cookies


def test_it_is_not_ready_on_another_schema(world: World) -> None:
    """A database of another version is told from one that is current; the process is alive all the same."""
    with world.store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'elsewhere'"))
    browser = world.browser()
    assert browser.get("/ready").status_code == 503
    assert "irt database migrate" in browser.text
    assert browser.get("/health").status_code == 200


@pytest.mark.parametrize("token", ["", "another", "0" * 128, "é" * 128])
@pytest.mark.parametrize("address", ["/sign-in", "/sign-out", "/switch", "/account/theme", "/session/keep"])
def test_it_refuses_without_csrf(world: World, address: str, token: str) -> None:
    """A form from elsewhere does nothing, signed in or not."""
    for browser in (world.browser(), world.signed_in("pharmacist.0")):
        answer = browser.send(address, {"_csrf_token": token, "username": "pharmacist.0", "password": PASSWORD})
        assert answer.status_code == 403
        assert "it came from another page" in answer.text
    assert browser.get("/switch").status_code == 200
    assert browser.path == "/switch"


def test_the_token_may_come_in_a_header(world: World) -> None:
    """As htmx and other scripts of ours send it."""
    browser = world.signed_in("pharmacist.0")
    token = browser.form("/sign-out").fields["_csrf_token"]
    assert browser.send("/session/keep", {}, **{"X-CSRFToken": token}).status_code == 204


def test_a_method_cannot_be_disguised(world: World) -> None:
    """A form says post and is one."""
    browser = world.signed_in("pharmacist.0")
    token = browser.form("/sign-out").fields["_csrf_token"]
    answer = browser.send("/history", {"_csrf_token": token, "_method": "GET"}, **{"X-HTTP-Method-Override": "GET"})
    assert answer.status_code == 405
    assert "cannot be used in this way" in answer.text


def test_a_body_that_is_too_large_is_not_read(at_the_door: World) -> None:
    """Nothing is booked, and the page says why."""
    world = at_the_door
    world.settings = replace(SETTINGS, body_bytes_max=1000)
    browser = world.browser()
    browser.get("/sign-in")
    answer = browser.press("/sign-in", username="a" * 2000, password="b")
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_only_its_own_names_are_answered(at_the_door: World) -> None:
    """Where the installation has names, a request for another one ends at the door."""
    world = at_the_door
    world.settings = replace(SETTINGS, hosts=("irt.example",))
    browser = world.browser()
    assert browser.get("/health").status_code == 400
    assert browser.client.get("/health", headers={"host": "irt.example"}).status_code == 200


def test_a_fault_shows_a_reference_and_nothing_of_itself(
    at_the_door: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The page has a reference; the log has the trace under the same one."""

    @get("/broken", sync_to_thread=False)
    def broken() -> str:
        raise RuntimeError("the arm is A")

    monkeypatch.setattr(application, "ROOMS", (*application.ROOMS, broken))
    app = application.create_app(at_the_door.store, lambda: at_the_door.now, SETTINGS, MinMax())
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/broken")
    assert answer.status_code == 500
    assert "We could not finish this. Nothing was booked." in answer.text
    assert "the arm is A" not in answer.text
    found = re.search(r"Reference ([A-Z0-9]{6})\.", answer.text)
    assert found
    assert found[1] in caplog.text


def test_the_access_log_names_nobody(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """One line an answer: the pattern of the address, never what was typed, who asked, or from where."""
    with caplog.at_level(logging.INFO, "irt.access"):
        browser = world.signed_in("pharmacist.0")
        browser.get("/history?person=Holm")
        browser.get("/nowhere/1014-0037")
    lines = [record.getMessage() for record in caplog.records if record.name == "irt.access"]
    assert any(re.fullmatch(r"GET /history 200 \d+ ms", line) for line in lines)
    assert any(line.startswith("POST /sign-in 303") for line in lines)
    for secret in ("Holm", "pharmacist", "1014-0037", "testclient"):
        assert not [line for line in lines if secret in line]


@pytest.mark.parametrize("mode", Mode)
def test_the_strip_tells_the_environment(world: World, mode: Mode) -> None:
    """Before sign-in the installation's; afterwards the study's own."""
    world.settings = replace(SETTINGS, mode=mode)
    browser = world.browser()
    assert f"irt-strip-{mode}" in browser.get("/sign-in").text
    assert "irt-strip-production" in world.signed_in("pharmacist.0").text


def test_two_processes_know_each_others_forms(world: World) -> None:
    """The key behind the forms follows from the seal: a restart forgets no form, another seal knows none."""
    first, second = Seal(SEAL_KEY), Seal(SEAL_KEY)
    assert first.derived_key("csrf") == second.derived_key("csrf")
    assert first.derived_key("csrf") != first.derived_key("other")
    assert SEAL_KEY.decode() not in first.derived_key("csrf")
