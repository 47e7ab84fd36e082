"""The buttons Ask for approval, Approve the list, Refuse the list and Load the kits."""

import pytest

from irt.blinding.roles import Role
from irt.services.kit_list_approval import AskKitList, ask_kit_list
from irt.tables.kit import Kit
from irt.tables.record import Approval
from tests.builders_supply import a_lot
from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.world import World

LISTS = "/kit-lists"


@pytest.fixture
def listed(world: World) -> str:
    """The address of a list of thirty kits that the supply manager asks to have approved."""
    lots = [
        a_lot(lot="A2", blinded_lot="L2", kits=10),
        a_lot(lot="P2", blinded_lot="L2", kit_type="PEN-P", kits=20),
    ]
    ask = AskKitList(study_id=world.study_id, lots=lots)
    asked = world.office.does(world.office.account("supply_manager.all"), ask_kit_list, ask)
    world.office.hire("max", (Role.SUPPLY_MANAGER, {"study_id": world.study_id}))
    return f"{LISTS}/{world.study_id}/{asked.approval_id}"


def _opened(world: World, username: str, address: str) -> Browser:
    browser = world.signed_in(username)
    browser.get(address)
    return browser


def test_lots_of_the_study_file_are_asked_for(world: World) -> None:
    """By size; the asker reads the list and waits."""
    browser = _opened(world, "supply_manager.all", LISTS)
    assert browser.press(LISTS, size="").status_code == 400
    browser.press(LISTS, size="small")
    assert "Approval is asked for" in browser.text
    assert "You asked for this list yourself" in browser.text
    assert [row["record"] for row in house_of(world).rows(Approval, granted=None)][
        -1
    ] == "kit list of NB-301, small"


def test_a_second_person_approves_and_the_kits_are_loaded(world: World, listed: str) -> None:
    """The approval is found in the list of what waits; the load comes after it, once."""
    before = len(house_of(world).rows(Kit))
    browser = world.signed_in("max")
    assert listed in browser.get("/approvals").text
    browser.get(listed)
    assert all(words in browser.text for words in ("PEN-A", "PEN-P", "2 lots, 30 kits"))
    assert browser.press(listed, decision="sign", password="a guess").status_code == 403
    browser.press(listed, decision="sign", password=PASSWORD)
    assert "The list is approved" in browser.text
    assert listed not in browser.get("/approvals").text
    asker = _opened(world, "supply_manager.all", listed)
    fields = {**asker.form(listed).fields, "decision": "load"}
    for _ in range(2):
        asker.send(listed, fields)
        assert "The kits are loaded" in asker.text
    assert len(house_of(world).rows(Kit)) == before + 30
    assert "Load 30 kits" not in asker.get(listed).text


def test_a_list_is_refused_with_a_reason(world: World, listed: str) -> None:
    """And can then not be loaded."""
    browser = _opened(world, "max", listed)
    fields = browser.form(listed).fields
    refusal = {**fields, "decision": "refuse", "password": PASSWORD}
    assert browser.send(listed, {**refusal, "reason": " "}).status_code == 400
    browser.send(listed, {**refusal, "reason": "Expiry is wrong"})
    assert "The list is refused" in browser.text
    sent = browser.send(listed, {**fields, "decision": "load", "command_key": "another"})
    assert sent.status_code == 409


@pytest.mark.parametrize(
    ("changed", "status"),
    [({"list_hash": "0" * 64}, 409), ({"decision": "dance"}, 400)],
)
def test_another_list_or_button_is_refused(world: World, listed: str, changed: dict[str, str], status: int) -> None:
    """What is signed is what was shown."""
    browser = _opened(world, "max", listed)
    typed = {"decision": "sign", "password": PASSWORD, **changed}
    assert browser.press(listed, **typed).status_code == status


def test_the_asker_cannot_approve(world: World, listed: str) -> None:
    """403 for a form sent anyway."""
    browser = _opened(world, "supply_manager.all", listed)
    fields = {**browser.form("/sign-out").fields, "command_key": "k", "decision": "sign", "password": PASSWORD}
    assert browser.send(listed, {**fields, "list_hash": "0" * 64}).status_code == 403


@pytest.mark.parametrize("person", ["pharmacist.0", "supply_planner.all", "quality.all"])
def test_nobody_else_sees_kit_lists(world: World, listed: str, person: str) -> None:
    """403, and no kit type."""
    browser = world.signed_in(person)
    for address in (LISTS, listed):
        assert browser.get(address).status_code == 403
        assert "PEN-A" not in browser.text


def test_a_packagers_file_is_asked_for_approved_and_loaded(world: World) -> None:
    """Kit by kit with their numbers; a fault is told with its line and asks for nothing."""
    browser = _opened(world, "supply_manager.all", LISTS)
    address = f"{LISTS}/file"
    head = "number,kit_type,lot,blinded_lot,expiry,depot,mode"
    faulty = _with_file(browser, address, f"{head}\n90017,PEN-A,A2,L2,soon,NLD,production\n")
    assert (faulty.answer.status_code, "Line 2: soon is not a date" in faulty.text) == (400, True)
    browser.get(LISTS)
    marked = _with_file(browser, address, f"{head}\n90017,PEN-A,A2,L2,2028-06-30,NLD,training\n")
    assert (marked.answer.status_code, "This kit list is for training" in marked.text) == (409, True)
    browser.get(LISTS)
    rows = ("90017,PEN-A,A2,L2,2028-06-30,NLD,production", "90018,PEN-P,P2,L2,2028-03-31,NLD,")
    _with_file(browser, address, "\n".join((head, *rows)))
    assert all(words in browser.text for words in ("Approval is asked for", "2 lots, 2 kits", "with numbers"))
    listed = browser.path
    world.office.hire("max", (Role.SUPPLY_MANAGER, {"study_id": world.study_id}))
    _opened(world, "max", listed).press(listed, decision="sign", password=PASSWORD)
    _opened(world, "supply_manager.all", listed).press(listed, decision="load")
    kits = [row for row in house_of(world).rows(Kit) if row["number"] in ("90017", "90018")]
    assert [row["expiry"].isoformat() for row in kits] == ["2028-03-31"] * 2


def _with_file(browser: Browser, address: str, text: str) -> Browser:
    """As browsers send a form with a file."""
    fields = {name: typed for name, typed in browser.form(address).fields.items() if name != "file"}
    files = {"file": ("list.csv", text.encode(), "text/csv")}
    browser.answer = browser.client.post(address, data=fields, files=files, follow_redirects=True)
    return browser
