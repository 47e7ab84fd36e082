"""`irt randomization verify`: every allocation of an export made again, and the first that differs named."""

import json
import sys
from pathlib import Path

import click

from irt.commands.seeds import key_in
from irt.randomization.export.export_file import read_export
from irt.randomization.export.replay import verify as replay
from irt.randomization.export.study_replay import study_replays


@click.command("verify")
@click.argument("export_file", metavar="EXPORT", type=click.Path(path_type=Path))
@click.option(
    "--seed-file",
    type=click.Path(path_type=Path),
    help="The revealed seed in hexadecimal; without it no number is drawn again.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
def verify(export_file: Path, seed_file: Path | None, as_json: bool) -> None:
    """Replay every allocation of an export: chain, exact chances, numbers and arms. Exits 1 at the first mismatch.

    Example: irt randomization verify allocations.json --seed-file seed.hex
    """
    export = read_export(export_file)
    seed = None if seed_file is None else key_in(seed_file)
    found = replay(export, seed, study_replays(export.header, seed))
    mismatch = found.mismatch
    if as_json:
        told = {
            **found._asdict(),
            "mismatch": None if mismatch is None else mismatch._asdict(),
            "head": export.head,
        }
        click.echo(json.dumps(told))
    else:
        how = "with the seed" if found.drawn_again else "without the seed: no number was drawn again"
        click.echo(f"{found.same} of {found.allocations} allocations came out the same, {how}.")
    if mismatch is not None:
        click.echo(f"irt: allocation {mismatch.number} differs: {mismatch.sentence}.", err=True)
        sys.exit(1)
