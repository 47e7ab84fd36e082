"""One small blinded trial from loading to code break, through real services, pages and API, in one variation."""

import logging
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import text

from irt.blinding.conflicts import BLINDED_ROLES
from irt.blinding.roles import SITE_ROLES, Permission, Role
from irt.services import passwords
from irt.services.issue_token import IssueToken, issue_token
from irt.services.passwords import PasswordRule
from irt.services.seal import Seal
from irt.services.store import Store
from irt.tables.secret import ResupplySetting
from tests.blinding.chance import fixed_chance
from tests.blinding.crawl import PAGES_MAX, crawl
from tests.blinding.evidence import Evidence
from tests.blinding.variation import ASSIGNED_BEFORE, LEVEL, Variation
from tests.builders import SEAL_KEY
from tests.builders_supply import SupplyHouse
from tests.cast import Office, token_of
from tests.rows import put
from tests.web.api.system import SIGNING, System
from tests.web.browser import Browser, forms_of
from tests.web.world import World

CHEAP = PasswordRule(time_cost=1, memory_kib=8, lanes=1)
STUDY_ROLES = (*sorted(BLINDED_ROLES - SITE_ROLES), Role.ADMINISTRATOR)
THOROUGH = ("pharmacist.0",)
"""Who opens every page; the others open the first few of those that differ in a number only."""
ALIKE_MAX = 2
SITE_PEOPLE = tuple(sorted(BLINDED_ROLES & SITE_ROLES))


@dataclass
class OneWorld(World):
    """A world in which everybody uses the same installation, and every answer is kept."""

    evidence: Evidence = field(default_factory=Evidence)
    systems: dict[str, System] = field(default_factory=dict)
    machine: Browser | None = None

    def browser(self) -> Browser:
        """The one machine that everybody shares, with nobody signed in."""
        if self.machine is None:
            self.machine = super().browser()
        self.machine.client.cookies.clear()
        return self.machine

    def system(self, username: str) -> System:
        """The system of a person, with one token."""
        if username not in self.systems:
            ask = IssueToken(scopes=list(Permission), expires_at=self.now + timedelta(days=90))
            token = token_of(self.office.does(self.office.account(username), issue_token, ask))
            self.systems[username] = System(self, self.browser().client, token)
        return self.systems[username]

    def does(self, username: str, path: str, **body: Any) -> dict[str, Any]:
        """A command over the API; its answer is kept, whatever it is."""
        answer = self.evidence.keep(f"{username} API {path}", self.system(username).does(path, **body))
        told: dict[str, Any] = answer.json()
        return told

    def keep_secrets(self) -> None:
        """What the test alone may know: who got what, what is in which kit, and which kits came together."""
        arms = (
            "SELECT subject.number, arm, assignment_number FROM subject "
            "JOIN randomization ON randomization.subject_id = subject.id JOIN secret_treatment_assignment "
            "ON secret_treatment_assignment.randomization_id = randomization.id"
        )
        contents = "SELECT kit.number, kit_type FROM kit JOIN secret_kit_content ON kit_id = kit.id"
        batches = (
            "SELECT kit.number, min(shipment_id), blinded_lot_id FROM kit "
            "JOIN shipment_kit ON shipment_kit.kit_id = kit.id GROUP BY kit.id"
        )
        with self.store.reading() as connection:
            for subject, arm, number in connection.execute(text(arms)):
                self.evidence.arms[subject], self.evidence.assigned[subject] = arm, number
            self.evidence.contents = {row[0]: row[1] for row in connection.execute(text(contents))}
            self.evidence.batches = {row[0]: (row[1], str(row[2])) for row in connection.execute(text(batches))}


@contextmanager
def world_in(variation: Variation, template: Path, folder: Path) -> Iterator[OneWorld]:
    """A world at the moment when its sites are stocked and its people hired."""
    file = folder / "world.sqlite"
    shutil.copyfile(template, file)
    with ExitStack() as stack:
        stack.enter_context(pytest.MonkeyPatch.context()).setattr(passwords, "RULE", CHEAP)
        stack.enter_context(variation.in_force())
        store = Store(f"sqlite:///{file}", Seal(SEAL_KEY), stack.enter_context(fixed_chance()))
        try:
            world = _stocked(store, variation)
            with world.opened:
                yield world
        finally:
            store.close()


