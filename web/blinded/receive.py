"""Receiving a shipment: scan each kit, say what the monitor shows, sign once."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.audit.signature import Meaning
from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_shipments import ShipmentRecord, ShippedKit, arriving_shipment, site_shipment
from irt.reads.blinded_signing import code_will_be_needed
from irt.reads.blinded_sites import not_found
from irt.services.receive_shipment import Temperature
from irt.services.sign_receipt import SignReceipt, sign_receipt
from irt.services.sign_record import SigningRefused
from irt.states.table import words
from irt.supply.barcode import kit_number_in
from irt.supply.unpacking import FATES, Answer, Parcel, unpack
from web.blinded.at_depot import depots_worked_at
from web.blinded.desk import Desk, desk_of, go
from web.blinded.typed import signing_in, witness_in
from web.forms import Fields
from web.my_sites import sites_of

_TEMPLATE = "shipments/receive.html"


@dataclass(frozen=True)
class ReceiveView(BlindedView):
    """The receipt as far as it has been said; nothing is booked before it is signed."""

    record: ShipmentRecord
    waiting: tuple[ShippedKit, ...]
    unpacked: tuple[tuple[ShippedKit, str], ...]
    draft: tuple[tuple[str, str], ...]
    consequences: tuple[tuple[str, str, str], ...]
    remark: str
    role: str
    code_needed: bool
    command_key: str
    zone: str
    needs_witness: bool = False
    meaning: str = Meaning.RECEIVE_SHIPMENT
    accepted: bool = True
    title: str = ""
    sentence: str = ""
    refusal: str = ""
    temperature: str = ""
    received_at: str = ""
    reason: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    part: bool = False

    @property
    def all_said(self) -> bool:
        """Whether every awaited kit is accounted for."""
        return not self.waiting


@dataclass(frozen=True)
class _Receipt:
    """What a request about one shipment stands on."""

    record: ShipmentRecord
    study_id: int
    site_id: int | None
    role: str
    code_needed: bool

    @property
    def zone(self) -> str:
        """The clock where it is received."""
        return self.record.line.zone


class ReceivePages(Controller):
    """The receipt of one shipment."""

    path = "/shipments/{study_id:int}/{number:str}/receive"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self, desk: NamedDependency[Desk], study_id: int, number: str, code: FromQuery[str] = ""
    ) -> Response[Any]:
        """The empty receipt, or with the kit ticked whose scan led here."""
        receipt = _receipt(desk, study_id, number)
        if not receipt.record.line.receivable:
            return go(f"/shipments/{study_id}/{number}")
        parcel, kit = Parcel(), kit_number_in(code)
        if kit in _awaited(receipt.record):
            parcel, _ = unpack(parcel, _awaited(receipt.record), kit)
        return _page(desk, receipt, _view(desk, receipt, parcel))

    @post("/scan", status_code=200, sync_to_thread=True)
    def scan(self, desk: NamedDependency[Desk], study_id: int, number: str, data: Fields) -> Response[Any]:
        """One scan, or one word about one kit; the list so far travels with the form."""
        receipt = _receipt(desk, study_id, number)
        awaited = _awaited(receipt.record)
        parcel = _parcel(data).among(awaited)
        if mark := data.get("mark", ""):
            return _page(desk, receipt, _view(desk, receipt, _marked(parcel, awaited, mark)))
        parcel, answer = unpack(parcel, awaited, kit_number_in(data.get("code", "")))
        return _page(desk, receipt, _answered(_view(desk, receipt, parcel), answer))

    @post("/", sync_to_thread=True)
    def sign(self, desk: NamedDependency[Desk], study_id: int, number: str, data: Fields) -> Response[Any]:
        """Signs and books the whole receipt; a refusal leaves everything typed in place."""
        receipt = _receipt(desk, study_id, number)
        try:
            desk.press(sign_receipt, _ask(receipt, data), data.get("command_key", ""))
        except _Incomplete as incomplete:
            return _again(desk, receipt, data, errors=incomplete.errors, status_code=400)
        except SigningRefused as refusal:
            errors = {"password": refusal.sentence}
            return _again(desk, receipt, data, errors=errors, status_code=refusal.status_code)
        except Refusal as refusal:
            return _again(desk, receipt, data, refusal=refusal.sentence, status_code=refusal.status_code)
        return go(f"/shipments/{study_id}/{number}?done=true" if receipt.site_id else "/depot")


class _Incomplete(Exception):
    """Answers are missing; by field, in words."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__()
        self.errors = errors


def _receipt(desk: Desk, study_id: int, number: str) -> _Receipt:
    """The shipment, where the person may receive it; a site of other people reads as no shipment."""
    actor = desk.who.actor
    with desk.store.reading() as connection:
        code_needed = code_will_be_needed(connection, actor, study_id)
        if (at_depot := actor.grant_for(Permission.FULFIL_SHIPMENT, study_id, None)) is not None:
            arriving = arriving_shipment(connection, study_id, number, depots_worked_at(desk, study_id))
            if arriving is not None:
                return _Receipt(arriving, study_id, None, words(at_depot.role), code_needed)
        reached = sites_of(connection, desk.who, Permission.VIEW_STOCK)
        record = site_shipment(connection, reached, study_id, number)
        site = next(one for one in reached if (one.study_id, one.site) == (study_id, record.line.site))
        grant = actor.require(Permission.RECEIVE_SHIPMENT, site.study_id, site.site_id)
        return _Receipt(record, study_id, site.site_id, words(grant.role), code_needed)


