"""Pick-ups of one subject's kits, as the site asks for them and calls them off."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_pickups import PickupLine, pickups_at
from irt.reads.blinded_subject import SubjectHere, subject_here
from irt.services.collect_returns import AskPickup, CancelPickup, ask_pickup, cancel_pickup, pickup_label
from web.blinded.desk import Desk, desk_of, go
from web.blinded.home import moment_in
from web.blinded.typed import reason_in
from web.forms import Fields
from web.press import answered


@dataclass(frozen=True)
class PickupsView(BlindedView):
    """The pick-ups of a subject, the newest first, each with the label to print for its carrier."""

    address: str
    subject_address: str
    subject: str
    zone: str
    pickups: tuple[tuple[PickupLine, str], ...]
    command_key: str
    problem: str = ""


class PickupPages(Controller):
    """Pick-ups by subject."""

    path = "/studies/{study_id:int}/subjects/{number:str}/pickups"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get(sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str]) -> Response[Any]:
        """Every pick-up, and the form for another."""
        return _page(desk, study_id, number)

    @post(sync_to_thread=True)
    def ask(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Asks for a pick-up of all kits that the subject has."""

        def press() -> object:
            zone = _subject(desk, study_id, number).site.zone
            begins, ends = (moment_in(data.get(name, ""), zone) for name in ("slot_from", "slot_to"))
            if begins is None or ends is None:
                raise BadInput("The time is missing. Nothing was booked. Enter from when to when.")
            ask = AskPickup(study_id=study_id, subject=number, slot_from=begins, slot_to=ends)
            return desk.press(ask_pickup, ask, data.get("command_key", ""))

        return _pressed(desk, study_id, number, press)

    @post("/{pickup:str}/cancel", sync_to_thread=True)
    def cancel(
        self,
        desk: NamedDependency[Desk],
        study_id: FromPath[int],
        number: FromPath[str],
        pickup: FromPath[str],
        data: Fields,
    ) -> Response[Any]:
        """The carrier need not go."""

        def press() -> object:
            ask = CancelPickup(study_id=study_id, number=pickup, reason=reason_in(data))
            return desk.press(cancel_pickup, ask, data.get("command_key", ""))

        return _pressed(desk, study_id, number, press)


def _subject(desk: Desk, study_id: int, number: str) -> SubjectHere:
    with desk.store.reading() as connection:
        return subject_here(connection, desk.who.actor, study_id, number, Permission.TAKE_BACK)


def _pressed(desk: Desk, study_id: int, number: str, press: Callable[[], object]) -> Response[Any]:
    here = f"/studies/{study_id}/subjects/{number}/pickups"
    return answered(press, lambda _: go(here), lambda refusal: _page(desk, study_id, number, refusal))


def _page(desk: Desk, study_id: int, number: str, refusal: Refusal | None = None) -> Response[Any]:
    subject = _subject(desk, study_id, number)
    with desk.store.reading() as connection:
        lines = pickups_at(connection, [subject.site], subject.id)
    view = PickupsView(
        address=f"{subject.address}/pickups",
        subject_address=subject.address,
        subject=subject.number,
        zone=subject.site.zone,
        pickups=tuple((line, pickup_label(desk.store.seal, line.shipment_id)) for line in lines),
        command_key=desk.key(),
        problem=refusal.sentence if refusal else "",
    )
    return desk.page(
        "returns/pickups.html",
        view,
        f"Pick-ups {subject.number}",
        "Returns",
        study_id=study_id,
        site_id=subject.site.site_id,
        status_code=refusal.status_code if refusal else 200,
    )
