"""`irt label`: the label of a kit, or of a parcel, as a picture."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import click

from irt.commands.named import mode_of, mode_option, study_option
from irt.commands.options import database_option, open_store
from irt.gs1.kit_label import code_of, lines_of, parcel_code
from irt.gs1.label_drawing import png_of, svg_of
from irt.gs1.symbols import Drawn, data_matrix, gs1_128
from irt.reads.blinded_labels import kit_label, parcel_label

_PICTURES: dict[str, Callable[[Drawn, Sequence[str]], bytes]] = {"svg": svg_of, "png": png_of}


@click.command()
@click.argument("kit", required=False)
@click.option("--shipment", metavar="NUMBER", help="The parcel's label (SSCC as GS1-128) instead of a kit's.")
@click.option("--format", "picture", type=click.Choice(list(_PICTURES)), default="svg", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output else.")
@study_option(required=False)
@mode_option
@database_option
def label(
    kit: str | None,
    shipment: str | None,
    picture: str,
    output: Path | None,
    protocol: str | None,
    mode: str | None,
    database_url: str,
) -> None:
    """Draw the label of KIT: a DataMatrix with the kit number, protocol number and blinded lot beside it.

    The code holds GS1 data where the study gives its kits an item number (GTIN), else the plain kit number. What
    is shown, the study file says under `labels`. Name the study where several have a kit of that number.

    Example: irt label 482915 --format png --output 482915.png
    """
    if (kit is None) == (shipment is None):
        raise click.UsageError("name a KIT, or a --shipment")
    with closing(open_store(database_url)) as store, store.reading() as connection:
        if kit is not None:
            found = kit_label(connection, kit, protocol, mode_of(mode))
            symbol, lines = data_matrix(code_of(found)), lines_of(found)
        else:
            parcel = parcel_label(connection, str(shipment), protocol, mode_of(mode))
            code = parcel_code(parcel.sscc)
            symbol, lines = gs1_128(code), (code, f"Shipment {parcel.number}", f"Protocol {parcel.protocol}")
    content = _PICTURES[picture](symbol, lines)
    if output is None:
        click.echo(content, nl=False)
    else:
        output.write_bytes(content)
