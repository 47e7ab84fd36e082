"""One installation, many sponsors: whoever belongs to one reaches nothing of another, by whatever address.

The addresses come from the table of routes, so a new page or operation cannot be forgotten.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from sqlalchemy import text

import web
from irt.blinding.roles import SITE_ROLES, Role
from irt.services import passwords
from irt.services.load_study import LoadStudy, load_study
from irt.services.store import Store
from irt.tables import METADATA
from irt.tables.walls import parted_tables
from tests.builders_supply import SupplyHouse, the_study
from tests.cast import PASSWORD, Office
from tests.web.api.system import System
from tests.web.browser import Browser, forms_of
from tests.web.conftest import CHEAP
from tests.web.world import World
from web import installation
from web.api.operations import EXAMPLE
from web.api.room import every_operation

BLINDED = (
    *(Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST, Role.MONITOR, Role.STUDY_TEAM, Role.SUPPLY_PLANNER),
    *(Role.COURIER, Role.CUSTOMS_BROKER, Role.STATISTICIAN, Role.CONFIGURATOR, Role.HELP_DESK, Role.ADMINISTRATOR),
    *(Role.INSPECTOR, Role.SAFETY),
)
UNBLINDED = (
    *(Role.UNBLINDED_PHARMACIST, Role.UNBLINDED_MONITOR, Role.SUPPLY_MANAGER, Role.QUALIFIED_PERSON),
    *(Role.QUALITY, Role.UNBLINDED_STATISTICIAN),
)
NOWHERE = 9
"""The id of a study that is not there; of as many digits as the one that is another sponsor's."""
PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
OPEN_TO_ALL = re.compile(r"^/(static|health|ready|sign-in|api/v1/health|api/v1/openapi|api/docs)")
REFERENCE = re.compile(r'"reference":"[A-Z0-9]+"')
"""Letters that find a refusal in the log; drawn anew for each."""
EMPTY = {
    f"/api/v1/studies/{{study_id:int}}/{noun}": "a list of the caller's own sites: of any other study none"
    for noun in ("monitoring", "outage-packs", "storage-units", "verification")
}
CHANGING = frozenset({"date", "content-length", "x-request-id", "set-cookie"})


@dataclass(frozen=True)
class Neighbours:
    """A world with a study of one sponsor under way, and people of another sponsor."""

    world: World
    known: Mapping[str, str]
    words: frozenset[str]


@pytest.fixture
def neighbours(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Neighbours]:
    """The study under way has a subject with kits; others hold every role in another sponsor's study."""
    monkeypatch.setattr(installation, "REQUESTS_MAX", 1_000_000)
    monkeypatch.setattr(passwords, "RULE", CHEAP)
    if getattr(request, "param", "sqlite") == "sqlite":
        yield _neighbours(request.getfixturevalue("world"))
    else:
        world = _world_on(request.getfixturevalue("postgresql_store"))
        with world.opened:
            yield _neighbours(world)


def _world_on(store: Store) -> World:
    """The small study of `world` in a database that parts the rows of studies itself."""
    house = SupplyHouse.of(store)
    house.load()
    sites = house.sites(2)
    house.resupply()
    for _ in range(14):
        house.later(1)
        house.carry()
    office = Office.founded(store)
    office.now = datetime.combine(house.day + timedelta(days=1), time(8), office.now.tzinfo)
    office.hire("investigator.0", (Role.INVESTIGATOR, {"study_id": house.study_id, "site_id": sites[0][1]}))
    office.keys = count(10_000)
    return World(store, office, house.study_id, tuple(sites))


def _neighbours(world: World) -> Neighbours:
    subject, dispensing = System.of(world, "investigator.0").dispenses()
    theirs = _other_study(world)
    for name, roles in (("stranger", BLINDED), ("initiate", UNBLINDED)):
        site = _one(world.store, "SELECT id FROM site WHERE study_id = :study", theirs)
        where = [(role, {"study_id": theirs} | ({"site_id": site} if role in SITE_ROLES else {})) for role in roles]
        world.office.hire(name, *where)
    kit = dispensing["kits"][0]["number"]
    shipment = str(_one(world.store, "SELECT number FROM shipment WHERE study_id = :study", world.study_id))
    known = {"subject": subject, "kit": kit, "shipment": shipment, "site": world.sites[0][0], "depot": "NLD"}
    names = _one(world.store, "SELECT protocol FROM study WHERE id = :study", world.study_id)
    return Neighbours(world, known, frozenset({subject, kit, shipment, names}))


