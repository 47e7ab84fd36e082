"""Pages see through their reader's eyes: a fault of a page shows nothing, for the database refuses it."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

import web
from irt.blinding.roles import Permission
from irt.reads.blinded_sites import WorkSite, sites_reached
from tests.web.api.system import System
from tests.web.world import World
from web.api import stock as stock_operations
from web.blinded import stock as stock_page
from web.blinded.desk import Desk
from web.unblinded import contents

ROOMS = Path(web.__file__).parent
PAST_THE_WALL = {
    "api/checklist.py": "a line of the checklist says what the gate is worth, and whether the study has lists",
    "api/go_live.py": "what a gate is worth follows from what it agrees on, which stays where it is",
    "api/invoices.py": "values of kit types, summed by blinding group, for whoever may see the invoice",
    "api/messages.py": "a depot that may know kit types is told them in its own codes",
    "api/randomization_lists.py": "the seed as it is sealed, of which a reader of lists is told the shares",
    "blinded/checklist.py": "a line of the checklist says what the gate is worth, and whether the study has lists",
    "blinded/depot.py": "the warehouse's order of a pick list, for the depot that picks",
    "blinded/gates.py": "what a gate is worth follows from what it agrees on, which stays where it is",
    "unblinded/invoices.py": "values of kit types, summed by blinding group, for whoever may see the invoice",
}
WITHOUT_EYES = {
    "blinded/invitation.py": "nobody is signed in yet: whoever holds the letter",
    "blinded/parcel.py": "nobody is signed in: the installation itself asks, for whoever holds a parcel's label",
    "blinded/sign_in.py": "nobody is signed in yet",
}
ARMS = "SELECT arm FROM secret_treatment_assignment"


def test_few_rooms_look_past_the_wall_and_each_says_why() -> None:
    """Whoever adds one explains it here."""
    assert _files_with(r"reading_past_wall\(") == set(PAST_THE_WALL)


def test_every_room_has_its_readers_eyes() -> None:
    """No handler of a page reads with the installation's store, but where nobody is signed in."""
    found = _files_with(r"(?<!desk\.)(?<!self\.)\bstore\.reading\(\)")
    assert {file for file in found if not file.startswith("api/")} == set(WITHOUT_EYES)


def _files_with(pattern: str) -> set[str]:
    rooms = [file for room in ("blinded", "unblinded", "api") for file in (ROOMS / room).glob("*.py")]
    return {str(file.relative_to(ROOMS)) for file in rooms if re.search(pattern, file.read_text())}


def _asks_for_arms(connection: Connection, *_: Any) -> Any:
    return connection.execute(text(ARMS)).all()


def test_a_blinded_page_gone_wrong_shows_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A blinded question that turned to treatment is refused in words that tell nothing."""
    monkeypatch.setattr(stock_page, "stock_at", _asks_for_arms)
    browser = world.signed_in("pharmacist.0")
    _refused(browser.client.get("/stock"))


def test_an_unblinded_page_without_its_check_shows_a_blinded_person_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever forgets to ask for the right still meets the wall."""
    monkeypatch.setattr(contents, "_sites", _any_site)
    _refused(world.signed_in("pharmacist.0").client.get("/contents"))


def _any_site(desk: Desk, permission: Permission) -> list[WorkSite]:
    with desk.store.reading() as connection:
        return list(sites_reached(connection, desk.who.actor, permission))


def test_an_operation_gone_wrong_answers_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same at the door of other systems."""
    monkeypatch.setattr(stock_operations, "stock_at", _asks_for_arms)
    system = System.of(world, "pharmacist.0")
    answer = system.asks_study(f"/sites/{world.sites[0][0]}/kits")
    assert answer.status_code == 500
    assert answer.json()["name"] == "BehindTheWall"
    assert not re.search("secret|arm|treatment", answer.text)


def _refused(answer: Any) -> None:
    assert answer.status_code == 500
    assert "This cannot be shown. Nothing was booked." in answer.text
    assert not re.search("secret_|treatment_assignment", answer.text)
