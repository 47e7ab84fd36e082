"""The buttons of sites and lanes: each proposes, and nothing holds until a second person signs."""

from typing import Any

import pytest

from irt.blinding.roles import Role
from irt.tables.study import Lane, OperationalChange, Site, SiteContact, SiteDetail
from tests.cast import PASSWORD
from tests.web.browser import Browser
from tests.web.parcels import house_of
from tests.web.world import World

LANE = {
    "origin": "NLD",
    "target": "GB",
    "lead_time_days": "6",
    "on_mon": "yes",
    "on_thu": "yes",
    "cut_off": "14:00",
    "holidays": "2026-12-25 2026-12-26",
    "effective_from": "2026-04-01",
    "reason": "Another carrier",
}
CONTACT = {
    "receiver": "Trial pharmacy",
    "address": "1 High Street\nLeeds LS1 1AA",
    "phone": "+44 113 496 0000",
    "reason": "The pharmacy moved",
}
SITE = {"number": "1099", "name": "Rowan Infirmary", "country": "GB", "zone": "", "reason": "Enrols faster"}


def at(world: World, *words: object) -> str:
    """An address below the study's network."""
    return "/".join(["/network", str(world.study_id), *map(str, words)])


def manager(world: World) -> Browser:
    """Who proposes."""
    return world.signed_in("supply_manager.all")


def proposes(browser: Browser, action: str, page: str, **typed: str) -> None:
    """Opens the page and fills in its form."""
    browser.get(page)
    browser.press(action, **typed)


def approves(world: World, **changed: str) -> Browser:
    """The blinded planner looks at the newest change and decides it."""
    second = world.signed_in("supply_planner.all")
    address = at(world, "changes", house_of(world).rows(OperationalChange)[-1]["id"])
    second.get(address)
    second.press(address, **{"meaning": "approve", "password": PASSWORD, **changed})
    return second


def test_a_lane_is_changed_from_a_day_on(world: World) -> None:
    """The form holds what is in force; approved, the new row holds from its day."""
    before = len(house_of(world).rows(Lane))
    browser, page = manager(world), at(world, "lanes", "change")
    browser.get(f"{page}?origin=NLD&target=GB")
    held = browser.form(page).fields
    assert held["lead_time_days"] == "5"
    browser.press(page, **LANE, on_tue="", on_wed="")
    assert "As it shall be" in browser.text
    assert "You proposed this change" in browser.text
    assert len(house_of(world).rows(Lane)) == before
    second = approves(world)
    assert "Approved" in second.text
    row = house_of(world).rows(Lane)[-1]
    assert (row["lead_time_days"], str(row["effective_from"])) == (6, "2026-04-01")
    assert row["calendar"]["dispatch_days"] == ["mon", "thu"]
    assert row["calendar"]["holidays"] == ["2026-12-25", "2026-12-26"]
    second.get(at(world))
    assert "To come" in second.text
    assert "Lane NLD to GB" in second.text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"target": "ZZ"}, "ZZ is no country, depot or site of this study"),
        ({"target": "home"}, "a matter of the protocol"),
        ({"origin": "XXX"}, "XXX is not a depot of this study"),
        ({"lead_time_days": "soon"}, "Look again at the lead time days"),
        ({"on_mon": "", "on_thu": ""}, "Choose the days on which goods leave"),
        ({"holidays": "Christmas"}, "Look again at the holidays"),
        ({"effective_from": "2020-01-01"}, "a day that has gone"),
        ({"effective_from": "never"}, "is not a day"),
        ({"reason": " "}, "The reason is missing"),
    ],
)
def test_a_wrong_lane_is_refused_in_words(world: World, changed: dict[str, str], words: str) -> None:
    """What was typed stays on the page; nothing waits."""
    browser, page = manager(world), at(world, "lanes", "change")
    browser.get(page)
    answer = browser.press(page, **{**LANE, **changed})
    assert answer.status_code == 400
    assert words in answer.text
    assert house_of(world).rows(OperationalChange) == []


def test_a_contact_stands_on_the_packing_list(world: World) -> None:
    """From its day on, for the depot and the site alike."""
    number, site_id = world.sites[0]
    proposes(manager(world), at(world, "sites", number, "contact"), at(world, "sites", number), **CONTACT)
    assert house_of(world).rows(SiteContact) == []
    second = approves(world)
    assert [row["site_id"] for row in house_of(world).rows(SiteContact)] == [site_id]
    second.get(at(world, "sites", number))
    assert "Trial pharmacy" in second.text
    assert "In force" in second.text


