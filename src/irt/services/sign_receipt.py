"""The receipt of a shipment under one signature: signed and booked together, or not at all."""

from dataclasses import replace

from sqlmodel import Field

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.errors import BadInput
from irt.services.controlled_drugs import controlled_in_parcel
from irt.services.receive_shipment import ReceiveShipment, ShipmentReceived, receive_shipment
from irt.services.shipments import HeldShipment, lock_shipment, require_receiver
from irt.services.sign_record import Signable, Signing, sign_record
from irt.services.witness import Witnessing, note_witness, sign_as_witness
from irt.services.work import Work
from irt.states.kit import KitEvent


class SignReceipt(ReceiveShipment):
    """The receipt as found in the parcel, and what the person typed to sign it."""

    signing: Signing = Field(exclude=True)
    witness: Witnessing | None = Field(default=None, exclude=True, description="where a controlled drug is in it")


def sign_receipt(work: Work, ask: SignReceipt) -> ShipmentReceived:
    """Signs what is about to be booked, then books it. A receipt typed late needs its reason."""
    if ask.received_at is not None and not (ask.reason or "").strip():
        raise BadInput("Say why the receipt is entered late. Nothing was booked.")
    shipment = lock_shipment(work, ask.study_id, ask.number)
    grant = require_receiver(work, shipment)
    signable = Signable(
        Meaning.RECEIVE_SHIPMENT,
        "shipment",
        shipment.number,
        receipt_content(ask),
        study_id=shipment.study_id,
        site_id=shipment.site_id,
        zone=shipment.zone,
    )
    signature_id = sign_record(work, ask.signing, signable, grant)
    controlled = controlled_in_parcel(work, shipment)
    witness_id = _witnessed(work, ask, shipment, signable) if controlled else None
    facts = ask.model_dump(exclude={"signing", "signature_id", "witness"})
    received = receive_shipment(work, ReceiveShipment(**facts, signature_id=signature_id))
    if witness_id is not None:
        note_witness(work, shipment.owner, controlled, KitEvent.RECEIVE, witness_id)
    return received


def _witnessed(work: Work, ask: SignReceipt, shipment: HeldShipment, signable: Signable) -> int:
    at_site = shipment.site_id is not None
    needs = Permission.RECEIVE_SHIPMENT if at_site else Permission.FULFIL_SHIPMENT
    seen = replace(signable, meaning=Meaning.WITNESS)
    return sign_as_witness(work, ask.witness, seen, needs, "this site" if at_site else "this depot")


def receipt_content(ask: ReceiveShipment) -> dict[str, object]:
    """What is signed: each kit's fate, the monitor's word, and the time where it was not now."""
    return {
        "received": sorted(ask.received),
        "damaged": sorted(ask.damaged),
        "missing": sorted(ask.missing),
        "temperature": ask.temperature,
        "received_at": None if ask.received_at is None else ask.received_at.isoformat(),
        "reason": ask.reason,
    }
