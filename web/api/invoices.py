"""Invoices for customs over the API: shipments that cross a border, and the paper of each."""

from dataclasses import dataclass

from litestar import Response

from irt.blinding.roles import Permission
from irt.messages.invoice_paper import invoice_paper_of
from irt.reads.blinded_invoices import BorderCrossing, border_crossings
from irt.reads.blinded_people import place_in
from irt.reads.unblinded_invoice import shipment_invoice
from irt.services.log_reading import LogReading, log_reading
from irt.services.unit_of_work import perform
from irt.states.records import Mode
from web.api.operations import Caller, Limit, Now, Number, Records, StudyId, file_question, question
from web.downloads import file_answer, file_name
from web.press import new_key

_MAY = Permission.VIEW_INVOICE


@dataclass(frozen=True)
class CrossingsPage:
    """Shipments, newest first."""

    items: tuple[BorderCrossing, ...]


@question("/studies/{study_id:int}/border-crossings", _MAY, "Shipments that cross a border")
def list_border_crossings(study_id: StudyId, caller: Caller, store: Records, limit: Limit = 50) -> CrossingsPage:
    """Those whose kits are picked or that have left, newest first."""
    caller.require(_MAY, study_id)
    with store.reading() as connection:
        return CrossingsPage(border_crossings(connection, study_id, at_most=limit))


@file_question(
    "/studies/{study_id:int}/shipments/{number:str}/invoice.pdf", "The pro-forma invoice of a shipment", _MAY
)
def take_invoice(study_id: StudyId, number: Number, caller: Caller, store: Records, now: Now) -> Response[bytes]:
    """PDF/A; one value for every kit of a blinding group. It is written down that it was taken."""
    caller.require(_MAY, study_id)
    with store.reading_past_wall() as connection:
        invoice = shipment_invoice(connection, study_id, number, now)
        place = place_in(connection, caller, study_id, None)
    ask = LogReading(study_id=study_id, what=f"invoice of {number}", permission=_MAY, rows=len(invoice.lines))
    perform(store, caller, now, log_reading, ask, new_key(store))
    name = file_name(f"{number}_invoice", Mode.PRODUCTION if place is None else place.mode, now, "pdf")
    return file_answer(invoice_paper_of(invoice), name, "application/pdf")


OPERATIONS = (list_border_crossings, take_invoice)