def test_a_site_is_added(world: World) -> None:
    """Planned, at its country's depot, on the newest approved version; a number is given once."""
    page = at(world, "sites", "new")
    proposes(manager(world), page, page, **SITE)
    approves(world)
    (row,) = house_of(world).rows(Site, number="1099")
    assert (row["status"], row["zone"], row["version_number"]) == ("planned", "Europe/London", 1)
    assert [detail["name"] for detail in house_of(world).rows(SiteDetail, site_id=row["id"])] == ["Rowan Infirmary"]
    browser = manager(world)
    browser.get(page)
    assert browser.press(page, **SITE).status_code == 400
    assert "Site 1099 is a site of this study already" in browser.text
    assert browser.press(page, **{**SITE, "number": "10/99"}).status_code == 400
    assert browser.press(page, **{**SITE, "number": "1100", "country": "ZZ"}).status_code == 400


def test_a_zone_is_put_right(world: World) -> None:
    """At once; the earlier one stays in the record."""
    number, site_id = world.sites[0]
    page, action = at(world, "sites", number), at(world, "sites", number, "details")
    typed = {"depot": "NLD", "zone": "Europe/Dublin", "reason": "It lies in Dublin"}
    browser = manager(world)
    browser.get(page)
    assert browser.press(action, **{**typed, "zone": "Europe/Nowhere"}).status_code == 400
    browser.press(action, **typed)
    second = approves(world)
    assert house_of(world).rows(Site, id=site_id)[0]["zone"] == "Europe/Dublin"
    zones = [row["zone"] for row in house_of(world).rows(SiteDetail, site_id=site_id)]
    assert zones == ["Europe/London", "Europe/Dublin"]
    assert "Europe/London" in second.text


def test_a_change_is_refused_with_a_reason(world: World) -> None:
    """Without one nothing is decided; refused, nothing changes, and it is decided once."""
    number = world.sites[0][0]
    proposes(manager(world), at(world, "sites", number, "contact"), at(world, "sites", number), **CONTACT)
    second = approves(world, meaning="reject")
    assert second.answer.status_code == 400
    assert "A refusal needs a reason" in second.text
    action = second.path
    assert second.press(action, meaning="", password=PASSWORD).status_code == 400
    assert second.press(action, meaning="approve", password="wrong").status_code == 403
    second.press(action, meaning="reject", reason="Wrong street", password=PASSWORD)
    assert "Wrong street" in second.text
    assert house_of(world).rows(SiteContact) == []
    with pytest.raises(LookupError):
        second.form(action)


def test_nobody_approves_their_own(world: World) -> None:
    """The page offers no panel; a form sent all the same is refused."""
    number = world.sites[0][0]
    browser = manager(world)
    proposes(browser, at(world, "sites", number, "contact"), at(world, "sites", number), **CONTACT)
    fields: dict[str, Any] = {
        "_csrf_token": browser.form("/sign-out").fields["_csrf_token"],
        "command_key": "own",
        "meaning": "approve",
        "digest": "a" * 64,
        "password": PASSWORD,
    }
    assert browser.send(browser.path, fields).status_code == 403
    assert house_of(world).rows(SiteContact) == []


@pytest.mark.parametrize("person", ["pharmacist.0", "inspector.all"])
def test_others_neither_see_nor_change(world: World, person: str) -> None:
    """403 for the page and for each form."""
    browser = world.signed_in(person)
    token = browser.form("/sign-out").fields["_csrf_token"]
    fields = {"_csrf_token": token, "command_key": "k", **LANE}
    number = world.sites[0][0]
    assert browser.get(at(world)).status_code == 403
    for words in (
        ("lanes", "change"),
        ("sites", "new"),
        ("sites", number, "details"),
        ("sites", number, "contact"),
    ):
        assert browser.send(at(world, *words), fields).status_code == 403


def test_an_administrator_may_propose(world: World) -> None:
    """Who opens sites also adds them."""
    world.office.hire("adam", (Role.ADMINISTRATOR, {}))
    browser = world.signed_in("adam")
    page = at(world, "sites", "new")
    proposes(browser, page, page, **SITE)
    assert len(house_of(world).rows(OperationalChange)) == 1
