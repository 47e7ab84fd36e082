"""A study with kits at its depot, driven through the services by the people who may."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from uuid import uuid4

from pydantic import SecretStr
from sqlalchemy import func, select, update
from sqlmodel import SQLModel

from irt.blinding.actor import Actor, Grant
from irt.blinding.roles import Role
from irt.reads.unblinded_levels import proposed_level
from irt.services.activate_site import ChangeSite, change_site
from irt.services.adopt_version import AdoptVersion, adopt_version
from irt.services.amend_study import AmendStudy, amend_study
from irt.services.approvals import salted
from irt.services.approve_version import ApproveVersion, approve_version
from irt.services.carry_shipments import CarryShipments, ShipmentsCarried, carry_shipments
from irt.services.kit_list import APPROVAL_KIND, ListedLot, kit_list_hash
from irt.services.load_kit_list import KitListLoaded, LoadKitList, load_kit_list
from irt.services.load_study import LoadStudy, load_study
from irt.services.operational_changes import ChangeProposed, DecideChange, decide_change
from irt.services.passwords import PasswordRule, hash_password
from irt.services.propose_changes import (
    ProposeContact,
    ProposeLane,
    ProposeSite,
    ProposeSiteDetails,
    propose_contact,
    propose_lane,
    propose_site,
    propose_site_details,
)
from irt.services.propose_imports import (
    ProposeImportLicence,
    ProposeShipper,
    propose_import_licence,
    propose_shipper,
)
from irt.services.propose_levels import ProposeLevels, propose_levels
from irt.services.propose_licence import ProposeLicence, propose_licence
from irt.services.propose_stop import ProposeStop, propose_stop
from irt.services.propose_ways import ProposeWay, propose_way
from irt.services.release_lot import ReleaseLot, release_lot
from irt.services.run_resupply import ResupplyDone, RunResupply, run_resupply_with
from irt.services.store import Store
from irt.services.unit_of_work import perform
from irt.services.work import Work
from irt.states.records import Mode
from irt.study.check import open_study
from irt.study.definition import StudyDefinition
from irt.study.network import Site as StudySite
from irt.supply.resupply import MinMax
from irt.tables.columns import table_of
from irt.tables.kit import Kit
from irt.tables.people import Account
from irt.tables.record import Approval
from irt.tables.secret import ApprovalMatter, KitContent
from irt.tables.shipment import ShipmentKit
from irt.tables.study import Site
from tests.builders import a_store, migrated
from tests.cast import PASSWORD, signing

DAY = date(2026, 3, 2)
"""A Monday."""
WITHOUT_GATE = {"go_live_gate": False, "no_gate_because": "Nobody is treated."}
_SALT = bytes(32)
_STUDIES = Path(__file__).parents[1] / "fixtures" / "studies"

Ask = TypeVar("Ask", bound=SQLModel)
Answer = TypeVar("Answer", bound=SQLModel)


@cache
def the_study(name: str) -> StudyDefinition:
    """A study that comes with the program, and says why its sites open in production without a go-live gate."""
    study = open_study((_STUDIES / f"{name}.yaml").read_text(), name)
    return study.model_copy(update={"conduct": study.conduct.model_copy(update=WITHOUT_GATE)})


@cache
def the_lipid_study() -> StudyDefinition:
    """The blinded study with four sites only: three British, one Dutch; and without its run-in of four weeks."""
    countries = ("GB", "GB", "GB", "NL")
    sites = tuple(
        StudySite(number=str(1001 + i), name=f"Site {1001 + i}", country=c) for i, c in enumerate(countries)
    )
    fourier = the_study("fourier")
    screening = fourier.screening.model_copy(update={"run_in_days": 0})
    return fourier.model_copy(update={"sites": sites, "screening": screening})


def a_lot(**changes: Any) -> ListedLot:
    """A lot of the lipid study's active pen at its European depot."""
    facts: dict[str, Any] = {
        "lot": "A1",
        "blinded_lot": "L1",
        "kit_type": "PEN-A",
        "kits": 100,
        "expiry": date(2027, 12, 31),
        "depot": "NLD",
    }
    return ListedLot.model_validate({**facts, **changes})


BLINDED_LOTS = (a_lot(), a_lot(lot="P1", kit_type="PEN-P", expiry=date(2028, 3, 31)))
"""One blinded lot over both arms' pens."""


@cache
def _known_hash() -> str:
    """The hash of the one password of everybody in a house; guessing it costs nothing."""
    return hash_password(SecretStr(PASSWORD), PasswordRule(time_cost=1, memory_kib=8))


