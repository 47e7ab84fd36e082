"""The buttons Ask for approval, Sign, Refuse the list, Load and Take the CSV of randomization lists."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from irt.blinding.roles import Role
from irt.services import passwords
from irt.tables.record import Signature
from irt.tables.secret import ListEntry, RandomizationList
from tests.builders_designs import a_study
from tests.builders_lists import LISTED
from tests.cast import PASSWORD
from tests.web.api.live import served
from tests.web.blinded.test_jobs_in_browser import WIDTHS, enter, examine
from tests.web.browser import Browser
from tests.web.conftest import CHEAP
from tests.web.parcels import house_of
from tests.web.preview.browser import browser as chromium
from tests.web.unblinded.people import statistician
from tests.web.ward import randomized
from tests.web.world import Grounds, World, lay_grounds, world_on

LISTS = "/randomization/lists"


@pytest.fixture(scope="module")
def listed_grounds(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Grounds:
    """A study whose subjects take positions of lists, six in each of two strata."""
    file = tmp_path_factory.mktemp("listed-grounds") / "grounds.sqlite"
    shutil.copyfile(sqlite_template, file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "RULE", CHEAP)
        return lay_grounds(file, a_study(LISTED))


@pytest.fixture
def listed(listed_grounds: Grounds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world of its own, with a second statistician."""
    monkeypatch.setattr(passwords, "RULE", CHEAP)
    with world_on(listed_grounds, tmp_path) as made:
        made.office.hire("second", (Role.UNBLINDED_STATISTICIAN, {"study_id": made.study_id}))
        yield made


def asks(browser: Browser, file: str = "", **typed: str) -> str:
    """Fills in the form for a further list as browsers do; gives the address of the page it leads to."""
    browser.get(LISTS)
    fields = {
        **browser.form(LISTS).fields,
        "origin": "imported" if file else "drawn",
        "mode": "production",
        **typed,
    }
    fields.pop("file", None)
    files = {"file": ("list.csv" if file else "", file.encode(), "text/csv")}
    browser.answer = browser.client.post(LISTS, data=fields, files=files, follow_redirects=True)
    return browser.path


def text_of(*codes: str) -> str:
    """A list of both strata with the first arm for each 1 and the second for each 2."""
    arms = {"1": "A", "2": "P"}
    lines = [f"ldl={level},{n},{arms[code]}" for level in ("LT85", "GE85") for n, code in enumerate(codes, start=1)]
    return "\n".join(["stratum,position,arm", *lines, ""])


def readings(world: World, what: str) -> int:
    """How often it was written down that this was read or taken."""
    with world.store.reading() as connection:
        question = text("SELECT count(*) FROM audit_entry WHERE act = 'read' AND record = :what")
        return int(connection.execute(question, {"what": what}).scalar_one())


def test_a_drawn_list_is_signed_by_another_and_loaded_once(listed: World) -> None:
    """A wrong password signs nothing; then the page shows hash, root and approver, and how long it lasts."""
    asker, second = statistician(listed), listed.signed_in("second")
    assert "Nobody can be randomized" in asker.get(LISTS).text
    address = asks(asker)
    assert "Approval is asked for" in asker.text
    assert "You asked for this list yourself" in asker.text
    second.get(address)
    before = len(house_of(listed).rows(Signature))
    assert second.press(address, decision="sign", password="a guess").status_code == 403
    assert len(house_of(listed).rows(Signature)) == before
    second.press(address, decision="sign", password=PASSWORD)
    assert "The list is approved" in second.text
    asker.get(address)
    fields = asker.form(address).fields
    for _ in range(2):
        asker.send(address, fields)
        assert "The list is loaded" in asker.text
    assert len(house_of(listed).rows(ListEntry)) == 12
    (made,) = house_of(listed).rows(RandomizationList)
    page = asker.get(LISTS).text
    assert all(words in page for words in (made["sha256"], made["merkle_root"], "second", "ldl=LT85"))
    assert "nobody came lately" in page


def test_a_list_made_elsewhere_is_handed_in_and_taken_away(listed: World) -> None:
    """The file is the canonical text, byte for byte; reading and taking are written down."""
    browser = statistician(listed)
    address = asks(browser, text_of(*"122121"))
    assert "imported" in browser.text
    digest = hashlib.sha256(browser.press(f"{address}/csv").content).hexdigest()
    assert browser.answer.headers["cache-control"] == "no-store"
    assert digest in browser.get(address).text
    assert readings(listed, "randomization list") == 3


def test_a_further_list_continues_the_first(listed: World) -> None:
    """Its positions count on, for as many as were asked for."""
    asker, second = statistician(listed), listed.signed_in("second")
    for positions in ("", "4"):
        address = asks(asker, positions=positions)
        second.get(address)
        second.press(address, decision="sign", password=PASSWORD)
        second.press(address, decision="load")
        assert "The list is loaded" in second.text
    places = sorted(row["position"] for row in house_of(listed).rows(ListEntry) if "LT85" in row["stratum"])
    assert places == list(range(1, 11))
    page = asker.get(LISTS).text
    assert "List 1" in page
    assert "List 2" in page


