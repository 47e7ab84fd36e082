"""The carrier's page of a pick-up: its address on a press that is written down, each kit scanned, each try."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_pickups import DoorPickup, door_pickup
from irt.services.collect_returns import (
    CollectKits,
    PickupAddress,
    PickupAttempt,
    PickupLabel,
    PickupSlot,
    collect_kits,
    read_pickup_address,
    report_pickup_attempt,
    reschedule_pickup,
)
from irt.services.home_deliveries import label_hash
from web.blinded.desk import Desk, desk_of, go
from web.blinded.home import moment_in
from web.blinded.typed import reason_in
from web.forms import Fields
from web.press import answered

_TYPED_MAX = 4000


@dataclass(frozen=True)
class DoorPickupPage(BlindedView):
    """One pick-up. `address` is on the one answer that was asked for it."""

    pickup: DoorPickup
    command_key: str
    address: str = ""
    kits: str = ""
    problem: str = ""


class DoorPickupPages(Controller):
    """Pick-ups by their labels."""

    path = "/doors/pickups/{label:str}"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], label: FromPath[str]) -> Response[str]:
        """The pick-up without its address."""
        return _page(desk, _view(desk, label))

    @post("/address", sync_to_thread=True)
    def address(self, desk: NamedDependency[Desk], label: FromPath[str], data: Fields) -> Response[Any]:
        """Shows the address; the reading is written down."""
        view = _view(desk, label)
        return answered(
            # Each press reads anew: an answer that is kept holds no address.
            lambda: desk.press(read_pickup_address, PickupLabel(label=label), desk.key()),
            lambda told: _page(desk, replace(view, address=_written(told))),
            lambda refusal: _refused(desk, view, refusal),
        )

    @post("/collect", sync_to_thread=True)
    def collect(self, desk: NamedDependency[Desk], label: FromPath[str], data: Fields) -> Response[Any]:
        """The carrier has the kits that were scanned."""
        typed = data.get("kits", "")[:_TYPED_MAX]

        def press() -> object:
            reads = typed.replace(",", " ").split()
            if not reads:
                raise BadInput("Nothing was scanned. Nothing was booked. Scan each kit as you take it.")
            return desk.press(collect_kits, CollectKits(label=label, scanned=reads), data.get("command_key", ""))

        return _pressed(desk, label, press, typed)

    @post("/attempt", sync_to_thread=True)
    def attempt(self, desk: NamedDependency[Desk], label: FromPath[str], data: Fields) -> Response[Any]:
        """Nobody was there."""

        def press() -> object:
            ask = PickupAttempt(label=label, reason=reason_in(data))
            return desk.press(report_pickup_attempt, ask, data.get("command_key", ""))

        return _pressed(desk, label, press)

    @post("/slot", sync_to_thread=True)
    def slot(self, desk: NamedDependency[Desk], label: FromPath[str], data: Fields) -> Response[Any]:
        """Another time was agreed."""
        zone = _view(desk, label).pickup.zone

        def press() -> object:
            begins, ends = (moment_in(data.get(name, ""), zone) for name in ("slot_from", "slot_to"))
            if begins is None or ends is None:
                raise BadInput("The time is missing. Nothing was booked. Enter from when to when.")
            ask = PickupSlot(label=label, slot_from=begins, slot_to=ends)
            return desk.press(reschedule_pickup, ask, data.get("command_key", ""))

        return _pressed(desk, label, press)


def _written(told: PickupAddress) -> str:
    return told.address.get_secret_value() if told.address else ""


def _view(desk: Desk, label: str) -> DoorPickupPage:
    with desk.store.reading() as connection:
        pickup = door_pickup(connection, desk.who.actor, label, label_hash(label))
    return DoorPickupPage(pickup, desk.key())


def _pressed(desk: Desk, label: str, press: Callable[[], object], typed: str = "") -> Response[Any]:
    view = replace(_view(desk, label), kits=typed)
    return answered(press, lambda _: go(f"/doors/pickups/{label}"), lambda refusal: _refused(desk, view, refusal))


def _refused(desk: Desk, view: DoorPickupPage, refusal: Refusal) -> Response[str]:
    return _page(desk, replace(view, problem=refusal.sentence), refusal.status_code)


def _page(desk: Desk, view: DoorPickupPage, status_code: int = 200) -> Response[str]:
    return desk.page("home/pickup.html", view, f"Pick-up {view.pickup.number}", "Doors", status_code=status_code)
