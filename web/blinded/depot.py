"""The depot's inbox: requests by dispatch day, and each one's way to the carrier."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotFound, Refusal
from irt.messages.papers import PAPERS
from irt.messages.shipment_story import parcel_alone
from irt.reads.blinded_interfaces import CarrierLine, carrier_words
from irt.reads.blinded_just_in_time import ShipmentLabels, shipment_labels
from irt.reads.blinded_manifest import story_of
from irt.reads.blinded_messages import MessageLine, latest_messages
from irt.reads.blinded_shipments import (
    BEFORE_DISPATCH,
    ShipmentLine,
    ShipmentRecord,
    arriving_shipments,
    depot_shipment,
    depot_shipments,
)
from irt.reads.depot_picks import LotReason, PickLine, lot_reasons, pick_list
from irt.services.fulfil_shipment import (
    ShipmentStepped,
    StepShipment,
    acknowledge_shipment,
    dispatch_shipment,
    pack_shipment,
    pick_shipment,
    reject_shipment,
)
from irt.services.short_pick import LackingKit, PickShort, pick_short
from irt.services.work import Work
from irt.states.shipment import ShipmentStatus
from irt.states.short_pick import WhyShort
from irt.states.vendor_message import MessageStatus
from irt.supply.barcode import kit_number_in
from irt.supply.picking import pick
from web.blinded.at_depot import depots_worked_at, studies_fulfilled
from web.blinded.desk import Desk, desk_of, go
from web.blinded.shipments import ShipmentView
from web.downloads import file_answer, file_name
from web.forms import Fields

_TEMPLATE = "depot/shipment.html"
_STEPS: dict[str, Callable[[Work, StepShipment], ShipmentStepped]] = {
    "acknowledge": acknowledge_shipment,
    "reject": reject_shipment,
    "pick": pick_shipment,
    "pack": pack_shipment,
    "dispatch": dispatch_shipment,
}
_PAPERS = {
    "pdf": ("pdf", "application/pdf"),
    "json": ("json", "application/json"),
    "csv": ("csv", "text/csv"),
    "xml": ("xml", "application/xml"),
    "epcis": ("json", "application/ld+json"),
    "desadv": ("edi", "application/edifact"),
}
"""Format -> the file's ending and its media type."""
_BEFORE_PICKING = (ShipmentStatus.REQUESTED, ShipmentStatus.ACKNOWLEDGED)
_FAMILY = {
    MessageStatus.WAITING: "assigned",
    MessageStatus.APPLIED: "usable",
    MessageStatus.ACKNOWLEDGED: "usable",
    MessageStatus.NOTED: "hold",
    MessageStatus.REFUSED: "stop",
    MessageStatus.NOT_APPLIED: "stop",
    MessageStatus.GIVEN_UP: "stop",
}
_MESSAGES_SHOWN = 100
_WHY_WORDS = {
    WhyShort.NOT_FOUND: "It is not there",
    WhyShort.DAMAGED: "It is damaged",
    WhyShort.HELD: "It is set apart",
    WhyShort.EXPIRED: "Its date has passed",
}
STEP_WORDS = ("Acknowledge", "Pick", "Pack", "Dispatch")
_NEXT = dict(zip(BEFORE_DISPATCH, STEP_WORDS, strict=True))
_POSITION = {
    ShipmentStatus.REQUESTED: 1,
    ShipmentStatus.ACKNOWLEDGED: 2,
    ShipmentStatus.PICKED: 3,
    ShipmentStatus.PACKED: 4,
}


@dataclass(frozen=True)
class InboxView(BlindedView):
    """Requests that wait for the depot, by dispatch day."""

    shipments: tuple[ShipmentLine, ...]
    arriving: tuple[ShipmentLine, ...]
    today: date
    unlabelled: frozenset[tuple[int, str]] = frozenset()

    def step_of(self, line: ShipmentLine) -> str:
        """What is to be done with it next."""
        return "Label" if (line.study_id, line.number) in self.unlabelled else _NEXT[line.status]

    def urgency(self, line: ShipmentLine) -> str:
        """Late, today, or later."""
        if line.dispatch_on is None or line.dispatch_on > self.today:
            return "ok"
        return "soon" if line.dispatch_on == self.today else "late"


@dataclass(frozen=True)
class MessagesView(BlindedView):
    """The last messages of the depot's system, newest first."""

    messages: tuple[MessageLine, ...]

    @property
    def gaps(self) -> tuple[MessageLine, ...]:
        """Messages before which numbers never came."""
        return tuple(line for line in self.messages if line.missing)

    def family(self, line: MessageLine) -> str:
        """The family of the message's state."""
        return _FAMILY[line.status]


