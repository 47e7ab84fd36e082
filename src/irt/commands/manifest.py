"""`irt manifest`: what is in a shipment and how it travels, for whoever handles it."""

from contextlib import closing
from pathlib import Path

import click

from irt.commands import clock
from irt.commands.named import mode_of, mode_option, study_option
from irt.commands.options import database_option, open_store
from irt.messages.invoice_paper import invoice_paper_of
from irt.messages.papers import PAPERS
from irt.reads.blinded_manifest import story_of, study_of_shipment
from irt.reads.unblinded_invoice import shipment_invoice

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
    customs broker alone. Name the study where several have a shipment of that number.

    Example: irt manifest S-10001 --format pdf --output S-10001.pdf
    """
    with closing(open_store(database_url)) as store, store.reading() as connection:
        if spelling == _INVOICE:
            study_id = study_of_shipment(connection, shipment, protocol, mode_of(mode))
            content = invoice_paper_of(shipment_invoice(connection, study_id, shipment, clock.now()))
        else:
            content = PAPERS[spelling](story_of(connection, shipment, protocol, mode_of(mode)), clock.now())
    if output is None:
        click.echo(content, nl=False)
    else:
        output.write_bytes(content)
