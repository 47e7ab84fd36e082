"""`irt label`: the label of a kit, or of a parcel, as a picture."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import click
from sqlalchemy import Connection

from irt.commands import clock
from irt.commands.named import mode_of, mode_option, study_option
from irt.commands.options import database_option, open_store
from irt.errors import BadInput
from irt.gs1.kit_label import parcel_code
from irt.gs1.label_drawing import png_of, svg_of
from irt.gs1.symbols import Drawn, gs1_128
from irt.labels.label import Label, png_label, svg_label
from irt.labels.particulars import Packaging
from irt.labels.sheet import sheet_of
from irt.reads.blinded_labels import Wanted, kit_label, parcel_label
from irt.states.records import Mode

_PICTURES: dict[str, Callable[[Drawn, Sequence[str]], bytes]] = {"svg": svg_of, "png": png_of}
_LABELS: dict[str, Callable[[Label], bytes]] = {"svg": svg_label, "png": png_label}


@click.command()
@click.argument("kit", required=False)
@click.option("--shipment", metavar="NUMBER", help="The parcel's label (SSCC as GS1-128) instead of a kit's.")
@click.option("--format", "picture", type=click.Choice(["svg", "png", "pdf"]), default="svg", show_default=True)
@click.option("--country", metavar="CODE", help="Another country than the one the kit is in or goes to.")
@click.option("--language", metavar="CODE", help="One of the languages of the country, as fr.")
@click.option(
    "--packaging", type=click.Choice([each.value for each in Packaging]), default="outer", show_default=True
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output else.")
@study_option(required=False)
@mode_option
@database_option
def label(
    kit: str | None,
    shipment: str | None,
    picture: str,
    country: str | None,
    language: str | None,
    packaging: str,
    output: Path | None,
    protocol: str | None,
    mode: str | None,
    database_url: str,
) -> None:
    """Draw the label of KIT: a DataMatrix with the kit number, and the words beside it.

    The words are those of the approved label masters of the kit's country, in each of its languages; a picture
    holds one language, a PDF all of them. Without a master they are kit number, protocol number and blinded
    lot, as the study file says under `labels`. The code holds GS1 data where the study gives its kits an item
    number (GTIN), else the plain kit number. Name the study where several have a kit of that number.

    Example: irt label 482915 --format png --output 482915.png
    """
    if (kit is None) == (shipment is None):
        raise click.UsageError("name a KIT, or a --shipment")
    wanted = Wanted(country, language, Packaging(packaging))
    with closing(open_store(database_url)) as store, store.reading() as connection:
        if kit is not None:
            labels = kit_label(connection, kit, protocol, mode_of(mode), wanted)
            content = _drawn(labels, kit, picture)
        else:
            content = _parcel(connection, str(shipment), protocol, mode_of(mode), picture)
    if output is None:
        click.echo(content, nl=False)
    else:
        output.write_bytes(content)


def _drawn(labels: Sequence[Label], kit: str, picture: str) -> bytes:
    if picture == "pdf":
        return sheet_of(labels, f"Label {kit}", clock.now())
    if len(labels) > 1:
        raise BadInput("This label has several languages. Name one with --language, or ask for --format pdf.")
    return _LABELS[picture](labels[0])


def _parcel(connection: Connection, shipment: str, protocol: str | None, mode: Mode | None, picture: str) -> bytes:
    if picture not in _PICTURES:
        raise BadInput("The label of a parcel is drawn as svg or png.")
    parcel = parcel_label(connection, shipment, protocol, mode)
    code = parcel_code(parcel.sscc)
    lines = (code, f"Shipment {parcel.number}", f"Protocol {parcel.protocol}")
    return _PICTURES[picture](gs1_128(code), lines)