def run_world(variation: Variation, template: Path, folder: Path) -> Evidence:
    """The whole trial, then everything that blinded people can get at its end."""
    with world_in(variation, template, folder) as world, _listening() as lines:
        world.evidence.routes = sorted(_looked_at(world.browser().client.app.routes))
        _supply(world)
        _enrol(world)
        _press(world)
        _look(world)
        world.evidence.keep_log(lines)
        world.evidence.keep_tables(world.store)
        world.keep_secrets()
        return world.evidence


def _stocked(store: Store, variation: Variation) -> OneWorld:
    house = SupplyHouse.of(store, variation.definition())
    house.load(variation.lots())
    with store.writing() as connection:
        start = "UPDATE secret_allocation_state SET state = :state WHERE key = 'assignments'"
        moved = connection.execute(text(start), {"state": f'{{"count": {ASSIGNED_BEFORE}}}'})
        if moved.rowcount != 1:
            raise LookupError("the study does not count its assignments as it did")
    sites = house.sites(2)
    house.resupply()
    for _ in range(14):
        house.later(1)
        house.carry()
    office = Office.founded(store)
    office.now = datetime.combine(house.day + timedelta(days=1), time(8), office.now.tzinfo)
    _hire(office, house.study_id, sites)
    office.keys = count(10_000)
    return OneWorld(store, office, house.study_id, tuple(sites))


def _hire(office: Office, study_id: int, sites: list[tuple[str, int]]) -> None:
    with office.store.reading() as connection:
        depot_id = connection.execute(text("SELECT id FROM depot WHERE code = 'NLD'")).scalar_one()
    for index, (_, site_id) in enumerate(sites):
        for role in SITE_PEOPLE:
            office.hire(f"{role}.{index}", (role, {"study_id": study_id, "site_id": site_id}))
    for role in STUDY_ROLES:
        at_depot = {"depot_id": depot_id} if role == Role.DEPOT else {}
        office.hire(f"{role}.all", (role, {"study_id": study_id, **at_depot}))


def _supply(world: OneWorld) -> None:
    """Both levels rise alike at both sites: one parcel comes to the door, the other waits at the depot."""
    today = world.now.date().isoformat()
    for _, site_id in world.sites:
        _raise_levels(world, site_id)
    run = world.does("supply_planner.all", "/resupply/run", day=today, needs_approval=True)
    first, second = run["shipments"]
    for number in (first, second):
        world.does("supply_planner.all", "/shipments/approve", number=number, approve=True)
    for step in ("acknowledge", "pick", "pack", "dispatch", "deliver"):
        world.does("depot.all", f"/shipments/{step}", number=first, waybill="W-1234", monitor="TM-77")
    world.does("depot.all", "/shipments/acknowledge", number=second)
    browser = world.signed_in("depot.all")
    world.evidence.keep("depot.all pick list", browser.get(f"/depot/{world.study_id}/{second}"))
    world.does("depot.all", "/shipments/pick", number=second)
    world.does("pharmacist.0", "/shipments/receive", number=second, received=[], signing=SIGNING)


def _raise_levels(world: OneWorld, site_id: int) -> None:
    with world.store.reading() as connection:
        kit_types = connection.execute(text("SELECT DISTINCT kit_type FROM secret_kit_content ORDER BY id"))
        levels = {"minimum": LEVEL["maximum"] + 1, "maximum": LEVEL["maximum"] + 2}
        known = [row[0] for row in kit_types]
    for kit_type in known:
        owner = {"sponsor_id": 1, "study_id": world.study_id, "site_id": site_id}
        from_day = world.now.date() - timedelta(days=1)
        put(world.store, ResupplySetting, **owner, kit_type=kit_type, **levels, effective_from=from_day)


FIRST, SECOND, THIRD = 0, 1, 2


def _enrol(world: OneWorld) -> None:
    """Three subjects at two sites; the first one's treatment is what may be turned."""
    site, today = world.sites[0][0], world.now.date().isoformat()
    subjects = [screened(world, index) for index in (0, 0, 1)]
    randomized(world, 0, subjects[FIRST], "Q2W", today)
    randomized(world, 0, subjects[SECOND], "QM", today)
    randomized(world, 1, subjects[THIRD], "Q2W", today)
    world.does("coordinator.0", "/subjects/randomize", subject=subjects[FIRST], on_day=today, **dose_answers("Q2W"))
    kits = _dispensed(world, 0, subjects[FIRST], "D1", "Q2W")
    others = _dispensed(world, 0, subjects[SECOND], "D1", "QM", wrong=kits[0])
    _mistaken(world, others[0])
    _replaced(world, subjects[THIRD])
    waiting = screened(world, 0)
    world.does("coordinator.0", "/subjects/fail-screening", subject=waiting, on_day=today, reason="Other")
    world.wait(days=28)
    later = world.now.date().isoformat()
    kits = _dispensed(world, 0, subjects[FIRST], "W4", "Q2W", back=kits)
    _counted(world, site, kits)
    world.does(
        "investigator.0",
        "/subjects/change-status",
        subject=subjects[SECOND],
        on_day=later,
        step="hold_dose",
        reason="Raised liver enzymes",
    )
    world.does(
        "investigator.0",
        "/subjects/change-dose",
        subject=subjects[FIRST],
        on_day=later,
        dose_level="QM",
        reason="Asked for",
    )
    _broken(world, subjects[SECOND])
    world.evidence.given = {subject: _given_to(world, subject) for subject in subjects}