def _awaited(record: ShipmentRecord) -> tuple[str, ...]:
    return tuple(kit.number for kit in record.awaited)


def _parcel(data: dict[str, str]) -> Parcel:
    return Parcel(**{fate: tuple(n for n in data.get(fate, "").split(",") if n) for fate in FATES})


def _marked(parcel: Parcel, awaited: tuple[str, ...], mark: str) -> Parcel:
    """`damaged:482917`, or `out:482917` to say nothing of the kit any more."""
    said, _, number = mark.partition(":")
    if number not in awaited:
        raise not_found("kit in this shipment")
    for fate in FATES:
        if said == fate:
            return parcel.saying(number, fate)
    return parcel.without(number)


def _view(desk: Desk, receipt: _Receipt, parcel: Parcel) -> ReceiveView:
    kits = {kit.number: kit for kit in receipt.record.awaited}
    return ReceiveView(
        record=receipt.record,
        waiting=tuple(kit for number, kit in kits.items() if parcel.fate_of(number) is None),
        unpacked=tuple((kits[number], parcel.fate_of(number) or "") for number in reversed(parcel.named)),
        draft=tuple((fate, ",".join(getattr(parcel, fate))) for fate in FATES),
        consequences=_consequences(len(parcel.received)),
        remark=_remark(parcel, len(kits) - len(parcel.named)),
        role=receipt.role,
        code_needed=receipt.code_needed,
        command_key=desk.key(),
        zone=receipt.zone,
        needs_witness=any(kit.controlled for kit in kits.values()),
    )


def _kits(count: int) -> str:
    return "1 kit" if count == 1 else f"{count} kits"


def _consequences(received: int) -> tuple[tuple[str, str, str], ...]:
    """Each answer about the monitor, with what it will do, stated before the signature."""
    held = "The kit goes" if received == 1 else f"All {_kits(received)} go"
    becomes = "becomes" if received == 1 else "become"
    usable = f"{_kits(received)} {becomes} usable."
    quarantine = f"{held} to quarantine; a quality decision is asked for."
    if not received:
        usable = quarantine = "No kit is received yet."
    return (
        (Temperature.NO_ALARM, "No alarm", usable),
        (Temperature.ALARM, "Alarm", quarantine),
        (Temperature.NO_DATA, "No monitor, or it cannot be read", quarantine),
    )


def _remark(parcel: Parcel, left: int) -> str:
    said = []
    if parcel.damaged:
        said.append(f"{_kits(len(parcel.damaged))} will be booked as damaged.")
    if parcel.missing:
        said.append(f"{_kits(len(parcel.missing))} will be booked as missing.")
    if left:
        said.append(f"Of {_kits(left)} nothing is said yet: they stay awaited, and the receipt is a part receipt.")
    return " ".join(said)


def _answered(view: ReceiveView, answer: Answer) -> ReceiveView:
    return replace(view, accepted=answer.accepted, title=answer.title, sentence=answer.sentence)


def _ask(receipt: _Receipt, data: dict[str, str]) -> SignReceipt:
    """The form as an ask; _Incomplete where answers are missing or cannot be read."""
    errors: dict[str, str] = {}
    parcel = _parcel(data)
    if not parcel.named:
        raise BadInput("Scan the kits first. Nothing was booked.")
    temperature = data.get("temperature", "")
    if temperature not in list(Temperature):
        errors["temperature"] = "Say what the temperature monitor shows."
    received_at = _moment(data.get("received_at", ""), receipt.zone, errors)
    if received_at is not None and not data.get("reason", "").strip():
        errors["reason"] = "Say why the receipt is entered late."
    if not data.get("password"):
        errors["password"] = "Enter your password."  # noqa: S105 - a sentence, not a password
    if errors:
        raise _Incomplete(errors)
    return SignReceipt(
        study_id=receipt.study_id,
        number=receipt.record.line.number,
        received=list(parcel.received),
        damaged=list(parcel.damaged),
        missing=list(parcel.missing),
        temperature=Temperature(temperature),
        received_at=received_at,
        reason=data.get("reason", "").strip() or None,
        signing=signing_in(data),
        witness=witness_in(data),
    )


def _moment(typed: str, zone: str, errors: dict[str, str]) -> datetime | None:
    """A time typed at the site, on its own clock."""
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        errors["received_at"] = "This time cannot be read. Write it as 2026-06-16 09:41."
        return None


def _again(
    desk: Desk,
    receipt: _Receipt,
    data: dict[str, str],
    *,
    status_code: int,
    errors: dict[str, str] | None = None,
    refusal: str = "",
) -> Response[str]:
    """The same page with everything typed still on it, passwords apart."""
    view = replace(
        _view(desk, receipt, _parcel(data).among(_awaited(receipt.record))),
        refusal=refusal,
        errors=errors or {},
        temperature=data.get("temperature", ""),
        received_at=data.get("received_at", ""),
        reason=data.get("reason", ""),
    )
    return _page(desk, receipt, view, status_code)


def _page(desk: Desk, receipt: _Receipt, view: ReceiveView, status_code: int = 200) -> Response[str]:
    if desk.wants_part:
        return desk.part(_TEMPLATE, "work", replace(view, part=True), status_code)
    title = f"Receive {receipt.record.line.number}"
    return desk.page(
        _TEMPLATE,
        view,
        title,
        "Shipments",
        study_id=receipt.study_id,
        site_id=receipt.site_id,
        status_code=status_code,
    )
