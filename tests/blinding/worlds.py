"""One installation with one small blinded trial in it, in one variation: its sites stocked, its people hired."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from irt.blinding.conflicts import BLINDED_ROLES
from irt.blinding.roles import SITE_ROLES, Permission, Role
from irt.services import passwords
from irt.services.approve_shipment import ApproveShipment, approve_shipment
from irt.services.issue_token import IssueToken, issue_token
from irt.services.passwords import PasswordRule
from irt.services.propose_licence import ProposeLicence
from irt.services.release_steps import SignReleaseStep, sign_release_step
from irt.services.seal import Seal
from irt.services.store import Store
from irt.states.records import Mode
from irt.states.release import ReleaseStepKind
from tests.blinding.chance import fixed_chance
from tests.blinding.evidence import Evidence
from tests.blinding.variation import ASSIGNED_BEFORE, Variation
from tests.builders import SEAL_KEY
from tests.builders_supply import SupplyHouse
from tests.cast import Office, signing, token_of
from tests.web.api.system import System
from tests.web.at_once import caller_of
from tests.web.browser import Browser
from tests.web.world import World

CHEAP = PasswordRule(time_cost=1, memory_kib=8, lanes=1)
STUDY_ROLES = (*sorted(BLINDED_ROLES - SITE_ROLES), Role.ADMINISTRATOR)
WITNESS = "quality.witness"
SITE_PEOPLE = tuple(sorted(BLINDED_ROLES & SITE_ROLES))


@dataclass
class OneWorld(World):
    """A world in which everybody uses the same installation, and every answer is kept."""

    evidence: Evidence = field(default_factory=Evidence)
    systems: dict[str, System] = field(default_factory=dict)
    machine: Browser | None = None
    routes: list[str] = field(default_factory=list)

    def browser(self) -> Browser:
        """The one machine that everybody shares, with nobody signed in."""
        if self.machine is None:
            app = self.app()
            self.routes = [*looked_at(app.routes)]
            self.machine = Browser(self.opened.enter_context(caller_of(app)))
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


def looked_at(routes: Iterable[Any]) -> Iterator[str]:
    """Paths of everything that can be looked at."""
    return (route.path for route in routes if "GET" in getattr(route, "methods", ()))


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
            world = stocked(store, variation)
            with world.opened:
                yield world
        finally:
            store.close()


def stocked(store: Store, variation: Variation) -> OneWorld:
    """A store's world at that moment; in training, so that the mark of the mode is looked for on everything too."""
    house = SupplyHouse.of(store, variation.definition(), mode=Mode.TRAINING)
    for lot in house.load(variation.lots(), release=False).blinded_lots:
        _release(house, lot)
    _licence(house)
    with store.writing(counting=True) as connection:
        start = "UPDATE secret_allocation_state SET state = :state WHERE key = 'assignments'"
        moved = connection.execute(text(start), {"state": f'{{"count": {ASSIGNED_BEFORE}}}'})
        if moved.rowcount != 1:
            raise LookupError("the study does not count its assignments as it did")
    sites = house.sites(2)
    for parcel in house.resupply().shipments:
        house.do(Role.SUPPLY_MANAGER, approve_shipment, ApproveShipment(study_id=house.study_id, number=parcel))
    for _ in range(14):
        house.later(1)
        house.carry()
    office = Office.founded(store)
    office.now = datetime.combine(house.day + timedelta(days=1), time(8), office.now.tzinfo)
    _hire(office, house.study_id, sites)
    office.keys = count(10_000)
    return OneWorld(store, office, house.study_id, tuple(sites))


def _release(house: SupplyHouse, lot: str) -> None:
    """Every step of the lot's route, as far as the United Kingdom; the Netherlands wait for supply."""
    steps: tuple[tuple[Role, ReleaseStepKind, dict[str, Any]], ...] = (
        (Role.QUALIFIED_PERSON, ReleaseStepKind.QP_CERTIFICATION, {"route": "eu"}),
        (Role.QUALITY, ReleaseStepKind.COUNTRY_APPROVAL, {"countries": ["GB", "NL"]}),
        (Role.SUPPLY_MANAGER, ReleaseStepKind.RELEASE_TO_TRIAL, {"countries": ["GB"]}),
    )
    for who, kind, where in steps:
        ask = SignReleaseStep(study_id=house.study_id, lot=lot, kind=kind, signing=signing(), **where)
        house.do(who, sign_release_step, ask)


def _licence(house: SupplyHouse) -> None:
    """The depot may keep controlled drugs."""
    facts = {"number": "CD-NLD", "valid_until": date(2028, 12, 31), "effective_from": house.day}
    house.agree(ProposeLicence(study_id=house.study_id, depot="NLD", reason="Inspected", **facts))


def _hire(office: Office, study_id: int, sites: list[tuple[str, int]]) -> None:
    with office.store.reading() as connection:
        depot_id = connection.execute(text("SELECT id FROM depot WHERE code = 'NLD'")).scalar_one()
    for index, (_, site_id) in enumerate(sites):
        for role in SITE_PEOPLE:
            office.hire(f"{role}.{index}", (role, {"study_id": study_id, "site_id": site_id}))
    for quality in ("quality.all", WITNESS):
        office.hire(quality, (Role.QUALITY, {"study_id": study_id}))
    for role in STUDY_ROLES:
        at_depot = {"depot_id": depot_id} if role == Role.DEPOT else {}
        office.hire(f"{role}.all", (role, {"study_id": study_id, **at_depot}))
