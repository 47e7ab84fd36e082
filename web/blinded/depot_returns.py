"""Returns that come to a depot: each kit scanned against the packing list, and what lacks."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_return_shipments import ReturnLine, ReturnRecord, depot_return, returns_to
from irt.services.return_shipments import ReceiveReturn, receive_return
from irt.supply.barcode import kit_number_in
from web.blinded.at_depot import depots_worked_at, studies_fulfilled
from web.blinded.desk import Desk, desk_of, go
from web.forms import Fields

_LISTS = ("received", "damaged", "missing")
_TYPED_MAX = 20_000


@dataclass(frozen=True)
class IncomingView(BlindedView):
    """Every return to the person's depots, the newest first."""

    returns: tuple[ReturnLine, ...]


@dataclass(frozen=True)
class ReturnAtDepotView(BlindedView):
    """One return with the form of its receipt; what was typed is kept."""

    record: ReturnRecord
    command_key: str
    received: str = ""
    damaged: str = ""
    missing: str = ""
    reason: str = ""
    problem: str = ""


class DepotReturnPages(Controller):
    """Returns by number."""

    path = "/depot/returns"
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """What is on its way here and what came."""
        with desk.store.reading() as connection:
            found = [
                line
                for study_id in studies_fulfilled(desk)
                for line in returns_to(connection, study_id, depots_worked_at(desk, study_id))
            ]
        return desk.page("depot/returns.html", IncomingView(tuple(found)), "Returns", "Inbox")

    @get("/{study_id:int}/{number:str}", sync_to_thread=True)
    def show_one(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str]
    ) -> Response[Any]:
        """One return with its boxes."""
        return _page(desk, study_id, ReturnAtDepotView(_record(desk, study_id, number), desk.key()))

    @post("/{study_id:int}/{number:str}", sync_to_thread=True)
    def receive(
        self, desk: NamedDependency[Desk], study_id: FromPath[int], number: FromPath[str], data: Fields
    ) -> Response[Any]:
        """Books each kit as it was found."""
        record = _record(desk, study_id, number)
        typed = {name: data.get(name, "")[:_TYPED_MAX] for name in (*_LISTS, "reason")}
        try:
            ask = _ask(study_id, number, typed, data)
            desk.press(receive_return, ask, data.get("command_key", ""))
        except Refusal as refusal:
            view = ReturnAtDepotView(record, desk.key(), **typed, problem=refusal.sentence)
            return _page(desk, study_id, view, refusal.status_code)
        return go(f"/depot/returns/{study_id}/{number}")


def _ask(study_id: int, number: str, typed: dict[str, str], data: dict[str, str]) -> ReceiveReturn:
    named = {name: [kit_number_in(read) or read for read in _reads(typed[name])] for name in _LISTS}
    if not any(named.values()):
        raise BadInput("Nothing was scanned. Nothing was booked. Scan each kit as you take it out.")
    return ReceiveReturn(
        study_id=study_id,
        number=number,
        seals_whole=data.get("seals") == "whole",
        reason=typed["reason"].strip() or None,
        **named,
    )


def _reads(typed: str) -> list[str]:
    return typed.replace(",", " ").split()


def _record(desk: Desk, study_id: int, number: str) -> ReturnRecord:
    desk.who.actor.require(Permission.RECEIVE_RETURNS, study_id)
    with desk.store.reading() as connection:
        return depot_return(connection, study_id, number, depots_worked_at(desk, study_id))


def _page(desk: Desk, study_id: int, view: ReturnAtDepotView, status_code: int = 200) -> Response[Any]:
    title = f"Return {view.record.line.number}"
    return desk.page("depot/return.html", view, title, "Inbox", study_id=study_id, status_code=status_code)