def dose_answers(dose_level: str) -> dict[str, Any]:
    return {"levels": {"ldl": "LT85"}, "dose_level": dose_level}


def screened(world: OneWorld, index: int) -> str:
    ask = {"site": world.sites[index][0], "on_day": world.now.date().isoformat()}
    return str(world.does(f"coordinator.{index}", "/subjects/screen", **ask)["subject"])


def randomized(world: OneWorld, index: int, subject: str, dose_level: str, on_day: str) -> None:
    who = f"coordinator.{index}"
    world.does(who, "/subjects/randomize", subject=subject, on_day=on_day, **dose_answers(dose_level))


def _ordered(world: OneWorld, index: int, subject: str, visit: str, dose_level: str) -> dict[str, Any]:
    order = {"subject": subject, "visit": visit, "dose_level": dose_level, "signing": SIGNING}
    world.does(f"investigator.{index}", "/dispensings/sign-order", **order)
    ask = {"subject": subject, "visit": visit, "on_day": world.now.date().isoformat()}
    return world.does(f"pharmacist.{index}", "/dispensings/assign", **ask)


def _dispensed(
    world: OneWorld, index: int, subject: str, visit: str, dose_level: str, wrong: str = "", back: Any = ()
) -> list[str]:
    """Kits assigned, scanned and handed over, after one wrong scan where one is named; earlier kits come back."""
    who, open_one = f"pharmacist.{index}", _ordered(world, index, subject, visit, dose_level)
    kits = [kit["number"] for kit in open_one["kits"]]
    if back:
        returned = [{"number": number, "units_returned": 0, "units_used": 1} for number in back]
        today = world.now.date().isoformat()
        world.does(who, "/kits/take-back", subject=subject, on_day=today, kits=returned)
    for read in filter(None, (wrong, *kits)):
        world.does(who, "/dispensings/check-kit", dispensing_id=open_one["dispensing_id"], read=read)
    world.does(who, "/dispensings/hand-over", dispensing_id=open_one["dispensing_id"], scanned=kits)
    return kits


def _replaced(world: OneWorld, subject: str) -> None:
    """One kit of the third subject is found damaged, another is given in the place of one that stays."""
    open_one = _ordered(world, 1, subject, "D1", "Q2W")
    dispensing, first = open_one["dispensing_id"], open_one["kits"][0]["number"]
    world.does(
        "pharmacist.1",
        "/dispensings/replace-kit",
        dispensing_id=dispensing,
        number=first,
        problem="damaged",
        reason="Seal broken",
        on_day=world.now.date().isoformat(),
    )


def _counted(world: OneWorld, site: str, gone: list[str]) -> None:
    """The shelf is counted with differences unexplained, then explained; then one kit is reported missing."""
    stock = world.system("pharmacist.0").asks_study(f"/sites/{site}/kits", limit=200).json()["items"]
    shelf = [kit["number"] for kit in stock]
    scanned, missed = [*shelf[1:], gone[0]], [shelf[0], gone[0]]
    world.does("pharmacist.0", "/kits/count", site=site, scanned=scanned, reasons={})
    explained = dict.fromkeys([*missed, *shelf], "Looked for twice")
    world.does("pharmacist.0", "/kits/count", site=site, scanned=scanned, reasons=explained)
    world.does("pharmacist.0", "/kits/report", site=site, kit=shelf[1], report="missing", reason="Looked for")
    world.does("pharmacist.0", "/kits/report", site=site, kit=gone[0], report="damaged", reason="Not here")


def _mistaken(world: OneWorld, assigned: str) -> None:
    """One kit too many lay on the desk: another one than the assigned was given."""
    stock = world.system("pharmacist.0").asks_study(f"/sites/{world.sites[0][0]}/kits", limit=200).json()["items"]
    given = stock[-1]["number"]
    world.evidence.mistaken = given
    world.does(
        "pharmacist.0",
        "/dispensings/record-misallocation",
        dispensing_id=2,
        assigned=assigned,
        given=given,
        taken="no",
        reason="Found at the shelf count",
        signing=SIGNING,
    )


