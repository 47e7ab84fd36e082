"""A study that mails kits to homes, and what people do about one delivery, one short verb each."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr
from sqlalchemy import URL

from irt.blinding.roles import Role
from irt.services import fulfil_shipment as steps
from irt.services.assign_kits import AssignKits, assign_kits
from irt.services.carry_home import (
    AddressRead,
    DoorStep,
    ReadAddress,
    ReportAttempt,
    Reschedule,
    bring_back,
    read_address,
    report_attempt,
    reschedule,
)
from irt.services.confirm_delivery import (
    ConfirmDelivery,
    DeliveryConfirmed,
    GiveCode,
    confirm_delivery,
    give_code,
)
from irt.services.dispensings import DispensingReceipt
from irt.services.fulfil_shipment import StepShipment
from irt.services.home_addresses import AddressKept, RecordAddress, record_address
from irt.services.home_deliveries import label_of
from irt.services.load_kit_list import LoadKitList, load_kit_list, lots_of_size
from irt.services.randomize_subject import RandomizeSubject, randomize_subject
from irt.services.release_delivery import DeliveryReceipt, ReleaseDelivery, release_delivery
from irt.services.release_lot import ReleaseLot, release_lot
from irt.services.send_from_site import GiveToCarrier, PackParcel, SiteParcel, give_to_carrier, pack_parcel
from irt.services.store import Store
from irt.study.definition import StudyDefinition
from irt.study.delivery import HomeDelivery as Delivery
from irt.tables.home import HomeDelivery
from irt.tables.kit import BlindedLot
from tests.builders import a_store, migrated
from tests.builders_supply import SupplyHouse, the_study
from tests.builders_trial import FIRST_DAY, SCARCE, Trial, prepare_trial, the_trial_study
from tests.cast import signing
from tests.remembered import remembered

IN_AUTUMN_2021 = date(2021, 10, 1)
ADDRESS = "Wilhelmina Okonkwo-Brandt, 12 Larkspur Close, Lexington KY 40507"


def mailing(**changes: Any) -> StudyDefinition:
    """The study of agents mailed to homes, with other rules of delivery where they are named."""
    study = the_study("activ6")
    if study.delivery is None:
        raise LookupError("the fixture sends no kits home")
    return study.model_copy(update={"delivery": study.delivery.model_copy(update=changes)})


def _hub_and_pharmacy(store: Store, definition: StudyDefinition) -> SupplyHouse:
    house = SupplyHouse.of(store, definition, IN_AUTUMN_2021)
    lots = lots_of_size(definition, "small")
    load = LoadKitList(study_id=house.study_id, size="small", approval_id=house.approval(lots))
    house.do(Role.SUPPLY_MANAGER, load_kit_list, load)
    for row in house.rows(BlindedLot):
        ask = ReleaseLot(study_id=house.study_id, lot=row["number"], on_day=house.day, signing=signing())
        house.do(Role.QUALIFIED_PERSON, release_lot, ask)
    house.sites(1)
    return house


class HomeTrial(Trial):
    """A trial whose pharmacy mails kits, and the people on the way to the door."""

    @classmethod
    def mailing(cls, store: Store, definition: StudyDefinition | None = None) -> "HomeTrial":
        """The study with its small kit list, released, and one active site."""
        study = definition or mailing()
        house = remembered(store, lambda fresh: _hub_and_pharmacy(fresh, study), study.model_dump_json())
        return cls(store, house.study_id, study, house.day, house.keys)

    @property
    def hub(self) -> str:
        """The number of the one site."""
        return str(self.active_sites()[0]["number"])

    def comes(self) -> str:
        """A new subject, screened and randomized at the hub."""
        subject = self.screen(self.hub)
        ask = RandomizeSubject(
            study_id=self.study_id,
            subject=subject,
            levels={},
            agents=["IVM400", "FLV50"],
            weight_kg=Decimal(80),
            on_day=self.day,
        )
        self.do(self.staff, randomize_subject, ask)
        return subject

    def assigned(self, subject: str | None = None, *, address: bool = True) -> DispensingReceipt:
        """A subject with an address whose kits were chosen at the pharmacy."""
        subject = subject or self.comes()
        if address:
            self.records_address(subject)
        ask = AssignKits(
            study_id=self.study_id, subject=subject, visit="RAND", weight_kg=Decimal(80), on_day=self.day
        )
        return self.do(self.staff, assign_kits, ask)

    def records_address(self, subject: str, address: str = ADDRESS) -> AddressKept:
        """A coordinator records where the subject lives."""
        ask = RecordAddress(study_id=self.study_id, subject=subject, address=SecretStr(address))
        return self.do(Role.COORDINATOR, record_address, ask)

    def releasing(self, dispensing_id: int, **changes: Any) -> ReleaseDelivery:
        """A release as it is signed."""
        facts = {"study_id": self.study_id, "dispensing_id": dispensing_id, "signing": signing(), **changes}
        return ReleaseDelivery(**facts)

    def released(self, dispensing_id: int, who: Role = Role.INVESTIGATOR) -> DeliveryReceipt:
        """Somebody signs that the kits may leave."""
        return self.do(who, release_delivery, self.releasing(dispensing_id))

    def depot(self, number: str, *wanted: Any, **facts: Any) -> None:
        """The depot, or supply, takes the parcel through these steps."""
        ask = StepShipment(study_id=self.study_id, number=number, **facts)
        for step in wanted:
            self.do(self.actor(Role.DEPOT, Role.SUPPLY_MANAGER), step, ask)

    def underway(self) -> tuple[DispensingReceipt, DeliveryReceipt]:
        """A parcel that left."""
        assigned = self.assigned()
        released = self.released(assigned.dispensing_id)
        self.depot(
            released.shipment or "",
            steps.acknowledge_shipment,
            steps.pick_shipment,
            steps.pack_shipment,
            steps.dispatch_shipment,
        )
        return assigned, released

    def delivery(self, dispensing_id: int) -> dict[str, Any]:
        """A delivery's row."""
        return self.rows(HomeDelivery, dispensing_id=dispensing_id)[0]

    def label(self, dispensing_id: int) -> str:
        """The label of the parcel, as it is printed."""
        return label_of(self.store.seal, self.delivery(dispensing_id)["id"])

    def reads_address(self, dispensing_id: int, who: Role = Role.COURIER) -> AddressRead:
        """The carrier scans the label."""
        return self.do(who, read_address, ReadAddress(label=self.label(dispensing_id)))

    def in_vain(self, dispensing_id: int) -> DoorStep:
        """Nobody was there."""
        ask = ReportAttempt(label=self.label(dispensing_id), reason="Nobody was at home")
        return self.do(Role.COURIER, report_attempt, ask)

    def agrees(self, dispensing_id: int) -> DoorStep:
        """Tomorrow morning, then."""
        at = datetime.combine(self.day, time(12), UTC) + timedelta(hours=21)
        ask = Reschedule(label=self.label(dispensing_id), slot_from=at, slot_to=at + timedelta(hours=2))
        return self.do(Role.COURIER, reschedule, ask)

    def brings_back(self, dispensing_id: int) -> DoorStep:
        """The carrier gives up."""
        ask = ReportAttempt(label=self.label(dispensing_id), reason="Moved away")
        return self.do(Role.COURIER, bring_back, ask)

    def code(self, dispensing_id: int) -> str:
        """The site gives the patient a code."""
        given = self.do(self.staff, give_code, GiveCode(study_id=self.study_id, dispensing_id=dispensing_id))
        if given.code is None:
            raise LookupError("the code was told before")
        return given.code.get_secret_value()

    def confirming(self, assigned: DispensingReceipt, code: str, **changes: Any) -> ConfirmDelivery:
        """What the patient enters."""
        facts = {
            "label": self.label(assigned.dispensing_id),
            "code": SecretStr(code),
            "scanned": [kit.number for kit in assigned.kits],
            **changes,
        }
        return ConfirmDelivery(**facts)

    def confirms(self, assigned: DispensingReceipt, code: str | None = None, **changes: Any) -> DeliveryConfirmed:
        """The patient has the kits."""
        ask = self.confirming(assigned, code or self.code(assigned.dispensing_id), **changes)
        return self.do(Role.PATIENT, confirm_delivery, ask)