def _other_study(world: World) -> int:
    study = the_study("activ6")
    identity = study.study.model_copy(update={"sponsor": "Another sponsor"})
    whole = study.model_copy(update={"study": identity}).model_dump(mode="json")
    ask = LoadStudy(definition=whole, size="small", effective_from=world.now.date())
    world.office.hire("founder", (Role.CONFIGURATOR, {}))
    return int(world.office.does(world.office.account("founder"), load_study, ask).study_id)


def _one(store: Store, question: str, study: int) -> Any:
    with store.reading() as connection:
        return connection.execute(text(question + " ORDER BY id LIMIT 1"), {"study": study}).scalar_one()


WHOLE, ON_POSTGRESQL = ("sqlite", 1), ("postgresql", 1)
A_PART = ("postgresql", 6)
"""On PostgreSQL every sixth address in the short form: what differs there is the database and no page."""


@pytest.mark.parametrize("username", ["stranger", "initiate"])
@pytest.mark.parametrize(
    ("neighbours", "every"),
    [WHOLE, A_PART, pytest.param(*ON_POSTGRESQL, marks=pytest.mark.slow)],
    indirect=["neighbours"],
)
def test_another_sponsor_s_record_is_as_if_it_were_not_there(
    neighbours: Neighbours, username: str, every: int
) -> None:
    """Each address and command with its ids is answered like one with ids that nobody has, to the word."""
    browser = neighbours.world.signed_in(username)
    system = System.of(neighbours.world, username)
    told = {}
    paths, commands = [*_paths(neighbours.world)][::every], [*_commands()][::every]
    ids = (neighbours.world.study_id, NOWHERE)
    for path in paths:
        there, not_there = (_address(path, study, neighbours.known) for study in ids)
        answers = [_get(browser, system, address) for address in (there, not_there)]
        if _bare(answers[0], there) != _bare(answers[1], not_there) or (
            answers[0].status_code < 300 and path not in EMPTY
        ):
            told[path] = [answer.status_code for answer in answers]
    for path, example in commands:
        bodies = [_renamed(example, study, neighbours.known) for study in ids]
        answers = [system.does_alone(path, **body) for body in bodies]
        if _bare(answers[0]) != _bare(answers[1]) or answers[0].status_code < 400:
            told[f"POST {path}"] = [answer.status_code for answer in answers]
    assert told == {}
    assert len(paths) + len(commands) > 250 // every


@pytest.mark.parametrize(
    ("neighbours", "username"),
    [("sqlite", "stranger"), pytest.param("postgresql", "initiate", marks=pytest.mark.slow)],
    indirect=["neighbours"],
)
def test_no_button_pressed_by_a_stranger_changes_or_tells_anything(neighbours: Neighbours, username: str) -> None:
    """Every form of every page, with another sponsor's ids and an own valid token: no row of theirs is another.

    What the fields are called is read from the templates: each address is sent all that there are. Whoever belongs
    there does change something with them.
    """
    world, browser = neighbours.world, neighbours.world.signed_in(username)
    before, told, sent = _rows_of(world), {}, 0
    for path in _buttons(world):
        there = _address(path, world.study_id, neighbours.known)
        answer = browser.send(there, _every_field(browser, world, neighbours.known))
        sent += 1
        words = {word for word in _whole_words(neighbours.words, answer.text) if word not in there}
        if answer.status_code >= 500 or (answer.status_code < 400 and words - set(neighbours.known.values())):
            told[path] = (answer.status_code, words)
        if not browser.client.get("/switch", follow_redirects=False).is_success:
            browser = world.signed_in(username)
    assert told == {}
    assert sent > 100
    assert _rows_of(world) == before
    own = world.signed_in("investigator.0")
    for path in (path for path in _buttons(world) if path.endswith("/scan")):
        own.send(_address(path, world.study_id, neighbours.known), _every_field(own, world, neighbours.known))
    assert _rows_of(world) != before


def _buttons(world: World) -> Iterator[str]:
    """Addresses of pages that forms are sent to."""
    routes: Iterable[Any] = world.browser().client.app.routes
    for path in sorted({route.path for route in routes if "POST" in getattr(route, "methods", ())}):
        if not OPEN_TO_ALL.match(path) and not path.startswith(("/api/", "/account/")):
            yield path


