"""Deliveries in a run: addresses recorded, parcels released, sent and tried, and confirmed by patients."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any

from pydantic import SecretStr

from irt.blinding.actor import Actor
from irt.blinding.roles import Role
from irt.enrolment.parcels import send
from irt.enrolment.prepare import Preparers, hired
from irt.enrolment.run import Run
from irt.errors import IntegrityFault
from irt.services.carry_home import (
    ReadAddress,
    ReportAttempt,
    Reschedule,
    bring_back,
    read_address,
    report_attempt,
    reschedule,
)
from irt.services.confirm_delivery import ConfirmDelivery, GiveCode, confirm_delivery, give_code
from irt.services.dispensings import DispensingReceipt
from irt.services.home_addresses import RecordAddress, record_address
from irt.services.home_deliveries import printed_label
from irt.services.release_delivery import DeliveryReceipt, ReleaseDelivery, release_delivery
from irt.services.send_from_site import GiveToCarrier, PackParcel, give_to_carrier, pack_parcel
from irt.services.sign_record import Signing
from irt.services.store import Store

LEAVES_AT = time(21, 0, tzinfo=UTC)
ARRIVES_AT = time(22, 0, tzinfo=UTC)
PACKED_AFTER = timedelta(hours=1)
NOBODY_THERE = 0.1
"""Of all attempts."""


@dataclass(frozen=True, slots=True)
class Carriers:
    """A carrier, and the patients who open the door."""

    courier: Actor
    patient: Actor

    def send(self, run: Run, site: str, assigned: DispensingReceipt, moment: datetime, key: str) -> None:
        """The address is recorded and the release signed; whoever packs, and the carrier, follow on their days."""
        parcel = _Parcel(self, assigned, _release(run, assigned, moment, key), key)
        packed = moment + PACKED_AFTER
        if _packed_at(run, site):
            run.at(packed, partial(_leave_site, run, parcel))
        else:
            leaves = datetime.combine(parcel.day("dispatch_on"), LEAVES_AT)
            run.at(max(leaves, packed), partial(_leave_depot, run, parcel))
        run.tally.shipments += 1


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A parcel on its way in a run."""

    by: Carriers
    assigned: DispensingReceipt
    released: DeliveryReceipt
    key: str

    def day(self, name: str) -> Any:
        """The planned day of that name."""
        return getattr(self.released, name)


def carriers_of(store: Store, who: Preparers, at: datetime) -> Carriers:
    """Accounts of a carrier and of those who confirm at their doors."""
    return Carriers(hired(store, who, at, "Carrier", Role.COURIER), hired(store, who, at, "Patients", Role.PATIENT))


def _release(run: Run, assigned: DispensingReceipt, moment: datetime, key: str) -> DeliveryReceipt:
    address = SecretStr(f"Door of {assigned.subject}, 1 Example Street")
    recorded = RecordAddress(study_id=run.study_id, subject=assigned.subject, address=address)
    run.press(run.staff.site, moment, record_address, recorded, f"address:{key}")
    rules = run.definition.delivery
    by_pharmacist = rules is not None and rules.released_by == "pharmacist"
    ask = ReleaseDelivery(
        study_id=run.study_id,
        dispensing_id=assigned.dispensing_id,
        signing=Signing(password=run.staff.password),
    )
    who = run.staff.site if by_pharmacist else run.staff.investigator
    released: DeliveryReceipt = run.press(who, moment, release_delivery, ask, f"release-home:{key}")
    return released


def _packed_at(run: Run, site: str) -> bool:
    """Whether that site packs parcels to homes itself."""
    country = next(each.country for each in run.definition.sites if each.number == site)
    return run.definition.delivery is not None and run.definition.delivery.leaves_from_site(country)


def _leave_depot(run: Run, parcel: _Parcel, moment: datetime) -> None:
    send(run, parcel.released.shipment or "", moment)
    _travel(run, parcel, moment)


def _leave_site(run: Run, parcel: _Parcel, moment: datetime) -> None:
    """The site scans every kit into the parcel and gives it to the carrier."""
    of = {"study_id": run.study_id, "dispensing_id": parcel.assigned.dispensing_id}
    packed = PackParcel.model_validate(of | {"scanned": [kit.number for kit in parcel.assigned.kits]})
    run.press(run.staff.site, moment, pack_parcel, packed, f"pack-home:{parcel.key}")
    given = GiveToCarrier.model_validate(of)
    run.press(run.staff.site, moment, give_to_carrier, given, f"give-to-carrier:{parcel.key}")
    _travel(run, parcel, moment)


def _travel(run: Run, parcel: _Parcel, moment: datetime) -> None:
    arrives = datetime.combine(parcel.day("expected_on"), ARRIVES_AT)
    run.at(max(arrives, moment + PACKED_AFTER), partial(_try, run, parcel, 1))


def _try(run: Run, parcel: _Parcel, attempt: int, moment: datetime) -> None:
    """The carrier reads the address; somebody is at home, or another day is agreed, or the parcel goes back."""
    label = printed_label(run.store, parcel.assigned.dispensing_id)
    key = f"{parcel.key}:{attempt}"
    run.press(parcel.by.courier, moment, read_address, ReadAddress(label=label), f"address-read:{key}")
    if run.chance.random() >= NOBODY_THERE:
        _confirm(run, parcel, label, moment)
        return
    vain = ReportAttempt(label=label, reason="Nobody at home")
    done = run.press(parcel.by.courier, moment, report_attempt, vain, f"in-vain:{key}")
    if not done.attempts_left:
        run.press(parcel.by.courier, moment, bring_back, vain, f"bring-back:{key}")
        run.tally.missed_dispensings += 1
        return
    again = moment + timedelta(days=1)
    slot = Reschedule(label=label, slot_from=again, slot_to=again + timedelta(hours=2))
    run.press(parcel.by.courier, moment, reschedule, slot, f"another-day:{key}")
    run.at(again, partial(_try, run, parcel, attempt + 1))


def _confirm(run: Run, parcel: _Parcel, label: str, moment: datetime) -> None:
    asked = GiveCode(study_id=run.study_id, dispensing_id=parcel.assigned.dispensing_id)
    given = run.press(run.staff.site, moment, give_code, asked, f"code:{parcel.key}")
    if given.code is None:
        raise IntegrityFault("a code was told before")
    kits = [kit.number for kit in parcel.assigned.kits]
    ask = ConfirmDelivery(label=label, code=given.code, scanned=kits)
    run.press(parcel.by.patient, moment, confirm_delivery, ask, f"confirm:{parcel.key}")
    run.tally.dispensings += 1
    run.tally.kits_dispensed += len(kits)
