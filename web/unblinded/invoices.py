"""Invoices for customs: shipments that cross a border, and the paper of each, for the broker and for supply."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import BlindedView
from irt.messages.invoice_paper import invoice_paper_of
from irt.reads.blinded_invoices import BorderCrossing, border_crossings
from irt.reads.unblinded_invoice import shipment_invoice
from irt.services.log_reading import LogReading, log_reading
from web.blinded.desk import Desk, go
from web.blinded.one_study import study_of
from web.downloads import file_answer, file_name
from web.unblinded.open_desk import open_desk_of
from web.unblinded.room import mode_here

_PAGE = 50
_MAY = Permission.VIEW_INVOICE


@dataclass(frozen=True)
class InvoicesView(BlindedView):
    """A page of shipments that cross a border."""

    study_id: int
    crossings: tuple[BorderCrossing, ...]
    next: str


class InvoicePages(Controller):
    """Shipments that cross a border, and their papers."""

    path = "/invoices"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(self, desk: NamedDependency[Desk], before: FromQuery[int | None] = None) -> Response[Any]:
        """The list, newest first."""
        study_id = study_of(desk, _MAY)
        if study_id is None:
            return go("/switch")
        desk.who.actor.require(_MAY, study_id)
        with desk.store.reading() as connection:
            found = border_crossings(connection, study_id, before, _PAGE + 1)
        following = f"/invoices?before={found[_PAGE - 1].id}" if len(found) > _PAGE else ""
        view = InvoicesView(study_id, found[:_PAGE], following)
        return desk.page("invoices/invoices.html", view, "Invoices", "Invoices", study_id=study_id)

    @get("/{study_id:int}/{number:str}", sync_to_thread=True)
    def take(self, desk: NamedDependency[Desk], study_id: int, number: str) -> Response[bytes]:
        """The paper, once it is written down that it was taken."""
        desk.who.actor.require(_MAY, study_id)
        with desk.store.reading_past_wall() as connection:
            invoice = shipment_invoice(connection, study_id, number, desk.now)
        ask = LogReading(study_id=study_id, what=f"invoice of {number}", permission=_MAY, rows=len(invoice.lines))
        desk.press(log_reading, ask, desk.key())
        name = file_name(f"{number}_invoice", mode_here(desk, study_id), desk.now, "pdf")
        return file_answer(invoice_paper_of(invoice), name, "application/pdf")
