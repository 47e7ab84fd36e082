"""Parcels to homes in a rehearsal: released, sent on their day, and taken at the door by the patient's own word."""

from collections.abc import Callable
from datetime import date
from functools import partial

from pydantic import SecretStr

from irt.enrolment.door import Carriers
from irt.errors import IntegrityFault
from irt.services import fulfil_shipment as steps
from irt.services.carry_home import read_address
from irt.services.confirm_delivery import confirm_delivery, give_code
from irt.services.dispensings import DispensingReceipt
from irt.services.home_addresses import record_address
from irt.services.home_deliveries import printed_label
from irt.services.release_delivery import DeliveryReceipt, release_delivery
from irt.services.send_from_site import give_to_carrier, pack_parcel
from simulation.engine.order import Phase
from simulation.inputs.trips import NOON
from simulation.network import MINUTES_IN_DAY, SitePlace
from web.rehearsal.desk import Desk

FROM_DEPOT = (steps.acknowledge_shipment, steps.pick_shipment, steps.pack_shipment, steps.dispatch_shipment)


class Door:
    """Everything between the choice of kits and the subject who takes them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def send(self, site: SitePlace, assigned: DispensingReceipt) -> None:
        """Signs the release at once; the parcel leaves and comes on the days that the services say."""
        desk, rules = self._desk, self._desk.definition.delivery
        if rules is None or not assigned.kits:
            return
        address = SecretStr(f"Door of {assigned.subject}, 1 Example Street")
        desk.press(desk.staff.site, record_address, subject=assigned.subject, address=address)
        who = desk.staff.site if rules.released_by == "pharmacist" else desk.staff.investigator
        facts = {"dispensing_id": assigned.dispensing_id, "signing": desk.staff.signing()}
        released = desk.press(who, release_delivery, **facts)
        own = rules.leaves_from_site(site.country)
        leave = partial(self._leave_site if own else self._leave_depot, assigned, released)
        self._at(desk.agenda.now if own else self._minute(released.dispatch_on, NOON), assigned, leave)
        come = self._minute(released.expected_on, desk.scenario.supply.receipt_minute)
        self._at(come, assigned, partial(self._arrive, assigned))

    def _at(self, minute: int, assigned: DispensingReceipt, act: Callable[[], None]) -> None:
        self._desk.agenda.at(minute, Phase.DAY_END, assigned.dispensing_id, act)

    def _minute(self, day: date | None, minute: int) -> int:
        if day is None:
            raise IntegrityFault("a parcel was requested without its days")
        return (day - self._desk.scenario.start).days * MINUTES_IN_DAY + minute

    def _leave_depot(self, assigned: DispensingReceipt, released: DeliveryReceipt) -> None:
        for step in FROM_DEPOT:
            self._desk.press(self._desk.staff.depot, step, number=released.shipment)

    def _leave_site(self, assigned: DispensingReceipt, released: DeliveryReceipt) -> None:
        desk, of = self._desk, {"dispensing_id": assigned.dispensing_id}
        desk.press(desk.staff.site, pack_parcel, **of, scanned=[kit.number for kit in assigned.kits])
        desk.press(desk.staff.site, give_to_carrier, **of)

    def _arrive(self, assigned: DispensingReceipt) -> None:
        """The carrier reads the address, the site tells the patient a code, and the patient takes every kit."""
        desk, by = self._desk, self._carriers()
        label = printed_label(desk.store, assigned.dispensing_id)
        desk.press(by.courier, read_address, label=label)
        code = desk.press(desk.staff.site, give_code, dispensing_id=assigned.dispensing_id).code
        if code is None:
            raise IntegrityFault("a code was told before")
        scanned = [kit.number for kit in assigned.kits]
        desk.press(by.patient, confirm_delivery, label=label, code=code, scanned=scanned)

    def _carriers(self) -> Carriers:
        if self._desk.carriers is None:
            raise IntegrityFault("nobody carries parcels to homes in this study")
        return self._desk.carriers
