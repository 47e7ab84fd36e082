"""Shipments: resupply and its decision, each step of depot, carrier and supply, and the receipt."""

from dataclasses import dataclass
from typing import Annotated

from litestar.handlers import HTTPRouteHandler
from litestar.params import Parameter

from irt.blinding.roles import DataClass, Permission
from irt.errors import BadInput
from irt.reads.blinded_exceptions import ExceptionLine, open_exceptions
from irt.reads.blinded_reasons import ShipmentReasons, reasons_of
from irt.services import fulfil_shipment
from irt.services.activate_site import change_site
from irt.services.approve_shipment import approve_shipment
from irt.services.order_kits import SETS_MAX, OrderKits, OrderSets, order_kits, order_sets
from irt.services.preview_order import OrderPreview, preview_kits, preview_sets
from irt.services.propose_stop import propose_stop
from irt.services.run_resupply import run_resupply_with
from irt.services.send_to_satellite import send_to_satellite
from irt.services.short_pick import pick_short
from irt.services.sign_receipt import sign_receipt
from irt.services.take_exception import take_exception
from irt.services.think_first import run_unlocked
from web.api.operations import (
    Caller,
    Now,
    Records,
    Service,
    StudyId,
    command,
    planned,
    question,
    unblinded_question,
)

_SHIPMENT = {"study_id": 1, "number": "SH-00012"}


def _step(service: Service, scope: Permission, summary: str, *, reason: bool = False) -> HTTPRouteHandler:
    path = service.__name__.removesuffix("_shipment").replace("_", "-")
    example = {**_SHIPMENT, "reason": "Address closed"} if reason else _SHIPMENT
    return command(f"/shipments/{path}", service, scope, summary, example)


_DEPOT, _SUPPLY = Permission.FULFIL_SHIPMENT, Permission.APPROVE_SHIPMENT


@dataclass(frozen=True)
class ExceptionsListed:
    """What needs a person in the supply of a study, the nearest deadline first."""

    items: tuple[ExceptionLine, ...]


@question("/studies/{study_id:int}/supply/exceptions", Permission.VIEW_SUPPLY, "What needs a person in supply")
def list_exceptions(study_id: StudyId, caller: Caller, store: Records, now: Now) -> ExceptionsListed:
    """Late parcels, stock that runs out and lots that expire, by blinding group, with deadline and owner."""
    caller.require(Permission.VIEW_SUPPLY, study_id)
    with store.reading() as connection:
        return ExceptionsListed(open_exceptions(connection, study_id, now))


@question(
    "/studies/{study_id:int}/supply/shipments/{number:str}",
    Permission.VIEW_SUPPLY,
    "Why a shipment holds what it holds",
)
def show_reasons(study_id: StudyId, number: str, caller: Caller, store: Records) -> ShipmentReasons:
    """What raised it, kits that were there or coming, and kits ordered, by blinding group."""
    caller.require(Permission.VIEW_SUPPLY, study_id)
    with store.reading() as connection:
        return reasons_of(connection, study_id, number)


@question(
    "/studies/{study_id:int}/supply/order-preview",
    Permission.ORDER_SETS,
    "What a depot would pick for an order of sets",
)
def preview_order(
    study_id: StudyId,
    site: str,
    blinding_group: str,
    caller: Caller,
    store: Records,
    now: Now,
    sets: Annotated[int, Parameter(ge=1, le=SETS_MAX)] = 1,
) -> OrderPreview:
    """Lots, kits and days by blinding group; nothing is booked."""
    ask = OrderSets(study_id=study_id, site=site, blinding_group=blinding_group, sets=sets, reason="-")
    return preview_sets(store, caller, now, ask)


@unblinded_question(
    "/studies/{study_id:int}/supply/order-preview/types",
    Permission.RUN_RESUPPLY,
    DataClass.SUPPLY_BY_TYPE,
    "What a depot would pick for an order by kit type",
)
def preview_order_by_type(
    study_id: StudyId, site: str, kits: str, caller: Caller, store: Records, now: Now
) -> OrderPreview:
    """By type and lot, for people who may know types; `kits` as PEN-A:4,PEN-P:4. Nothing is booked."""
    wanted = {}
    for part in kits.split(","):
        code, _, number = part.strip().partition(":")
        if not (number.isascii() and number.isdigit() and len(number) < 6):
            raise BadInput("Write the kits as PEN-A:4,PEN-P:4. Nothing was looked up.")
        wanted[code] = int(number)
    ask = OrderKits(study_id=study_id, site=site, kits=wanted, reason="-")
    return preview_kits(store, caller, now, ask)