def _every_field(browser: Browser, world: World, known: Mapping[str, str]) -> dict[str, str]:
    """Every name of a field in any template, with another sponsor's ids; the token is the stranger's own."""
    token = forms_of(browser.get("/account").text)[0].fields["_csrf_token"]
    today = world.now.date().isoformat()
    fields = {name: today if name.endswith(("_on", "day", "until", "date")) else "1" for name in _field_names()}
    ids = {"study": str(world.study_id), "study_id": str(world.study_id), "number": known["shipment"]}
    own = {"_csrf_token": token, "command_key": uuid4().hex, "password": PASSWORD, "reason": "As agreed"}
    return {**fields, **known, **ids, **own}


@cache
def _field_names() -> frozenset[str]:
    files = (Path(web.__file__).parent / "templates").rglob("*.html")
    return frozenset(name for file in files for name in re.findall(r'\bname="(\w+)"', file.read_text()))


def _rows_of(world: World) -> dict[str, list[str]]:
    """Every row of the study under way, by table; what only says that somebody knocked belongs to the knocker."""
    found = {}
    with world.store.reading() as connection:
        for table in parted_tables():
            columns = METADATA.tables[table].c.keys()
            if "study_id" in columns:
                rows = connection.execute(
                    text(f"SELECT * FROM {table} WHERE study_id = :study ORDER BY id"), {"study": world.study_id}
                )
                found[table] = [str(tuple(row)) for row in rows]
    return found


def _whole_words(words: Iterable[str], said: str) -> set[str]:
    return {word for word in words if re.search(rf"\b{re.escape(word)}\b", said)}


@pytest.mark.parametrize(
    "neighbours", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True
)
def test_no_page_of_one_s_own_names_another_sponsor_s_records(neighbours: Neighbours) -> None:
    """Lists, tiles, searches and calendars tell of one's own study alone."""
    told: dict[str, set[str]] = {}
    for username in ("stranger", "initiate"):
        browser, system = neighbours.world.signed_in(username), System.of(neighbours.world, username)
        for path in (path for path in _all_paths(neighbours.world) if "{" not in path):
            answer = _get(browser, system, path)
            assert answer.status_code < 500, path
            if found := _whole_words(neighbours.words, answer.text):
                told[f"{username} {path}"] = found
    assert told == {}


def _all_paths(world: World) -> Iterator[str]:
    routes: Iterable[Any] = world.browser().client.app.routes
    for path in sorted({route.path for route in routes if "GET" in getattr(route, "methods", ())}):
        if not OPEN_TO_ALL.match(path):
            yield path


def _paths(world: World) -> Iterator[str]:
    return (path for path in _all_paths(world) if "{study_id:int}" in path)


def _address(path: str, study: int, known: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        name, kind = found.groups()
        noun = next((noun for noun in known if f"/{noun}s/{{{name}" in path), "shipment")
        if name == "study_id":
            return str(study)
        return "1" if kind == "int" else known.get(name, known[noun])

    return PARAMETER.sub(value, path)


def _get(browser: Browser, system: System, address: str) -> Response:
    if address.startswith("/api/"):
        return system.client.get(address, headers=system.header)
    return browser.client.get(address, follow_redirects=False)


def _commands() -> Iterator[tuple[str, dict[str, Any]]]:
    for operation in every_operation():
        example = operation.opt.get(EXAMPLE)
        if example is not None and "study_id" in example:
            yield from ((path, example) for path in sorted(operation.paths))


def _renamed(example: dict[str, Any], study: int, known: Mapping[str, str]) -> dict[str, Any]:
    named = {name: known[name] for name in known if isinstance(example.get(name), str)}
    return {**example, **named, "study_id": study}


def _bare(answer: Response, address: str = "") -> tuple[int, str, list[tuple[str, str]]]:
    """The answer without the address asked, which a page repeats, and without what changes by itself."""
    words = REFERENCE.sub("", answer.text.replace(address, "here") if address else answer.text)
    head = sorted((name, value.replace(address, "here")) for name, value in answer.headers.items() if address)
    return answer.status_code, words, [(name, value) for name, value in head if name not in CHANGING]
