"""A randomization list in the inbox of approvals: for those who may sign it, and for nobody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from irt.blinding.roles import Role
from irt.services.randomization_lists import AskRandomizationList, ask_randomization_list
from irt.states.records import Mode
from tests.builders_designs import a_study
from tests.builders_lists import LISTED
from tests.cast import PASSWORD
from tests.web.blinded.designed import world_of
from tests.web.unblinded.people import statistician
from tests.web.ward import ask_one
from tests.web.world import World

INBOX = "/approvals"


@pytest.fixture
def listed(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """A study of lists with a second statistician, and one of its lists waiting."""
    with world_of(a_study(LISTED), sqlite_template, tmp_path) as made:
        for name in ("independent", "second"):
            made.office.hire(name, (Role.UNBLINDED_STATISTICIAN, {"study_id": made.study_id}))
        ask = AskRandomizationList(study_id=made.study_id, mode=Mode.PRODUCTION)
        made.office.does(made.office.account("independent"), ask_randomization_list, ask)
        yield made


def address_of(world: World) -> str:
    """The page where the list is signed, as the inbox links to it."""
    return f"{page_of(world)}?study={world.study_id}"


def page_of(world: World) -> str:
    """The same for the study chosen."""
    number = ask_one(world, "SELECT id FROM approval WHERE kind = 'randomization_list'")
    return f"/randomization/lists/{number}"


def test_the_second_statistician_finds_it_and_signs(listed: World) -> None:
    """From the inbox to the page in the room; then nothing waits any more."""
    browser = listed.signed_in("second")
    page = browser.get(INBOX).text
    assert "Randomization list 1 of" in page
    assert f'href="{address_of(listed)}"' in page
    assert "you may" in page
    browser.get(address_of(listed))
    browser.press(page_of(listed), decision="sign", password=PASSWORD)
    assert "The list is approved" in browser.text
    assert "Nothing waits for a second person." in browser.get(INBOX).text


def test_whoever_asked_only_reads_it(listed: World) -> None:
    """Another person decides."""
    page = listed.signed_in("independent").get(INBOX).text
    assert f'href="{address_of(listed)}"' in page
    assert "another person" in page
    assert "you may" not in page


def test_the_link_leads_to_the_lists_own_study(listed: World, world: World) -> None:
    """Whichever study the reader has chosen; no other study is entered by its number."""
    browser = listed.signed_in("second")
    assert browser.get(address_of(listed)).status_code == 200
    assert browser.get(f"{page_of(listed)}?study={listed.study_id + 1}").status_code in (403, 404)
    assert browser.get(f"{page_of(listed)}?study=x").status_code in (403, 404)
    assert statistician(world).get(page_of(listed)).status_code == 404


@pytest.mark.parametrize("role", [Role.SUPPLY_MANAGER, Role.STUDY_TEAM])
def test_nobody_else_learns_of_it(listed: World, role: Role) -> None:
    """Those who find other things in the inbox, unblinded or not, read nothing of a list there."""
    listed.office.hire("other", (role, {"study_id": listed.study_id}))
    browser = listed.signed_in("other")
    page = browser.get(INBOX)
    assert page.status_code == 200
    assert "andomization list" not in page.text
    assert "Nothing waits for a second person." in page.text
    assert browser.get(address_of(listed)).status_code == 403


@pytest.mark.parametrize("person", ["investigator.0", "pharmacist.0", "monitor.0", "supply_planner.all"])
def test_blinded_people_have_no_inbox(listed: World, person: str) -> None:
    """As before: 403, whether a list waits or not."""
    assert listed.signed_in(person).get(INBOX).status_code == 403
