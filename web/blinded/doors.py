"""The carrier's pages: one parcel by its label, its address on a press that is written down, and each try."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, NotAllowed, Refusal
from irt.reads.blinded_home import ParcelView, parcel_page
from irt.reads.blinded_pickups import Errand, errands_of, is_pickup
from irt.services.carry_home import (
    AddressRead,
    ReadAddress,
    ReportAttempt,
    Reschedule,
    bring_back,
    read_address,
    report_attempt,
    reschedule,
)
from irt.services.home_deliveries import label_hash
from irt.states.home_delivery import DeliveryStatus
from web.blinded.desk import Desk, desk_of, go
from web.blinded.home import moment_in
from web.blinded.typed import reason_in
from web.forms import Fields
from web.press import answered

_LABEL_LENGTH_MAX = 100


@dataclass(frozen=True)
class ScanPage(BlindedView):
    """The field for a label, and what the carrier has to do with now."""

    errands: tuple[Errand, ...]
    problem: str = ""


@dataclass(frozen=True)
class DoorPage(BlindedView):
    """One parcel. `address` is on the one answer that was asked for it."""

    parcel: ParcelView
    command_key: str
    address: str = ""
    problem: str = ""

    @property
    def with_carrier(self) -> bool:
        """Whether there is something to do at the door."""
        return self.parcel.status in (DeliveryStatus.UNDERWAY, DeliveryStatus.ATTEMPTED)

    @property
    def tried(self) -> bool:
        """Whether another time has to be agreed."""
        return self.parcel.status == DeliveryStatus.ATTEMPTED

    @property
    def status_words(self) -> str:
        """How the delivery stands, in words."""
        return self.parcel.status.replace("_", " ")


class DoorPages(Controller):
    """Parcels by their labels."""

    path = "/doors"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def scan(self, desk: NamedDependency[Desk], label: FromQuery[str] = "") -> Response[Any]:
        """The field for a label; a label leads to its parcel."""
        found = label.strip().lower()
        if found.isalnum() and found.isascii() and len(found) <= _LABEL_LENGTH_MAX:
            with desk.store.reading() as connection:
                way = "pickups/" if is_pickup(connection, label_hash(found)) else ""
            return go(f"/doors/{way}{found}")
        problem = "This is no label of a parcel. Scan it again." if found else ""
        with desk.store.reading() as connection:
            errands = errands_of(connection, _studies(desk))
        return desk.page("home/scan.html", ScanPage(errands, problem), "Parcels", "Doors")

    @get("/{label:str}", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], label: FromPath[str]) -> Response[str]:
        """The parcel without its address."""
        return _page(desk, DoorPage(_read(desk, label), desk.key()))

    @post("/{label:str}/address", sync_to_thread=True)
    def address(self, desk: NamedDependency[Desk], label: FromPath[str], data: Fields) -> Response[Any]:
        """Shows the address; the reading is written down."""
        page = DoorPage(_read(desk, label), desk.key())
        return answered(
            # Each press reads anew: an answer that is kept holds no address.
            lambda: desk.press(read_address, ReadAddress(label=label), desk.key()),
            lambda told: _page(desk, replace(page, address=_written(told))),
            lambda refusal: _refused(desk, page, refusal),
        )

    @post("/{label:str}/attempt", sync_to_thread=True)
    def attempt(self, desk: NamedDependency[Desk], label: FromPath[str], data: Fields) -> Response[Any]:
        """Nobody took the parcel."""

        def press() -> object:
            ask = ReportAttempt(label=label, reason=reason_in(data))
            return desk.press(report_attempt, ask, data.get("command_key", ""))

        return _pressed(desk, label, press)

    @post("/{label:str}/slot", sync_to_thread=True)
    def slot(self, desk: NamedDependency[Desk], label: FromPath[str], data: Fields) -> Response[Any]:
        """Another time was agreed."""
        zone = _read(desk, label).zone

        def press() -> object:
            begins, ends = (moment_in(data.get(name, ""), zone) for name in ("slot_from", "slot_to"))
            if begins is None or ends is None:
                raise BadInput("The time is missing. Nothing was booked. Enter from when to when.")
            ask = Reschedule(label=label, slot_from=begins, slot_to=ends)
            return desk.press(reschedule, ask, data.get("command_key", ""))

        return _pressed(desk, label, press)

    @post("/{label:str}/back", sync_to_thread=True)
    def back(self, desk: NamedDependency[Desk], label: FromPath[str], data: Fields) -> Response[Any]:
        """The parcel is back where it came from."""

        def press() -> object:
            ask = ReportAttempt(label=label, reason=reason_in(data))
            return desk.press(bring_back, ask, data.get("command_key", ""))

        return _pressed(desk, label, press)


def _studies(desk: Desk) -> list[int]:
    """Studies whose parcels the person carries."""
    actor = desk.who.actor
    if not any(grant.covers(Permission.CARRY_HOME, grant.study_id, None) for grant in actor.grants):
        raise NotAllowed("Only a carrier opens this page.")
    places = {place.study_id for place in desk.who.places}
    named = {grant.study_id for grant in actor.grants if grant.covers(Permission.CARRY_HOME, grant.study_id, None)}
    studies = places if None in named else named
    return sorted(study for study in studies if study is not None)


def _written(told: AddressRead) -> str:
    return told.address.get_secret_value() if told.address else ""


def _read(desk: Desk, label: str) -> ParcelView:
    with desk.store.reading() as connection:
        return parcel_page(connection, desk.who.actor, label, label_hash(label))


def _pressed(desk: Desk, label: str, press: Callable[[], object]) -> Response[Any]:
    page = DoorPage(_read(desk, label), desk.key())
    return answered(press, lambda _: go(f"/doors/{label}"), lambda refusal: _refused(desk, page, refusal))


def _refused(desk: Desk, page: DoorPage, refusal: Refusal) -> Response[str]:
    return _page(desk, replace(page, problem=refusal.sentence), refusal.status_code)


def _page(desk: Desk, page: DoorPage, status_code: int = 200) -> Response[str]:
    return desk.page("home/door.html", page, f"Parcel {page.parcel.shipment}", "Doors", status_code=status_code)
