"""Subjects of a small world, brought as far as a test needs them, by the people whose work it is."""

from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import text

from irt.services.assign_kits import AssignKits, assign_kits
from irt.services.hand_over_kits import HandOver, hand_over_kits
from irt.services.randomize_subject import RandomizeSubject, randomize_subject
from irt.services.screen_subject import ScreenSubject, screen_subject
from irt.services.sign_order import SignOrder, sign_order
from tests.cast import signing
from tests.web.browser import Browser
from tests.web.world import World


@dataclass(frozen=True)
class Assigned:
    """Kits assigned for a subject's first day."""

    subject: str
    dispensing_id: int
    kits: tuple[str, ...]
    address: str


def at(world: World, subject: str, *words: object) -> str:
    """An address below a subject's page."""
    return "/".join(["/studies", str(world.study_id), "subjects", subject, *map(str, words)])


def screened(world: World, site: int = 0) -> str:
    """A subject in screening."""
    ask = ScreenSubject(study_id=world.study_id, site=world.sites[site][0], on_day=world.now.date())
    return str(_does(world, f"coordinator.{site}", screen_subject, ask).subject)


def randomized(world: World, site: int = 0) -> str:
    """A subject whose first kits are due today and not ordered yet."""
    subject = screened(world, site)
    ask = RandomizeSubject(
        study_id=world.study_id,
        subject=subject,
        levels={"ldl": "LT85"},
        dose_level="Q2W",
        on_day=world.now.date(),
    )
    _does(world, f"coordinator.{site}", randomize_subject, ask)
    return subject


def ordered(world: World, site: int = 0, subject: str = "", visit: str = "D1") -> str:
    """A subject whose kits are ordered."""
    number = subject or randomized(world, site)
    ask = SignOrder(study_id=world.study_id, subject=number, visit=visit, dose_level="Q2W", signing=signing())
    _does(world, f"investigator.{site}", sign_order, ask)
    return number


def assigned(world: World, site: int = 0) -> Assigned:
    """A subject with two kits assigned for the first day."""
    subject = ordered(world, site)
    ask = AssignKits(study_id=world.study_id, subject=subject, visit="D1", on_day=world.now.date())
    done = _does(world, f"pharmacist.{site}", assign_kits, ask)
    numbers = tuple(kit.number for kit in done.kits)
    return Assigned(subject, done.dispensing_id, numbers, at(world, subject, "dispense", done.dispensing_id))


def treated(world: World, site: int = 0) -> Assigned:
    """A subject who has the kits of the first day."""
    given = assigned(world, site)
    ask = HandOver(study_id=world.study_id, dispensing_id=given.dispensing_id, scanned=list(given.kits))
    _does(world, f"pharmacist.{site}", hand_over_kits, ask)
    return given


def free_kit(world: World, site: int = 0) -> str:
    """A kit that lies unassigned at the site."""
    wanted = (
        "SELECT number FROM kit WHERE custody = 'site' AND place_id = :site AND assignment = 'free' ORDER BY number"
    )
    return str(ask_one(world, wanted, site=world.sites[site][1]))


def count(world: World, table: str) -> int:
    """How many rows a table has."""
    return int(ask_one(world, f"SELECT count(*) FROM {table}"))


def ask_one(world: World, question: str, **given: Any) -> Any:
    """The first value that a question is answered with."""
    with world.store.reading() as connection:
        return connection.execute(text(question), given).scalars().first()


def fill(browser: Browser, action: str, **typed: str) -> dict[str, str]:
    """What the form that goes to an address holds once it is filled in."""
    return {**browser.form(action).fields, **typed}


def intrude(browser: Browser, action: str, **typed: str) -> httpx.Response:
    """Posts to an address whose page the person never saw."""
    browser.get("/switch")
    token = browser.form("/account/theme").fields["_csrf_token"]
    return browser.send(action, {"_csrf_token": token, "command_key": "k", **typed})


def _does(world: World, username: str, service: Any, ask: Any) -> Any:
    return world.office.does(world.office.account(username), service, ask)
