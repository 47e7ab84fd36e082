"""Receipt of a shipment at its site or regional depot, kit by kit, with the word of its temperature monitor."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from enum import StrEnum

from sqlmodel import SQLModel

from irt.errors import BadInput, NotFound, Refusal
from irt.services.controlled_drugs import controlled_in_parcel
from irt.services.excursions import open_excursion
from irt.services.holds import under_hold_among
from irt.services.move_kits import HeldKit, Move, lock_kits, move_each, move_kits
from irt.services.shipments import (
    HeldShipment,
    kits_underway,
    lock_shipment,
    note_outcome,
    refuse_step,
    require_receiver,
    step_shipments,
)
from irt.services.site_kits import can_move
from irt.services.witness import WitnessMissing
from irt.services.work import Work
from irt.states.kit import KitEvent, Quality
from irt.states.records import ExcursionStatus
from irt.states.shipment import ShipmentEvent, ShipmentStatus


class Temperature(StrEnum):
    """What the shipment's monitor said at receipt."""

    NO_ALARM = "no_alarm"
    ALARM = "alarm"
    NO_DATA = "no_data"


class ReceiveShipment(SQLModel):
    """Kit numbers as found in the parcel; kits named nowhere are still to come.

    `received_at` is the true time of a receipt that is typed late.
    """

    study_id: int
    number: str
    received: list[str]
    damaged: list[str] = []
    missing: list[str] = []
    temperature: Temperature = Temperature.NO_ALARM
    received_at: datetime | None = None
    reason: str | None = None
    signature_id: int | None = None


class ShipmentReceived(SQLModel):
    """The shipment's status now and what became of its kits."""

    number: str
    status: ShipmentStatus
    usable: list[str]
    quarantined: list[str]
    damaged: list[str]
    missing: list[str]
    still_to_come: int
    excursion: str | None


class KitNotInShipment(Refusal):
    """A kit was scanned that this shipment does not hold."""


class ReceiptTimeImpossible(Refusal):
    """A receipt before the dispatch, or in the future."""

    status_code = 400


Outcome = tuple[str, KitEvent]
_RECEIVED: Outcome = ("received", KitEvent.RECEIVE)
_QUARANTINED: Outcome = ("quarantined", KitEvent.RECEIVE_QUARANTINED)
_DAMAGED: Outcome = ("damaged", KitEvent.RECEIVE_DAMAGED)
_MISSING: Outcome = ("missing", KitEvent.RECEIVE_MISSING)


def receive_shipment(work: Work, ask: ReceiveShipment) -> ShipmentReceived:
    """Books each kit as it arrived; after an alarm or without data every kit waits in quarantine."""
    shipment = lock_shipment(work, ask.study_id, ask.number)
    if shipment.site_id is None and shipment.target_depot_id is None:
        raise NotFound("This shipment goes neither to a site nor to a depot. Nothing was booked.")
    require_receiver(work, shipment)
    if ask.signature_id is None and controlled_in_parcel(work, shipment):
        raise WitnessMissing
    _check_time(work, ask, shipment)
    kits = lock_kits(work, kits_underway(work, [shipment]))
    outcomes = _outcomes(ask, shipment, kits, under_hold_among(work, kits))
    event = _event(outcomes, kits)
    refuse_step(shipment, event)
    by_outcome = _book(work, ask, shipment, kits, outcomes)
    excursion = _open_excursion(work, ask, shipment)
    (after,) = step_shipments(
        work,
        [shipment],
        [event],
        occurred_at=ask.received_at,
        reason=ask.reason,
        facts={
            "received_at": ask.received_at or work.at,
            "temperature": ask.temperature,
            "signature_id": ask.signature_id,
        },
        tell=lambda _: by_outcome,
    )
    return ShipmentReceived(
        number=shipment.number,
        status=after.status,
        usable=by_outcome["received"],
        quarantined=by_outcome["quarantined"],
        damaged=by_outcome["damaged"],
        missing=by_outcome["missing"],
        still_to_come=len(kits) - len(outcomes),
        excursion=excursion,
    )


def _check_time(work: Work, ask: ReceiveShipment, shipment: HeldShipment) -> None:
    if ask.received_at is None:
        return
    too_early = shipment.dispatched_at is not None and ask.received_at < shipment.dispatched_at
    if too_early or ask.received_at > work.at:
        raise ReceiptTimeImpossible(
            "The shipment cannot have been received then: it lies before its dispatch or in the future. "
            "Nothing was booked. Enter when it was received."
        )


