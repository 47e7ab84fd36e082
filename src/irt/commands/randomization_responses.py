"""`irt randomization responses`: what became known of subjects, for designs that learn from it."""

from datetime import datetime
from pathlib import Path

import click

from irt.commands import clock
from irt.commands.named import mode_option, study_of, study_option
from irt.commands.session import Person, as_person
from irt.errors import BadInput
from irt.services.record_responses import ImportResponses, import_responses


@click.command("responses")
@click.argument("file", type=click.Path(path_type=Path))
@study_option()
@mode_option
@click.option("--source", required=True, help="The system that tells them, with its export.")
@click.option(
    "--cut-off",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="YYYY-MM-DD, the last day of the data; today.",
)
@click.option("--reason", help="Why earlier values change, where they do.")
@as_person
def responses(
    person: Person,
    file: Path,
    protocol: str,
    mode: str | None,
    source: str,
    cut_off: datetime | None,
    reason: str | None,
) -> None:
    """Record the responses of a CSV file with the columns subject and response: 1, 0, or nothing.

    All are recorded or none. What is known already is passed over; what changes needs a reason.

    Example: irt randomization responses week24.csv --study NB-301 --source "EDC export 7" --user stan
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{file} cannot be read as text in UTF-8.") from None
    ask = ImportResponses(
        study_id=study_of(person, protocol, mode).id,
        source=source,
        data_cut_off=(cut_off or clock.now()).date(),
        reason=reason,
        csv=text,
    )
    done = person.does(import_responses, ask)
    click.echo(f"{done.recorded} responses recorded, {done.corrected} corrected, {done.unchanged} known already.")
