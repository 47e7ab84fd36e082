"""`irt manifest`: what is in a shipment and how it travels, for whoever handles it."""

from contextlib import closing
from pathlib import Path

import click

from irt.blinding.roles import Permission, Role
from irt.commands import clock
from irt.commands.named import mode_of, mode_option, study_option
from irt.commands.options import database_option, open_store
from irt.commands.session import note_reading
from irt.messages.invoice_paper import invoice_paper_of
from irt.messages.papers import PAPERS
from irt.reads.blinded_manifest import story_of, study_of_shipment
from irt.reads.unblinded_invoice import shipment_invoice
from irt.services.log_reading import LogReading
from irt.services.store import Store
from irt.states.records import Mode

_INVOICE = "invoice"


@click.command()
@click.argument("shipment")
@click.option("--format", "spelling", type=click.Choice([*PAPERS, _INVOICE]), default="json", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output else.")
@study_option(required=False)
@mode_option
@database_option
def manifest(
    shipment: str, spelling: str, output: Path | None, protocol: str | None, mode: str | None, database_url: str
) -> None:
    """Write the manifest of a shipment: its kits by number with lot and expiry, never what is inside.

    JSON, CSV and XML are the message formats; epcis is an EPCIS 2.0 document of all that happened to the kits so
    far; pdf is the packing list; desadv is EDIFACT D.96A; invoice is the pro-forma invoice as PDF/A, for the
    customs broker alone: that it was taken is written into the audit trail. Name the study where several have a
    shipment of that number.

    Example: irt manifest S-10001 --format pdf --output S-10001.pdf
    """
    with closing(open_store(database_url)) as store:
        if spelling == _INVOICE:
            content = _invoice(store, shipment, protocol, mode_of(mode))
        else:
            with store.reading() as connection:
                content = PAPERS[spelling](story_of(connection, shipment, protocol, mode_of(mode)), clock.now())
    if output is None:
        click.echo(content, nl=False)
    else:
        output.write_bytes(content)


def _invoice(store: Store, shipment: str, protocol: str | None, mode: Mode | None) -> bytes:
    """The paper, once it is written down that it was taken."""
    with store.reading() as connection:
        study_id = study_of_shipment(connection, shipment, protocol, mode)
        invoice = shipment_invoice(connection, study_id, shipment, clock.now())
    what, rows = f"invoice of {shipment}", len(invoice.lines)
    ask = LogReading(study_id=study_id, what=what, permission=Permission.VIEW_INVOICE, rows=rows)
    note_reading(store, Role.CUSTOMS_BROKER, ask)
    return invoice_paper_of(invoice)