OPERATIONS = (
    preview_order,
    preview_order_by_type,
    list_exceptions,
    show_reasons,
    command(
        "/supply/exceptions/take",
        take_exception,
        Permission.RUN_RESUPPLY,
        "Look after an exception of supply from now on",
        {"study_id": 1, "kind": "not_delivered", "record": "S-10012", "note": "The carrier was called"},
    ),
    command(
        "/sites/change",
        change_site,
        Permission.ACTIVATE_SITE,
        "Activate, hold, resume or close a site",
        {"study_id": 1, "site": "1014", "event": "activate"},
    ),
    planned(
        "/resupply/run",
        run_resupply_with,
        run_unlocked,
        Permission.RUN_RESUPPLY,
        "Plan a day's shipments",
        {"study_id": 1, "day": "2026-03-02", "needs_approval": True},
    ),
    command(
        "/resupply/order-kits",
        order_kits,
        Permission.RUN_RESUPPLY,
        "Order kits by type for a site",
        {"study_id": 1, "site": "1014", "kits": {"PEN-A": 4}, "emergency": True, "reason": "The fridge failed"},
    ),
    command(
        "/resupply/order-sets",
        order_sets,
        Permission.ORDER_SETS,
        "Order whole sets of a blinding group for a site",
        {"study_id": 1, "site": "1014", "blinding_group": "PEN", "sets": 2, "reason": "The fridge failed"},
    ),
    command(
        "/resupply/stops/propose",
        propose_stop,
        Permission.ACTIVATE_SITE,
        "Propose the day from which nothing is sent to a site or a country",
        {"study_id": 1, "country": "GB", "stops_on": "2027-01-31", "reason": "Enrolment there has ended"},
    ),
    command(
        "/shipments/approve",
        approve_shipment,
        _SUPPLY,
        "Approve a shipment, or refuse it",
        {**_SHIPMENT, "approve": True},
    ),
    _step(fulfil_shipment.cancel_shipment, _SUPPLY, "Cancel a shipment before it leaves", reason=True),
    _step(fulfil_shipment.acknowledge_shipment, _DEPOT, "Acknowledge a request"),
    _step(fulfil_shipment.reject_shipment, _DEPOT, "Reject a request", reason=True),
    _step(fulfil_shipment.pick_shipment, _DEPOT, "Say that the kits are picked"),
    command(
        "/shipments/short-pick",
        pick_short,
        _DEPOT,
        "Leave kits out of a request that the depot does not have",
        {**_SHIPMENT, "kits": [{"number": "48213377", "why": "not_found"}]},
    ),
    _step(fulfil_shipment.pack_shipment, _DEPOT, "Say that the parcel is packed"),
    command(
        "/shipments/dispatch",
        fulfil_shipment.dispatch_shipment,
        _DEPOT,
        "Dispatch a shipment",
        {**_SHIPMENT, "waybill": "784-2210 4431", "monitor": "TT4-88120"},
    ),
    _step(fulfil_shipment.hold_at_customs, _DEPOT, "Say that customs hold the parcel"),
    _step(fulfil_shipment.clear_customs, _DEPOT, "Say that customs let the parcel go"),
    _step(fulfil_shipment.deliver_shipment, _DEPOT, "Say that the parcel was delivered"),
    _step(fulfil_shipment.lose_shipment, _SUPPLY, "Declare a shipment lost", reason=True),
    _step(fulfil_shipment.return_shipment, _SUPPLY, "Book a shipment as returned to its depot", reason=True),
    _step(fulfil_shipment.close_shipment, _SUPPLY, "Close a shipment"),
    command(
        "/shipments/receive",
        sign_receipt,
        Permission.RECEIVE_SHIPMENT,
        "Receive a shipment at its site, signed",
        {
            **_SHIPMENT,
            "received": ["48213377"],
            "damaged": ["30915524"],
            "temperature": "no_alarm",
            "signing": {"password": "the owner's password", "code": "123456"},
        },
    ),
    command(
        "/shipments/send-to-satellite",
        send_to_satellite,
        Permission.SEND_TO_SATELLITE,
        "Send scanned kits of a main site to its satellite",
        {"study_id": 1, "satellite": "1015", "scanned": ["48213377", "30915524"], "monitor": "TM-77"},
    ),
)