@dataclass
class SupplyHouse:
    """A loaded, approved study in a store, and its people by role."""

    store: Store
    study_id: int
    definition: StudyDefinition
    day: date = DAY
    keys: count = field(default_factory=count)  # type: ignore[type-arg]  # itertools.count is generic in stubs only

    @classmethod
    def of(
        cls,
        store: Store,
        definition: StudyDefinition | None = None,
        day: date = DAY,
        size: str = "small",
        mode: Mode = Mode.PRODUCTION,
    ) -> "SupplyHouse":
        """A house with a study, the lipid study by default, its version approved by a second person."""
        definition = definition or the_lipid_study()
        with store.writing() as connection:
            work = Work(store, connection, Actor(0, "founder", ()), _noon(day))
            for person in _PEOPLE:
                work.record(
                    Account,
                    username=person,
                    printed_name=person,
                    email=f"{person}@example.org",
                    password_hash=_known_hash(),
                    password_temporary=False,
                    created_at=_noon(day),
                )
        house = cls(store, 0, definition, day)
        ask = LoadStudy(
            definition=definition.model_dump(mode="json"),
            mode=mode,
            size=size,
            effective_from=day - timedelta(days=1),
        )
        house.study_id = house.do(Role.CONFIGURATOR, load_study, ask).study_id
        approval = ApproveVersion(study_id=house.study_id, version=1, signing=signing())
        house.do(Role.STUDY_TEAM, approve_version, approval)
        return house

    def actor(self, *roles: Role, site_id: int | None = None, depot_id: int | None = None) -> Actor:
        """A person with these roles, at one place where it is named."""
        grants = tuple(Grant(role, site_id=site_id, depot_id=depot_id) for role in roles)
        return Actor(1 + _PEOPLE.index(roles[0]), roles[0], grants)

    def do(self, who: Role | Actor, service: Callable[[Work, Ask], Answer], ask: Ask) -> Answer:
        """Carries out one command at noon of the house's day."""
        actor = who if isinstance(who, Actor) else self.actor(who)
        return perform(self.store, actor, _noon(self.day), service, ask, f"k{next(self.keys)}")

    def load(self, lots: Iterable[ListedLot] = BLINDED_LOTS, release: bool = True) -> KitListLoaded:
        """Loads lots, approved by a second person, and releases them."""
        listed = list(lots)
        ask = LoadKitList(study_id=self.study_id, lots=listed, approval_id=self.approval(listed))
        loaded = self.do(Role.SUPPLY_MANAGER, load_kit_list, ask)
        for lot in loaded.blinded_lots if release else ():
            release = ReleaseLot(study_id=self.study_id, lot=lot, on_day=self.day, signing=signing())
            self.do(Role.QUALIFIED_PERSON, release_lot, release)
        return loaded

    def approval(self, lots: list[ListedLot], **changes: Any) -> int:
        """A granted approval of a kit list."""
        facts: dict[str, Any] = {
            "study_id": self.study_id,
            "kind": APPROVAL_KIND,
            "record": "kit list",
            "record_hash": salted(kit_list_hash(lots), _SALT),
            "asked_by_id": 1,
            "asked_at": _noon(self.day),
            "decided_by_id": 2,
            "decided_at": _noon(self.day),
            "granted": True,
        }
        with self.store.writing() as connection:
            work = Work(self.store, connection, self.actor(Role.SUPPLY_MANAGER), _noon(self.day))
            approval_id = work.record(Approval, **{**facts, **changes})
            work.record(ApprovalMatter, approval_id=approval_id, salt=_SALT.hex())
            return approval_id

    def sites(self, how_many: int = 1) -> list[tuple[str, int]]:
        """Activates that many more sites; their numbers and ids."""
        sites = table_of(Site)
        waiting = select(sites.c.number, sites.c.id).where(
            sites.c.study_id == self.study_id, sites.c.status == "planned"
        )
        with self.store.reading() as connection:
            found = connection.execute(waiting.order_by(sites.c.number).limit(how_many)).all()
        for number, _ in found:
            self.do(Role.SUPPLY_MANAGER, change_site, ChangeSite(study_id=self.study_id, site=number))
        return [(number, site_id) for number, site_id in found]

    def active_sites(self) -> list[dict[str, Any]]:
        """Rows of the active sites, in order of number."""
        return sorted(self.rows(Site, study_id=self.study_id, status="active"), key=lambda row: row["number"])

    def move_to_parcel(self, number: str) -> int:
        """Puts a site's kit back into the custody of its shipment, as if it had not been received; the shipment."""
        kits = table_of(Kit)
        with self.store.writing() as connection:
            (kit,) = connection.execute(select(kits.c.id).where(kits.c.number == number)).scalars()
            shipped = table_of(ShipmentKit)
            (parcel,) = connection.execute(select(shipped.c.shipment_id).where(shipped.c.kit_id == kit)).scalars()
            connection.execute(update(kits).where(kits.c.id == kit).values(custody="shipment", place_id=parcel))
        return int(parcel)

    def resupply(self, **changes: Any) -> ResupplyDone:
        """A min/max run on the house's day."""
        ask = RunResupply(study_id=self.study_id, day=self.day, **changes)
        return self.do(Role.SUPPLY_MANAGER, run_resupply_with(MinMax()), ask)

    def carry(self) -> ShipmentsCarried:
        """What is due on the house's day leaves and arrives."""
        everyone = self.actor(Role.DEPOT, Role.PHARMACIST)
        return self.do(everyone, carry_shipments, CarryShipments(study_id=self.study_id, day=self.day))

    def later(self, days: int) -> None:
        """The house's day moves on."""
        self.day += timedelta(days=days)

    def stock(self) -> dict[tuple[str, int | None, str, str, str], int]:
        """Kits by custody, place, quality, assignment and type."""
        kits, contents = table_of(Kit), table_of(KitContent)
        by = (kits.c.custody, kits.c.place_id, kits.c.quality, kits.c.assignment, contents.c.kit_type)
        question = select(*by, func.count()).join(contents, contents.c.kit_id == kits.c.id).group_by(*by)
        with self.store.reading() as connection:
            return {tuple(row[:-1]): row[-1] for row in connection.execute(question)}

    def rows(self, model: type[SQLModel], **equal: Any) -> list[dict[str, Any]]:
        """Rows of a table, in order of id."""
        table = table_of(model)
        question = select(table).where(*(table.c[name] == value for name, value in equal.items()))
        with self.store.reading() as connection:
            return [dict(row) for row in connection.execute(question.order_by(table.c.id)).mappings()]

    def agree(self, proposal: SQLModel) -> int:
        """A change of operational data, proposed by supply and approved by a second person; its id."""
        proposed = self.do(Role.SUPPLY_MANAGER, PROPOSALS[type(proposal)], proposal)
        second = self.actor(Role.QUALITY, Role.SUPPLY_MANAGER)
        facts = {"study_id": self.study_id, "change_id": proposed.change_id, "seen": self.seen(proposed)}
        self.do(second, decide_change, DecideChange(**facts, granted=True, signing=signing()))
        return int(proposed.change_id)

    def seen(self, proposed: ChangeProposed) -> str:
        """The hash of a change as the person who decides sees it; of levels, who is unblinded."""
        if proposed.seen:
            return proposed.seen
        with self.store.reading() as connection:
            return proposed_level(connection, self.study_id, proposed.change_id).seen

    def amend(self, definition: StudyDefinition) -> int:
        """A new version, loaded by the configurator and approved by the study team; its number."""
        ask = AmendStudy(study_id=self.study_id, definition=definition.model_dump(mode="json"))
        version = self.do(Role.CONFIGURATOR, amend_study, ask).version
        approval = ApproveVersion(study_id=self.study_id, version=version, signing=signing())
        self.do(Role.STUDY_TEAM, approve_version, approval)
        return version

    def adopt(self, site: str, version: int) -> None:
        """The version is in force at the site from now on."""
        ask = AdoptVersion(study_id=self.study_id, site=site, version=version, reason="Ethics approved")
        self.do(Role.SUPPLY_MANAGER, adopt_version, ask)