@dataclass(frozen=True)
class DepotView(BlindedView):
    """One request and its next step; the pick list is filled only while it is picked."""

    record: ShipmentRecord
    steps: tuple[str, ...]
    step: int
    picks: tuple[PickLine, ...]
    picked: tuple[str, ...]
    tracking: tuple[CarrierLine, ...]
    command_key: str
    accepted: bool = True
    title: str = ""
    sentence: str = ""
    refusal: str = ""
    waybill: str = ""
    monitor: str = ""
    labels: ShipmentLabels | None = None
    lot_reasons: tuple[LotReason, ...] = ()

    @property
    def draft(self) -> str:
        """The picked kits as they travel with the form."""
        return ",".join(self.picked)

    @property
    def reasons(self) -> tuple[tuple[str, str], ...]:
        """Why a kit may be left out, as a choice."""
        return tuple((why.value, said) for why, said in _WHY_WORDS.items())

    @property
    def complete(self) -> bool:
        """Whether every kit is picked."""
        return len(self.picked) == len(self.picks)


class DepotPages(Controller):
    """The inbox and the work on one shipment."""

    path = "/depot"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[str]:
        """What is to be sent, by dispatch day."""
        with desk.store.reading() as connection:
            found = [
                line
                for study_id in studies_fulfilled(desk)
                for line in depot_shipments(connection, [study_id], depots_worked_at(desk, study_id))
            ]
            arriving = [
                line
                for study_id in studies_fulfilled(desk)
                for line in arriving_shipments(connection, study_id, depots_worked_at(desk, study_id))
            ]
            unlabelled = frozenset(
                (line.study_id, line.number)
                for line in found
                if line.status == ShipmentStatus.PICKED
                and not shipment_labels(connection, line.study_id, line.number).complete
            )
        found.sort(key=lambda line: (line.dispatch_on or date.max, line.number, line.study_id))
        view = InboxView(tuple(found), tuple(arriving), desk.now.date(), unlabelled)
        return desk.page("depot/inbox.html", view, "Inbox", "Inbox", counts={"Inbox": len(found)})

    @get("/messages", sync_to_thread=True)
    def show_messages(self, desk: NamedDependency[Desk]) -> Response[str]:
        """What the depot's system and we told each other, newest first, and what became of it."""
        with desk.store.reading() as connection:
            found = [
                line
                for study_id in studies_fulfilled(desk)
                for line in latest_messages(connection, study_id, depots_worked_at(desk, study_id), _MESSAGES_SHOWN)
            ]
        found.sort(key=lambda line: line.id, reverse=True)
        return desk.page("depot/messages.html", MessagesView(tuple(found[:_MESSAGES_SHOWN])), "Messages", "Inbox")

    @get("/{study_id:int}/{number:str}", sync_to_thread=True)
    def show_one(self, desk: NamedDependency[Desk], study_id: int, number: str) -> Response[str]:
        """One request."""
        return _page(desk, study_id, _view(desk, study_id, number, {}))

    @get("/{study_id:int}/{number:str}/packing-list", sync_to_thread=True)
    def print_list(self, desk: NamedDependency[Desk], study_id: int, number: str) -> Response[str]:
        """The packing list that goes into the box."""
        record = _record(desk, study_id, number)
        home = f"/depot/{study_id}/{number}"
        view = ShipmentView(record, STEP_WORDS, 0, may_receive=False, just_received=False, home=home)
        return desk.page("shipments/packing_list.html", view, f"Packing list {number}", "Inbox", study_id=study_id)

    @get("/{study_id:int}/{number:str}/manifest/{paper:str}", sync_to_thread=True)
    def manifest(self, desk: NamedDependency[Desk], study_id: int, number: str, paper: str) -> Response[bytes]:
        """The manifest to take away; EPCIS tells the parcel's way to its receipt."""
        record = _record(desk, study_id, number)
        if paper not in _PAPERS or record.line.status in _BEFORE_PICKING:
            raise NotFound("There is no such manifest. Go back to the shipment.")
        with desk.store.reading() as connection:
            story = parcel_alone(story_of(connection, number, study_id=study_id))
        suffix, media_type = _PAPERS[paper]
        name = file_name(f"{number}_{paper}" if suffix != paper else number, story.mode, desk.now, suffix)
        return file_answer(PAPERS[paper](story, desk.now), name, media_type)

    @post("/{study_id:int}/{number:str}/scan", status_code=200, sync_to_thread=True)
    def scan(self, desk: NamedDependency[Desk], study_id: int, number: str, data: Fields) -> Response[str]:
        """One scan of the pick; nothing is booked before it is confirmed."""
        view = _view(desk, study_id, number, data)
        ordered = [line.number for line in view.picks]
        picked, answer = pick(view.picked, ordered, kit_number_in(data.get("code", "")))
        said = {"accepted": answer.accepted, "title": answer.title, "sentence": answer.sentence}
        return _page(desk, study_id, _view(desk, study_id, number, {**data, "picked": ",".join(picked)}, **said))

    @post("/{study_id:int}/{number:str}/short", sync_to_thread=True)
    def leave_out(self, desk: NamedDependency[Desk], study_id: int, number: str, data: Fields) -> Response[Any]:
        """A kit is not there or not fit: it leaves the request, and another stands in where the rule finds one."""
        _record(desk, study_id, number)
        try:
            desk.press(pick_short, _lacking(study_id, number, data), data.get("command_key", ""))
        except Refusal as refusal:
            view = _view(desk, study_id, number, data, refusal=refusal.sentence)
            return _page(desk, study_id, view, refusal.status_code)
        return go(f"/depot/{study_id}/{number}")

    @post("/{study_id:int}/{number:str}/{step:str}", sync_to_thread=True)
    def take(
        self, desk: NamedDependency[Desk], study_id: int, number: str, step: str, data: Fields
    ) -> Response[Any]:
        """The next step: acknowledge, reject, pick, pack, dispatch."""
        record = _record(desk, study_id, number)
        try:
            desk.press(_step(step), _ask(record, study_id, step, data), data.get("command_key", ""))
        except Refusal as refusal:
            view = _view(desk, study_id, number, data, refusal=refusal.sentence)
            return _page(desk, study_id, view, refusal.status_code)
        return go("/depot" if step in ("reject", "dispatch") else f"/depot/{study_id}/{number}")


