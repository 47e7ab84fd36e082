"""A small blinded study behind real pages: two sites with stock, their people, and a clock that tests move."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from litestar import Litestar
from litestar.testing import TestClient
from pydantic import SecretStr

from irt.blinding.roles import Role
from irt.services.accounts import CreateAccount, DisableAccount, create_account, disable_account
from irt.services.deliver_outbox import Mailroom
from irt.services.job_handlers import handlers_with
from irt.services.store import Store
from irt.services.worker import Worker
from irt.states.records import JobKind, Mode
from irt.study.definition import StudyDefinition
from irt.supply.resupply import MinMax
from simulation.enrolment.posterior.fit import Effort
from tests.builders import a_store
from tests.builders_supply import SupplyHouse
from tests.cast import PASSWORD, TEMPORARY, Office
from tests.web.browser import Browser
from web.app import build_app, move_in
from web.forecasting.job import work_on_forecast_with
from web.installation import Clock
from web.settings import Settings

SETTINGS = Settings(release="0.0.0", mode=Mode.TEST, help_phone="+45 00 00 00 00", secure=False)
SITE_PEOPLE = (Role.PHARMACIST, Role.COORDINATOR, Role.INVESTIGATOR, Role.MONITOR)
SHORT = Effort(20, 40, 2)
"""So little is learned about enrolment, that tests are quick."""
STUDY_PEOPLE = (Role.SUPPLY_MANAGER, Role.SUPPLY_PLANNER, Role.INSPECTOR, Role.QUALITY)


@dataclass(frozen=True)
class Grounds:
    """What the template database holds."""

    file: Path
    study_id: int
    sites: tuple[tuple[str, int], ...]
    now: datetime


class Letterbox:
    """Takes every letter and keeps none."""

    def deliver(self, letter: EmailMessage) -> None:
        """Gone."""


_EMPTY: dict[tuple[Settings, str], list[Litestar]] = {}
"""Applications that nobody lives in, by what they were built with: to build one takes longer than most tests."""
_TOLD_LATER: dict[str, Any] = {"mode": Mode.TEST, "help_phone": "", "address": "", "sso": None}
"""What an application is not built with: it hears of it when somebody moves in."""


@contextmanager
def application(store: Store, clock: Clock, settings: Settings) -> Iterator[Litestar]:
    """An application with nothing of an earlier world in it, given back afterwards."""
    walls = replace(settings, **_TOLD_LATER)
    empty = _EMPTY.setdefault((walls, store.seal.derived_key("csrf")), [])
    app = empty.pop() if empty else build_app(walls, store.seal)
    move_in(app, store, clock, settings, MinMax())
    try:
        yield app
    finally:
        empty.append(app)


@dataclass
class World:
    """A copy of the grounds, with the application on it."""

    store: Store
    office: Office
    study_id: int
    sites: tuple[tuple[str, int], ...]
    settings: Settings = SETTINGS
    opened: ExitStack = field(default_factory=ExitStack)
    running: TestClient[Litestar] | None = None

    @property
    def now(self) -> datetime:
        """The time in this world."""
        return self.office.now

    def app(self) -> Litestar:
        """An application of this world, as it starts: nobody has knocked yet."""
        return self.opened.enter_context(application(self.store, lambda: self.now, self.settings))

    def client(self, **wishes: Any) -> TestClient[Litestar]:
        """A caller of the one application that runs for everybody in this world."""
        if self.running is None:
            self.running = self.opened.enter_context(TestClient(self.app()))
        client = TestClient(self.running.app, **wishes)
        client.blocking_portal = self.running.blocking_portal
        return client

    def works(self) -> int:
        """Lets a worker do everything that is queued, its mails lost; gives how many jobs it ran."""
        mailroom = Mailroom(Letterbox(), "irt@localhost")
        handlers = {**handlers_with(MinMax()), JobKind.ENROLMENT: partial(work_on_forecast_with, SHORT)}
        return Worker(self.store, handlers, mailroom, lambda: self.now).once()

    def browser(self) -> Browser:
        """A browser in which nobody is signed in."""
        return Browser(self.client())

    def signed_in(self, username: str) -> Browser:
        """The browser of a person signed in: `pharmacist.0` works at the first site, `quality.all` at all."""
        browser = self.browser()
        browser.get("/sign-in?next=/switch")
        browser.press("/sign-in", username=username, password=PASSWORD)
        if browser.path != "/switch":
            raise LookupError(f"{username} did not get in: {browser.text}")
        return browser

    def new_account(self, username: str) -> None:
        """Somebody who still has the password the office gave them, and no role."""
        ask = CreateAccount(username=username, printed_name=username, password=SecretStr(TEMPORARY), trained=True)
        self.office.does(self.office.ada, create_account, ask)

    def close_account(self, username: str) -> None:
        """Shuts somebody out."""
        ask = DisableAccount(account_id=self.office.account(username).account_id, reason="left the site")
        self.office.does(self.office.ada, disable_account, ask)

    def wait(self, **passing: float) -> None:
        """Lets time pass."""
        self.office.wait(**passing)


_LAID: dict[str, tuple[bytes, Grounds]] = {}
"""What a file of each study came to hold."""


def lay_grounds(file: Path, definition: StudyDefinition | None = None) -> Grounds:
    """Loads a study, the lipid study by default, into a migrated database, supplies two sites, hires everybody."""
    study = definition.model_dump_json() if definition else ""
    if study not in _LAID:
        laid = _lay(file, definition)
        _LAID[study] = (file.read_bytes(), laid)
        return laid
    content, laid = _LAID[study]
    file.write_bytes(content)
    return replace(laid, file=file)


def _lay(file: Path, definition: StudyDefinition | None) -> Grounds:
    store = a_store(f"sqlite:///{file}")
    try:
        house = SupplyHouse.of(store, definition)
        house.load()
        sites = house.sites(2)
        house.resupply()
        for _ in range(14):
            house.later(1)
            house.carry()
        office = Office.founded(store)
        office.now = datetime.combine(house.day + timedelta(days=1), time(8), office.now.tzinfo)
        _hire(office, house.study_id, sites)
    finally:
        store.close()
    return Grounds(file, house.study_id, tuple(sites), office.now)


def _hire(office: Office, study_id: int, sites: list[tuple[str, int]]) -> None:
    for index, (_, site_id) in enumerate(sites):
        for role in SITE_PEOPLE:
            office.hire(f"{role}.{index}", (role, {"study_id": study_id, "site_id": site_id}))
    for role in STUDY_PEOPLE:
        office.hire(f"{role}.all", (role, {"study_id": study_id}))


@contextmanager
def world_on(grounds: Grounds, folder: Path) -> Iterator[World]:
    """A world of its own on a copy of the grounds."""
    file = folder / f"{uuid4().hex}.sqlite"
    shutil.copyfile(grounds.file, file)
    store = a_store(f"sqlite:///{file}")
    world = World(store, Office(store, grounds.now, count(10_000)), grounds.study_id, grounds.sites)
    try:
        with world.opened:
            yield world
    finally:
        store.close()
