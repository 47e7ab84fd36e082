"""`irt temperature`: what a logger's file means for the kits."""

import json
from pathlib import Path
from typing import Any

import click

from irt.errors import BadInput
from irt.study.temperature import CONDITIONS, LoggerProfile
from irt.temperature.assessment import Assessment, assess
from irt.temperature.logger_file import read_logger_file
from irt.temperature.profile_file import read_profile
from irt.temperature.readings import Gap, Record

_FILE = click.Path(dir_okay=False, path_type=Path)


class NoLoggerFile(BadInput):
    """The file is not there, or cannot be opened."""


@click.group()
def temperature() -> None:
    """Judge what a temperature logger measured.

    Example: irt temperature assess fixtures/temperature/cold_shipment.csv --condition refrigerated
    """


@temperature.command("assess")
@click.argument("file", metavar="FILE.csv", type=_FILE)
@click.option("--condition", metavar="NAME", type=click.Choice(list(CONDITIONS)), required=True,
              help="refrigerated (2 to 8 °C), room (20 to 25 °C) or frozen (-25 to -10 °C).")  # fmt: skip
@click.option(
    "--profile", "profile_file", metavar="FILE", type=_FILE, help="Columns, unit, zone, signs; YAML or JSON."
)
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON on standard output.")
def assess_file(file: Path, condition: str, profile_file: Path | None, as_json: bool) -> None:
    """Take the mean kinetic temperature of a logger's file and propose accept, ask_qa or reject, with the rule.

    Without a profile the columns are timestamp (ISO 8601, UTC where it names no offset) and temperature_c. The exit
    is 0 whatever is proposed, and 1 where the file cannot be read.

    Example: irt temperature assess fixtures/temperature/cold_shipment.csv --condition refrigerated --json
    """
    profile = LoggerProfile() if profile_file is None else read_profile(profile_file)
    record = _read(file, profile)
    found = assess(record, CONDITIONS[condition])
    if as_json:
        click.echo(json.dumps(_figures(found), indent=2))
    else:
        for line in _lines(found, record):
            click.echo(line)


def _read(file: Path, profile: LoggerProfile) -> Record:
    try:
        content = file.read_bytes()
    except OSError as fault:
        raise NoLoggerFile(f"{file}: {fault.strerror or fault}.") from None
    try:
        return read_logger_file(content, profile)
    except BadInput as refusal:
        raise type(refusal)(f"{file}: {refusal.sentence}") from None


def _figures(found: Assessment) -> dict[str, Any]:
    return {
        "mkt_celsius": found.mkt_celsius,
        "worst_window_mkt_celsius": found.worst_window_mkt_celsius,
        "minimum_celsius": found.minimum_celsius,
        "maximum_celsius": found.maximum_celsius,
        "hours_outside": found.hours_outside,
        "verdict": found.verdict,
        "rule": found.rule,
    }


def _lines(found: Assessment, record: Record) -> list[str]:
    return [
        f"Readings              {len(record.readings)}, {_span(record)}",
        f"Coldest and warmest   {found.minimum_celsius:.2f} and {found.maximum_celsius:.2f} °C",
        f"Mean kinetic          {found.mkt_celsius:.3f} °C; worst window {found.worst_window_mkt_celsius:.3f} °C",
        f"Outside the range     {found.hours_outside:.2f} h",
        *(f"No data               {_span(gap)}" for gap in found.gaps),
        f"Proposal              {found.verdict} ({found.rule})",
        found.sentence,
    ]


def _span(span: Record | Gap) -> str:
    return f"{span.start:%Y-%m-%d %H:%M} to {span.end:%Y-%m-%d %H:%M} UTC"