def test_a_short_list_leads_to_its_extension(listed: World) -> None:
    """Subjects take positions; at their pace the list ends soon, here and on the page Live."""
    asker, second = statistician(listed), listed.signed_in("second")
    address = asks(asker)
    second.get(address)
    second.press(address, decision="sign", password=PASSWORD)
    second.press(address, decision="load")
    for _ in range(3):
        randomized(listed)
    page = asker.get(LISTS).text
    assert "1 list should be extended" in page
    assert "3 of 6 positions are left" in page
    assert 'href="#h-further-list"' in page
    assert f'href="{LISTS}">Ask for an extension' in asker.get("/randomization").text


@pytest.mark.parametrize(
    ("file", "typed", "words"),
    [
        ("", {"origin": ""}, "The origin is missing"),
        ("", {"origin": "imported"}, "The list is missing"),
        ("", {"mode": ""}, "The mode is missing"),
        ("", {"mode": "test"}, "and the study is in production mode"),
        ("", {"positions": "none"}, "The number of positions"),
        ("nothing of a list", {}, "of the list"),
        ("stratum,position,arm\nldl=XX,1,A\n", {}, "Line 2"),
        ("stratum,position,arm\nldl=LT85,1,A\n", {"origin": "drawn"}, "A file came along"),
    ],
)
def test_a_refusal_stays_on_the_page(listed: World, file: str, typed: dict[str, str], words: str) -> None:
    """By its name, with what was typed; nothing waits for anybody."""
    browser = statistician(listed)
    asks(browser, file, **typed)
    assert browser.answer.status_code in (400, 409)
    assert words in browser.text
    assert "No list was asked for yet" in browser.text
    if "positions" in typed:
        assert 'value="none"' in browser.text


def test_a_list_is_refused_with_a_reason(listed: World) -> None:
    """And can then not be loaded."""
    address = asks(statistician(listed))
    browser = listed.signed_in("second")
    browser.get(address)
    fields = browser.form(address).fields
    refusal = {**fields, "decision": "refuse", "password": PASSWORD}
    assert browser.send(address, {**refusal, "reason": " "}).status_code == 400
    browser.send(address, {**refusal, "reason": "The strata are old"})
    assert "The list is refused" in browser.text
    sent = browser.send(address, {**fields, "decision": "load", "command_key": "another"})
    assert "not approved by a second person" in sent.text
    assert house_of(listed).rows(ListEntry) == []


@pytest.mark.parametrize(("changed", "status"), [({"list_hash": "0" * 64}, 409), ({"decision": "dance"}, 400)])
def test_another_list_or_button_is_refused(listed: World, changed: dict[str, str], status: int) -> None:
    """What is signed is what was shown."""
    address = asks(statistician(listed))
    browser = listed.signed_in("second")
    browser.get(address)
    assert browser.press(address, **{"decision": "sign", "password": PASSWORD, **changed}).status_code == status


def test_the_asker_cannot_approve(listed: World) -> None:
    """403 for a form sent anyway."""
    browser = statistician(listed)
    address = asks(browser)
    fields = {**browser.form(f"{address}/csv").fields, "command_key": "k", "decision": "sign"}
    assert browser.send(address, {**fields, "list_hash": "0" * 64, "password": PASSWORD}).status_code == 403


def test_no_such_list_is_said(listed: World) -> None:
    """404 for a number that is no list of the study."""
    assert statistician(listed).get(f"{LISTS}/999").status_code == 404


def test_a_study_that_draws_live_says_so(world: World) -> None:
    """No form, no list."""
    page = statistician(world).get(LISTS).text
    assert "This study draws live and has no lists." in page
    assert "Ask for approval" not in page


@pytest.mark.parametrize(
    "person", ["pharmacist.0", "investigator.0", "supply_manager.all", "quality.all", "inspector.all"]
)
def test_nobody_else_sees_lists(listed: World, person: str) -> None:
    """403 for every page and every button."""
    address = asks(statistician(listed))
    browser = listed.signed_in(person)
    for page in (LISTS, address):
        assert browser.get(page).status_code == 403
    browser.get("/switch")
    token = browser.form("/sign-out").fields["_csrf_token"]
    fields = {"_csrf_token": token, "command_key": "k", "study": str(listed.study_id)}
    for step in ("sign", "refuse", "load"):
        assert browser.send(address, {**fields, "decision": step, "password": PASSWORD}).status_code == 403
    assert browser.send(f"{address}/csv", fields).status_code == 403
    files = {"file": ("", b"", "text/csv")}
    assert browser.client.post(LISTS, data=fields, files=files).status_code == 403


@pytest.mark.browser
def test_pages_have_no_barriers(listed: World) -> None:
    """A list that is loaded and one that waits, at both widths; nothing scrolls sideways."""
    asker, second = statistician(listed), listed.signed_in("second")
    address = asks(asker)
    second.get(address)
    second.press(address, decision="sign", password=PASSWORD)
    second.press(address, decision="load")
    waiting = asks(second)
    with chromium() as running, served(listed) as host:
        tab = enter(running, host, "independent")
        for path in (LISTS, address, waiting):
            tab.goto(host + path)
            expect(tab.locator("h1")).to_be_visible()
            examine(tab, path, *WIDTHS)
        tab.context.close()