def _outcomes(
    ask: ReceiveShipment, shipment: HeldShipment, kits: Sequence[HeldKit], held: Set[int]
) -> dict[str, Outcome]:
    """Kit number -> outcome, for the kits named."""
    arrived = _RECEIVED if ask.temperature == Temperature.NO_ALARM else _QUARANTINED
    named = [
        *((number, arrived) for number in ask.received),
        *((number, _DAMAGED) for number in ask.damaged),
        *((number, _MISSING) for number in ask.missing),
    ]
    outcomes = dict(named)
    if not named or len(outcomes) != len(named):
        raise BadInput("Name each kit once: received, damaged or missing. Nothing was booked.")
    expected = {kit.number: kit for kit in kits}
    for number in outcomes:
        if number not in expected:
            raise KitNotInShipment(
                f"Kit {number} is not awaited with shipment {shipment.number}. Nothing was booked. Take it out of "
                "the list, keep the kit apart and call supply."
            ).concerning(shipment.about("shipment_receipt"))
    # A kit put into quarantine on its way, or under a hold, stays there whatever the monitor says.
    for number, outcome in outcomes.items():
        kit = expected[number]
        if outcome is _RECEIVED and (kit.state.quality != Quality.RELEASED or kit.id in held):
            outcomes[number] = _QUARANTINED
    return outcomes


def _event(outcomes: Mapping[str, Outcome], kits: Sequence[HeldKit]) -> ShipmentEvent:
    if len(outcomes) < len(kits):
        return ShipmentEvent.RECEIVE_PARTLY
    if any(outcome in (_DAMAGED, _MISSING) for outcome in outcomes.values()):
        return ShipmentEvent.RECEIVE_WITH_DISCREPANCY
    return ShipmentEvent.RECEIVE


def _book(
    work: Work,
    ask: ReceiveShipment,
    shipment: HeldShipment,
    kits: Sequence[HeldKit],
    outcomes: Mapping[str, Outcome],
) -> dict[str, list[str]]:
    """Moves the kits; outcome -> kit numbers in order."""
    booked: dict[str, list[str]] = {}
    for outcome in (_RECEIVED, _QUARANTINED, _DAMAGED, _MISSING):
        name, event = outcome
        some = [kit for kit in kits if outcomes.get(kit.number) == outcome]
        booked[name] = sorted(kit.number for kit in some)
        if some:
            if shipment.target_depot_id is not None and outcome != _MISSING:
                receive_at_depot(work, shipment, some, event, ask.reason, ask.received_at)
            else:
                place = None if outcome == _MISSING else shipment.site_id
                moves = [Move(kit, place, shipment.id) for kit in some]
                move_each(work, moves, event, reason=ask.reason, occurred_at=ask.received_at)
            note_outcome(work, [shipment], [kit.id for kit in some], name)
    return booked


_THEN_AT_DEPOT = {
    KitEvent.RECEIVE_QUARANTINED: KitEvent.QUARANTINE,
    KitEvent.RECEIVE_DAMAGED: KitEvent.DAMAGE,
}
"""What follows the arrival at a depot, by what would have been booked at a site."""


def receive_at_depot(
    work: Work,
    shipment: HeldShipment,
    kits: Sequence[HeldKit],
    event: KitEvent,
    reason: str | None = None,
    occurred_at: datetime | None = None,
) -> None:
    """Puts kits on the shelf of the regional depot; quarantined or damaged ones stay out of its stock."""
    moves = [Move(kit, shipment.target_depot_id, shipment.id) for kit in kits]
    there = move_each(work, moves, KitEvent.RECEIVE_AT_DEPOT, reason=reason, occurred_at=occurred_at)
    then = _THEN_AT_DEPOT.get(event)
    if then is not None:
        fit = [kit for kit in there if can_move(kit, then)]
        move_kits(work, fit, then, shipment_id=shipment.id, reason=reason, occurred_at=occurred_at)


_OPENED_AS = {Temperature.ALARM: ExcursionStatus.SUSPECTED, Temperature.NO_DATA: ExcursionStatus.NO_DATA}


def _open_excursion(work: Work, ask: ReceiveShipment, shipment: HeldShipment) -> str | None:
    """The number of the excursion, where the monitor's word opens one."""
    if ask.temperature not in _OPENED_AS:
        return None
    _, number = open_excursion(
        work,
        f"shipment {shipment.number}",
        _OPENED_AS[ask.temperature],
        shipment.zone,
        {"shipment": shipment.number, "temperature": ask.temperature},
        **shipment.owner,
        shipment_id=shipment.id,
        site_id=shipment.site_id,
    )
    return number