def from_site(**changes: Any) -> StudyDefinition:
    """The lipid study whose sites send the kits of Day 1 and Week 4 to homes from their own stock."""
    facts = {"visits": ("D1", "W4"), "sent_from": "site", "released_by": "investigator", **changes}
    return the_trial_study().model_copy(update={"delivery": Delivery.model_validate(facts)})


class SiteTrial(HomeTrial):
    """A trial whose sites pack the parcels themselves."""

    @classmethod
    def stocked(cls, url: str | URL, store: Store, definition: StudyDefinition | None = None) -> "SiteTrial":
        """Two sites with kits, in the migrated database of that address and store."""
        definition = definition or from_site()
        study_id = prepare_trial(url, definition, SCARCE)
        return cls(store, study_id, definition, FIRST_DAY, count(1000))

    def comes(self) -> str:
        """A new subject, screened and randomized at the first site."""
        return self.randomized(self.hub)

    def assigned(self, subject: str | None = None, *, address: bool = True) -> DispensingReceipt:
        """A subject with an address whose kits were chosen from the site's shelf."""
        subject = subject or self.comes()
        if address:
            self.records_address(subject)
        return self.assign(subject)

    def packed(self, assigned: DispensingReceipt, **changes: Any) -> SiteParcel:
        """Each kit scanned into the parcel."""
        scanned = [kit.number for kit in assigned.kits]
        facts = {"study_id": self.study_id, "dispensing_id": assigned.dispensing_id, "scanned": scanned, **changes}
        return self.do(self.staff, pack_parcel, PackParcel.model_validate(facts))

    def gives(self, assigned: DispensingReceipt) -> SiteParcel:
        """The parcel leaves with the carrier."""
        ask = GiveToCarrier(study_id=self.study_id, dispensing_id=assigned.dispensing_id, waybill="W-1")
        return self.do(self.staff, give_to_carrier, ask)

    def underway(self) -> tuple[DispensingReceipt, DeliveryReceipt]:
        """A parcel that left the site."""
        assigned = self.assigned()
        released = self.released(assigned.dispensing_id)
        self.packed(assigned)
        self.gives(assigned)
        return assigned, released


@cache
def _site_file(sent_from: str) -> tuple[bytes, int]:
    """The SQLite file of such a trial, made once."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'trial.sqlite'}"
        migrated(url)
        study_id = prepare_trial(url, from_site(sent_from=sent_from), SCARCE)
        return (Path(folder) / "trial.sqlite").read_bytes(), study_id


@contextmanager
def a_site_trial(folder: Path, sent_from: str = "site") -> Iterator[SiteTrial]:
    """Two sites that pack parcels themselves, on a copy of an SQLite file."""
    content, study_id = _site_file(sent_from)
    file = folder / "site_trial.sqlite"
    file.write_bytes(content)
    store = a_store(f"sqlite:///{file}")
    try:
        yield SiteTrial(store, study_id, from_site(sent_from=sent_from), FIRST_DAY, count(1000))
    finally:
        store.close()
