"""The inbox of supply: what needs a person, nearest deadline first, and the button that takes it."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.errors import BadInput, Refusal
from irt.reads.blinded_exceptions import ExceptionLine, open_exceptions
from irt.services.fulfil_shipment import StepShipment, lose_shipment
from irt.services.take_exception import TakeException, take_exception
from irt.supply.exceptions import ExceptionKind
from web.blinded.desk import Desk, desk_of, go
from web.blinded.one_study import may, study_of
from web.blinded.typed import reason_in
from web.forms import Fields

INBOX = "/supply/exceptions"
KIND_WORDS = {
    ExceptionKind.NOT_ACKNOWLEDGED: "Shipment not acknowledged",
    ExceptionKind.NOT_DISPATCHED: "Shipment not sent",
    ExceptionKind.NOT_DELIVERED: "Not delivered",
    ExceptionKind.NOT_RECEIVED: "Receipt not booked",
    ExceptionKind.STOCK_OUT: "Stock runs out",
    ExceptionKind.EXPIRING: "Lot expires soon",
    ExceptionKind.LICENCE_ENDING: "Import licence ends",
    ExceptionKind.LICENCE_NEARLY_USED: "Import licence nearly used up",
    ExceptionKind.VENDOR_SILENT: "Vendor's system silent",
    ExceptionKind.MESSAGES_MISSING: "Messages missing",
    ExceptionKind.MESSAGE_NOT_TAKEN: "Message not taken",
    ExceptionKind.CARRIER_TROUBLE: "Carrier reports trouble",
    ExceptionKind.DISCREPANCY_NOT_REPORTED: "Discrepancy not reported",
    ExceptionKind.CONTROLLED_LICENCE_ENDING: "Controlled-drug licence ends",
    ExceptionKind.STOCK_DIFFERS: "Depot's stock differs",
}
NOTE_MAX = 500


@dataclass(frozen=True)
class InboxView(BlindedView):
    """The exceptions of a study; `may_take` for people who run its supply."""

    exceptions: tuple[ExceptionLine, ...]
    account_id: int
    may_take: bool
    may_lose: bool
    command_key: str
    refusal: str = ""

    def words(self, line: ExceptionLine) -> str:
        """What went wrong, as the heading of its row."""
        return KIND_WORDS[line.kind]

    def in_limbo(self, line: ExceptionLine) -> bool:
        """Whether it is a parcel that left and that nobody has reported since."""
        return line.kind in (ExceptionKind.NOT_DELIVERED, ExceptionKind.NOT_RECEIVED)

    @property
    def overdue(self) -> int:
        """How many have passed their deadline."""
        return sum(line.overdue for line in self.exceptions)


class SupplyExceptionPages(Controller):
    """The inbox."""

    path = INBOX
    dependencies = {"desk": Provide(desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk]) -> Response[Any]:
        """Everything that needs a person now."""
        study_id = study_of(desk, Permission.VIEW_SUPPLY)
        if study_id is None:
            return go("/switch")
        desk.who.actor.require(Permission.VIEW_SUPPLY, study_id)
        return _page(desk, study_id)

    @post("/take", sync_to_thread=True)
    def take(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """The person becomes the owner of one exception."""
        study_id = study_of(desk, Permission.VIEW_SUPPLY)
        if study_id is None:
            return go("/switch")
        try:
            desk.press(take_exception, _asked(study_id, data), data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, refusal=refusal.sentence, status_code=refusal.status_code)
        return go(INBOX)

    @post("/lost", sync_to_thread=True)
    def lose(self, desk: NamedDependency[Desk], data: Fields) -> Response[Any]:
        """A parcel that nobody reports is declared lost."""
        study_id = study_of(desk, Permission.VIEW_SUPPLY)
        if study_id is None:
            return go("/switch")
        try:
            ask = StepShipment(study_id=study_id, number=data.get("record", ""), reason=reason_in(data))
            desk.press(lose_shipment, ask, data.get("command_key", ""))
        except Refusal as refusal:
            return _page(desk, study_id, refusal=refusal.sentence, status_code=refusal.status_code)
        return go(INBOX)


def _asked(study_id: int, data: dict[str, str]) -> TakeException:
    kind, record, note = data.get("kind", ""), data.get("record", ""), data.get("note", "")
    if kind not in list(ExceptionKind) or not record:
        raise BadInput("Choose one of the exceptions. Nothing was booked.")
    if len(note) > NOTE_MAX:
        raise BadInput(f"A note has at most {NOTE_MAX} characters. Nothing was booked.")
    return TakeException(study_id=study_id, kind=ExceptionKind(kind), record=record[:100], note=note)


def _page(desk: Desk, study_id: int, *, refusal: str = "", status_code: int = 200) -> Response[str]:
    desk.who.actor.require(Permission.VIEW_SUPPLY, study_id)
    with desk.store.reading() as connection:
        found = open_exceptions(connection, study_id, desk.now)
    view = InboxView(
        exceptions=found,
        account_id=desk.who.account_id,
        may_take=may(desk, Permission.RUN_RESUPPLY, study_id),
        may_lose=may(desk, Permission.APPROVE_SHIPMENT, study_id),
        command_key=desk.key(),
        refusal=refusal,
    )
    page, title = "supply/exceptions.html", "Exceptions"
    return desk.page(page, view, title, "Supply", study_id=study_id, status_code=status_code)