def _press(world: OneWorld) -> None:
    """Buttons: one subject is screened, asked about and randomized; another waits; the shelf is counted."""
    browser, today = world.signed_in("coordinator.0"), world.now.date().isoformat()
    for _ in range(2):
        browser.get("/subjects/screen")
        form = next(form for form in forms_of(browser.text) if form.action == "/subjects/screen")
        screened = browser.send("/subjects/screen", {**form.fields, "on_day": today})
        world.evidence.keep("coordinator.0 POST screen", screened)
    randomize = f"/studies/{world.study_id}/subjects/{world.sites[0][0]}-0004/randomize"
    world.evidence.keep("coordinator.0 POST nothing answered", _asked(browser, randomize))
    answers = {"factor-ldl": "LT85", "dose_level": "Q2W"}
    world.evidence.keep("coordinator.0 POST check", _asked(browser, randomize, **answers))
    world.evidence.keep("coordinator.0 POST randomize", browser.press(randomize))
    browser.get(f"/stock/count?site={world.sites[0][1]}")
    world.evidence.keep("coordinator.0 POST compare", browser.press("/stock/count/compare"))


def _asked(browser: Browser, randomize: str, **answers: str) -> Response:
    browser.get(randomize)
    return browser.press(f"{randomize}/check", **answers)


def _broken(world: OneWorld, subject: str) -> None:
    """A code break; its answer tells the treatment to the person who signed, so the answer is not kept."""
    system = world.system("investigator.0")
    answer = system.does("/code-breaks", subject=subject, reason="medical_emergency", signing=SIGNING)
    if answer.status_code != 200:
        raise LookupError(answer.text)


def _look(world: OneWorld) -> None:
    """Everybody who is blinded looks at everything."""
    doors = [route for route in world.evidence.routes if "{" not in route]
    people = [*(f"{role}.0" for role in SITE_PEOPLE), "pharmacist.1", *(f"{role}.all" for role in STUDY_ROLES)]
    for username in people:
        alike_max = PAGES_MAX if username in THOROUGH else ALIKE_MAX
        browser = world.signed_in(username)
        crawl(browser, username, world.evidence, doors, alike_max)
        ask_everything(world, username, alike_max)


def ask_everything(world: OneWorld, username: str, alike_max: int) -> None:
    """Every question of the API about every study, site, subject, kit and shipment there is."""
    system = world.system(username)
    for address in questions(world, alike_max):
        answer = system.client.get(address, headers=system.header)
        world.evidence.keep(f"{username} API {address}", answer)
        if answer.status_code < 400:
            world.evidence.reached.add(address)


def questions(world: OneWorld, alike_max: int) -> list[str]:
    """Addresses of the API's questions, with every number there is."""
    asked = []
    with world.store.reading() as connection:
        known = {
            noun: [str(row[0]) for row in connection.execute(text(f"SELECT number FROM {noun} ORDER BY number"))]
            for noun in ("subject", "kit", "shipment", "site")
        }
    for path in _looked_at(world.browser().client.app.routes):
        if path.startswith("/api/v1/studies"):
            address = path.replace("{study_id:int}", str(world.study_id))
            noun = next((each for each in ("subject", "kit", "shipment") if f"{each}s/{{" in address), "site")
            for number in known[noun][:alike_max] if "{" in address else [""]:
                asked.append(address.replace("{number:str}", number).replace("{site:str}", number))
    return asked


def _looked_at(routes: Iterable[Any]) -> Iterator[str]:
    """Paths of everything that can be looked at."""
    return (route.path for route in routes if "GET" in getattr(route, "methods", ()))


@contextmanager
def _listening() -> Iterator[list[str]]:
    """The lines that the program logs."""
    lines: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.name} {record.levelname} {record.getMessage()}")

    ear, logger = Ear(), logging.getLogger("irt")
    level = logger.level
    logger.addHandler(ear)
    logger.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        logger.setLevel(level)
        logger.removeHandler(ear)


def _given_to(world: OneWorld, subject: str) -> list[str]:
    given = (
        "SELECT DISTINCT kit.number FROM kit JOIN movement ON movement.kit_id = kit.id "
        "JOIN subject ON subject.id = movement.subject_id WHERE subject.number = :subject ORDER BY kit.number"
    )
    with world.store.reading() as connection:
        return list(connection.execute(text(given), {"subject": subject}).scalars())