def _record(desk: Desk, study_id: int, number: str) -> ShipmentRecord:
    with desk.store.reading() as connection:
        return depot_shipment(connection, study_id, number, depots_worked_at(desk, study_id))


def _step(step: str) -> Callable[[Work, StepShipment], ShipmentStepped]:
    if step not in _STEPS:
        raise BadInput("This step does not exist. Nothing was booked. Reload the page.")
    return _STEPS[step]


def _ask(record: ShipmentRecord, study_id: int, step: str, data: dict[str, str]) -> StepShipment:
    """The step as an ask; a pick must name every kit, a dispatch its waybill and monitor."""
    if step == "pick" and set(_picked(data)) != {kit.number for kit in record.awaited}:
        raise BadInput("Not every kit is picked. Nothing was booked. Scan the rest.")
    waybill, monitor = data.get("waybill", "").strip(), data.get("monitor", "").strip()
    if step == "dispatch" and not (waybill and monitor):
        raise BadInput("Scan the waybill and the temperature monitor. Nothing was booked.")
    return StepShipment(
        study_id=study_id,
        number=record.line.number,
        reason=data.get("reason", "").strip() or None,
        waybill=waybill or None,
        monitor=monitor or None,
    )


def _lacking(study_id: int, number: str, data: dict[str, str]) -> PickShort:
    """The kit that is left out, and why."""
    kit, why = data.get("kit", ""), data.get("why", "")
    if not kit or why not in list(WhyShort):
        raise BadInput("Choose the kit and say why it is not sent. Nothing was booked.")
    return PickShort(study_id=study_id, number=number, kits=[LackingKit(number=kit[:20], why=WhyShort(why))])


def _picked(data: dict[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for number in data.get("picked", "").split(",") if number))


def _view(desk: Desk, study_id: int, number: str, data: dict[str, str], **said: Any) -> DepotView:
    record = _record(desk, study_id, number)
    picks: tuple[PickLine, ...] = ()
    reasons_of_lots: tuple[LotReason, ...] = ()
    with desk.store.reading() as connection:
        tracking = carrier_words(connection, study_id, number)
    if record.line.status == ShipmentStatus.ACKNOWLEDGED:
        with desk.store.reading_past_wall() as connection:
            picks = pick_list(connection, study_id, number)
            reasons_of_lots = lot_reasons(connection, study_id, number)
    labels: ShipmentLabels | None = None
    if record.line.status == ShipmentStatus.PICKED:
        with desk.store.reading() as connection:
            labels = shipment_labels(connection, study_id, number)
    known = {line.number for line in picks}
    return DepotView(
        record=record,
        steps=STEP_WORDS,
        step=_POSITION.get(record.line.status, len(STEP_WORDS) + 1),
        picks=picks,
        lot_reasons=reasons_of_lots,
        picked=tuple(kit for kit in _picked(data) if kit in known),
        tracking=tracking,
        command_key=desk.key(),
        waybill=data.get("waybill", ""),
        monitor=data.get("monitor", ""),
        labels=labels if labels and labels.just_in_time else None,
        **said,
    )


def _page(desk: Desk, study_id: int, view: DepotView, status_code: int = 200) -> Response[str]:
    if desk.wants_part:
        return desk.part(_TEMPLATE, "work", view, status_code)
    title = f"Shipment {view.record.line.number}"
    return desk.page(_TEMPLATE, view, title, "Inbox", study_id=study_id, status_code=status_code)
