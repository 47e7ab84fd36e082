"""`irt scan parse STRING`: what a barcode says, or why it says nothing that can be used."""

import json
import sys

import click

from irt.errors import Refusal
from irt.gs1.dictionary import identifiers
from irt.gs1.kit_code import read_kit
from irt.gs1.scan import read_scan


@click.group()
def scan() -> None:
    """Codes as scanners send them.

    Example: irt scan parse '(01)09506000134352(21)100234' --json
    """


@scan.command("parse")
@click.argument("text", metavar="STRING")
@click.option("--json", "as_json", is_flag=True, help="JSON alone on standard output, a refusal too.")
@click.option("--expect", type=click.Choice(["kit"]), help="Refuse what is sound GS1 data but no kit's code.")
@click.option("--protocol", metavar="NUMBER", help="With --expect kit: the study's protocol number (7240).")
@click.option(
    "--separator",
    "substitutes",
    metavar="SIGN",
    multiple=True,
    help="Sent for the group separator. Repeat for more.",
)
def parse(text: str, as_json: bool, expect: str | None, protocol: str | None, substitutes: tuple[str, ...]) -> None:
    """Takes a code apart: the values by application identifier.

    STRING is what a scanner sends, with or without ]d2, ]C1, ]Q3 or ]e0 in front; text in brackets; or a GS1
    Digital Link. A group separator may be typed <GS>. Exits 1 where the code is refused.

    \b
    Examples:
      irt scan parse ']d2010950600013435221100234' --json
      irt scan parse 'https://example.org/01/09506000134352/21/100234?7240=ABC-123' --expect kit --protocol ABC-123
    """
    if protocol is not None and expect != "kit":
        raise click.UsageError("--protocol goes with --expect kit")
    try:
        values = read_kit(text, protocol, substitutes) if expect == "kit" else read_scan(text, substitutes)
    except Refusal as refusal:
        if not as_json:
            raise
        click.echo(json.dumps({"refused": refusal.name, "reason": refusal.sentence}, ensure_ascii=False))
        sys.exit(1)
    _show(values, as_json)


def _show(values: dict[str, str], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(values))
        return
    for code, value in values.items():
        click.echo(f"{identifiers()[code].name:32} {value}")
