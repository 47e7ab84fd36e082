"""Kits to the door and back under random acts: in whatever order, nothing is lost from the books."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from pydantic import SecretStr

from irt.blinding.roles import Permission, Role
from irt.errors import Refusal
from irt.reads.blinded_accountability import accountability_of
from irt.reads.blinded_sites import sites_reached
from irt.reads.stock_books import reconcile_stock
from irt.services import fulfil_shipment as steps
from irt.services.collect_returns import CancelPickup, CollectKits, cancel_pickup, collect_kits, pickup_label
from irt.services.confirm_delivery import ConfirmDelivery, confirm_delivery
from irt.services.fulfil_shipment import StepShipment
from irt.services.release_delivery import CancelDelivery, cancel_delivery
from irt.services.send_from_site import GiveToCarrier, PackParcel, give_to_carrier, pack_parcel
from irt.services.take_back_kits import ReturnedKit, TakeBackKits, take_back_kits
from irt.tables.home import HomeDelivery
from irt.tables.kit import DispensedKit, Kit
from irt.tables.returning import HomePickup
from irt.tables.shipment import Shipment, ShipmentKit
from tests.builders_home import ADDRESS, a_site_trial
from tests.builders_trial import no_kit_twice
from tests.irt.services.test_collect_returns import asked

SUBJECTS = 3
ACTS = ("release", "pack", "give", "give", "vain", "back", "confirm", "cancel")


class HomeLife(RuleBasedStateMachine):
    """A site, a carrier, supply and a few patients, each acting as they please."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.opened = a_site_trial(Path(self.folder.name))
        self.trial = self.opened.__enter__()

    def teardown(self) -> None:
        """The trial is given back."""
        self.opened.__exit__(None, None, None)
        self.folder.cleanup()

    @initialize()
    def subjects_come(self) -> None:
        """Each has an address."""
        self.subjects = [self.trial.comes() for _ in range(SUBJECTS)]
        for subject in self.subjects:
            self.trial.records_address(subject, ADDRESS)

    @rule(data=st.data(), visit=st.sampled_from(["D1", "W4"]))
    def kits_assigned(self, data: st.DataObject, visit: str) -> None:
        """From the site's shelf."""
        with suppress(Refusal):
            self.trial.assign(data.draw(st.sampled_from(self.subjects)), visit=visit)

    @rule(
        data=st.data(),
        act=st.sampled_from(["release", "pack", "give", "give", "vain", "back", "confirm", "cancel"]),
    )
    def a_delivery_goes_on(self, data: st.DataObject, act: str) -> None:
        """Somebody does something about some delivery."""
        deliveries = self.trial.rows(HomeDelivery)
        if deliveries:
            delivery = data.draw(st.sampled_from(deliveries))
            with suppress(Refusal):
                getattr(self, f"_{act}")(delivery["dispensing_id"])

    @rule(data=st.data())
    def a_pickup_asked(self, data: st.DataObject) -> None:
        """For all that a subject has."""
        with suppress(Refusal):
            asked(self.trial, data.draw(st.sampled_from(self.subjects)))

    @rule(data=st.data(), act=st.sampled_from(["collect", "collect", "cancel"]))
    def a_pickup_goes_on(self, data: st.DataObject, act: str) -> None:
        """The carrier collects some kit of it, or it is called off."""
        pickups = self.trial.rows(HomePickup)
        if not pickups:
            return
        shipment = self.trial.rows(Shipment, id=data.draw(st.sampled_from(pickups))["shipment_id"])[0]
        kits = self._kits_of(shipment["id"])
        if act == "collect":
            label = pickup_label(self.trial.store.seal, shipment["id"])
            some = data.draw(st.lists(st.sampled_from(kits), min_size=1, unique=True))
            self._try(Role.COURIER, collect_kits, CollectKits(label=label, scanned=some))
        else:
            ask = CancelPickup(study_id=self.trial.study_id, number=shipment["number"], reason="Not now")
            self._try(Role.COORDINATOR, cancel_pickup, ask)

    @rule(data=st.data())
    def kits_counted(self, data: st.DataObject) -> None:
        """Some kit of a subject is taken back, or told as lost."""
        subject = data.draw(st.sampled_from(self.subjects))
        given = [row["kit_id"] for row in self.trial.rows(DispensedKit, status="handed_over")]
        if not given:
            return
        number = self.trial.rows(Kit, id=data.draw(st.sampled_from(given)))[0]["number"]
        lost = data.draw(st.booleans())
        kit = ReturnedKit(number=number, kit_lost=lost, units_used=None if lost else 1, units_returned=0)
        ask = TakeBackKits(study_id=self.trial.study_id, subject=subject, kits=[kit], on_day=self.trial.day)
        self._try(Role.COORDINATOR, take_back_kits, ask)

    @rule(data=st.data())
    def a_parcel_lost(self, data: st.DataObject) -> None:
        """Supply gives some parcel up."""
        number = data.draw(st.sampled_from(self.trial.rows(Shipment)))["number"]
        ask = StepShipment(study_id=self.trial.study_id, number=number, reason="Never came")
        self._try(Role.SUPPLY_MANAGER, steps.lose_shipment, ask)

    @invariant()
    def the_books_add_up(self) -> None:
        """Of the study, and of each site by two records; no kit is with two subjects."""
        no_kit_twice(self.trial)
        reader = self.trial.actor(Role.INSPECTOR)
        with self.trial.store.reading() as connection:
            assert reconcile_stock(connection, self.trial.study_id).faults == []
            for site in sites_reached(connection, reader, Permission.VIEW_STOCK):
                account = accountability_of(connection, site)
                assert account.adds_up, [lot.faults for lot in account.lots]

    def _release(self, dispensing_id: int) -> None:
        self.trial.released(dispensing_id)

    def _pack(self, dispensing_id: int) -> None:
        facts = {"study_id": self.trial.study_id, "dispensing_id": dispensing_id}
        ask = PackParcel.model_validate({**facts, "scanned": self._open_kits(dispensing_id)})
        self.trial.do(self.trial.staff, pack_parcel, ask)

    def _give(self, dispensing_id: int) -> None:
        ask = GiveToCarrier(study_id=self.trial.study_id, dispensing_id=dispensing_id)
        self.trial.do(self.trial.staff, give_to_carrier, ask)

    def _vain(self, dispensing_id: int) -> None:
        self.trial.in_vain(dispensing_id)

    def _back(self, dispensing_id: int) -> None:
        self.trial.brings_back(dispensing_id)

    def _cancel(self, dispensing_id: int) -> None:
        ask = CancelDelivery(study_id=self.trial.study_id, dispensing_id=dispensing_id, reason="Not now")
        self.trial.do(self.trial.staff, cancel_delivery, ask)

    def _confirm(self, dispensing_id: int) -> None:
        code, label = SecretStr(self.trial.code(dispensing_id)), self.trial.label(dispensing_id)
        ask = ConfirmDelivery(label=label, code=code, scanned=self._open_kits(dispensing_id))
        self.trial.do(Role.PATIENT, confirm_delivery, ask)

    def _open_kits(self, dispensing_id: int) -> list[str]:
        lines = self.trial.rows(DispensedKit, dispensing_id=dispensing_id)
        kits = {row["kit_id"] for row in lines if row["status"] in ("waiting", "checked")}
        return [row["number"] for row in self.trial.rows(Kit) if row["id"] in kits] or ["0"]

    def _kits_of(self, shipment_id: int) -> list[str]:
        inside = {row["kit_id"] for row in self.trial.rows(ShipmentKit, shipment_id=shipment_id)}
        return [row["number"] for row in self.trial.rows(Kit) if row["id"] in inside]

    def _try(self, who: Role, service: Any, ask: Any) -> None:
        """People may be refused; nothing is then booked, which the invariant sees."""
        with suppress(Refusal):
            self.trial.do(who, service, ask)


TestHomeLife = HomeLife.TestCase
TestHomeLife.settings = settings(
    max_examples=4,
    stateful_step_count=16,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
