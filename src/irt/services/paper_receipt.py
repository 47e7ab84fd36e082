"""Booking a receipt that was done on paper, at its true time."""

from sqlalchemy import RowMapping

from irt.services.move_kits import lock_kits
from irt.services.outage_packs import LockedPack
from irt.services.paper_deviations import Outcome, departures_of_pack, open_deviations
from irt.services.receive_shipment import ReceiveShipment, receive_shipment
from irt.services.shipments import kits_underway, lock_shipment
from irt.services.supply_study import lock_row
from irt.services.work import Work
from irt.supply.continuity import Booking


def book_receipt(work: Work, pack: LockedPack, entry: RowMapping, signature_id: int) -> Outcome:
    """Books a receipt at its true time, under the signature of whoever compared it with the paper.

    Kits that are not on their way in this shipment become a deviation.
    """
    lock_row(work, pack.study_id)
    shipment, content = lock_shipment(work, pack.study_id, entry["record"]), entry["content"]
    awaited = {kit.number for kit in lock_kits(work, kits_underway(work, [shipment]))}
    parts = {part: [n for n in content[part] if n in awaited] for part in ("received", "damaged", "missing")}
    strange = [n for part in parts for n in content[part] if n not in awaited]
    told = [
        *departures_of_pack(pack, entry),
        *(f"{n} is on paper, and {shipment.number} did not bring it." for n in strange),
    ]
    booked = {number: part for part, numbers in parts.items() for number in numbers}
    if booked:
        receipt = ReceiveShipment(
            study_id=pack.study_id,
            number=shipment.number,
            temperature=content["temperature"],
            received_at=entry["happened_at"],
            reason="outage",
            received=parts["received"],
            damaged=parts["damaged"],
            missing=parts["missing"],
            signature_id=signature_id,
        )
        receive_shipment(work, receipt)
    booked |= dict.fromkeys(strange, str(Booking.CONFLICT))
    return {"booked": booked, "deviations": open_deviations(work, pack, entry, told)}