PROPOSALS: dict[type[SQLModel], Any] = {
    ProposeLane: propose_lane,
    ProposeSite: propose_site,
    ProposeSiteDetails: propose_site_details,
    ProposeContact: propose_contact,
    ProposeLevels: propose_levels,
    ProposeLicence: propose_licence,
    ProposeImportLicence: propose_import_licence,
    ProposeShipper: propose_shipper,
    ProposeStop: propose_stop,
    ProposeWay: propose_way,
}
"""The service behind each kind of proposal."""

Prepare = Callable[[SupplyHouse], None]


@cache
def _prepared(prepare: Prepare) -> tuple[bytes, int, date]:
    """The SQLite file of a prepared house, made once; the study's id, and the day the house has come to."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "prepared.sqlite"
        migrated(f"sqlite:///{file}")
        store = a_store(f"sqlite:///{file}")
        house = SupplyHouse.of(store)
        prepare(house)
        store.close()
        return file.read_bytes(), house.study_id, house.day


@contextmanager
def a_house(prepare: Prepare, folder: Path) -> Iterator[SupplyHouse]:
    """A house on SQLite with the lipid study, prepared like the last one: a copy, so that tests need not wait."""
    content, study_id, day = _prepared(prepare)
    file = folder / f"{uuid4().hex}.sqlite"
    file.write_bytes(content)
    store = a_store(f"sqlite:///{file}")
    try:
        yield SupplyHouse(store, study_id, the_lipid_study(), day, count(1000))
    finally:
        store.close()


def with_kits(house: SupplyHouse) -> None:
    """A released blinded lot at the Dutch depot."""
    house.load()


def with_stocked_sites(house: SupplyHouse) -> None:
    """Two British sites with sixty kits each."""
    house.load()
    house.sites(2)
    house.resupply()
    house.carry()
    house.later(9)
    house.carry()


def with_a_request(house: SupplyHouse) -> None:
    """One shipment of sixty kits requested for the first site."""
    house.load()
    house.sites(1)
    house.resupply()


_PEOPLE = tuple(Role)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
