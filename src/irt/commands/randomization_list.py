"""`irt randomization list`: a frozen list of a design, its SHA-256, and the Merkle root over its salted lines."""

import json
from pathlib import Path
from typing import Any

import click

from irt.commands.design_files import design_argument, open_design
from irt.commands.seeds import export_option, key_of, seed_option, stream_option
from irt.errors import BadInput
from irt.randomization.drawing import Arrival
from irt.randomization.export.design_export import design_export
from irt.randomization.export.export_file import write_export
from irt.randomization.export.sequence import Sequence
from irt.randomization.lists.frozen_list import FrozenList
from irt.randomization.lists.generate_list import generate_list, stream_names
from irt.randomization.lists.merkle import merkle_root
from irt.randomization.stream import commitment


@click.command("list")
@design_argument
@click.option("--n", "subjects", type=click.IntRange(min=1), required=True, help="Positions in each stratum.")
@seed_option
@stream_option
@click.option(
    "--stratum", "strata", metavar="TEXT", multiple=True, help="A stratum, as sex=F;age=65; once for each."
)
@click.option("--out", "out_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the CSV there.")
@export_option
@click.option("--json", "as_json", is_flag=True, help="JSON on standard output, the list inside it.")
def list_arms(
    design_file: Path,
    subjects: int,
    seed: str,
    stream_id: str,
    strata: tuple[str, ...],
    out_file: Path | None,
    export_file: Path | None,
    as_json: bool,
) -> None:
    """Write down the arms of N subjects, in each stratum, before the first of them. Secret: keep it from the blind.

    The list is canonical CSV on standard output, or in a file. Its hash and its Merkle root are on standard error.
    With --stratum, the stream's name ends with | and each stratum is put behind it.

    Example: irt randomization list design.json --n 40 --seed "$SEED" --stream-id "IRT-RNG/1|NB-301|efron/1|"
    """
    design, key = open_design(design_file), key_of(seed)
    if len(set(strata)) != len(strata):
        raise BadInput("A stratum is named twice. Nothing was drawn. Name each once.")
    made = generate_list(design, key, stream_id, strata, subjects)
    if export_file is not None:
        sequences = [Sequence(name, design, subjects) for name in stream_names(stream_id, strata)]
        write_export(design_export(sequences, key, (Arrival(),) * subjects), export_file)
    if out_file is not None:
        write_list(made, out_file)
    figures = figures_of(made, key)
    if as_json:
        arms = [entry.arm for entry in made.entries]
        click.echo(
            json.dumps({"method": design.method, "stream_id": stream_id, **figures, "arms": arms, "csv": made.csv})
        )
        return
    if out_file is None:
        click.echo(made.csv, nl=False)
    for name, figure in figures.items():
        click.echo(f"{name}: {figure}", err=True)


def figures_of(made: FrozenList, key: bytes | None) -> dict[str, Any]:
    """What is published of a list, and what fixes it."""
    told: dict[str, Any] = {
        "positions": len(made.entries),
        "strata": list(made.strata),
        "sha256": made.sha256,
    }
    if key is not None:
        told |= {"merkle_root": merkle_root(key, made), "seed_sha256": commitment(key)}
    return told


def write_list(made: FrozenList, file: Path) -> None:
    """Writes the canonical CSV, readable by its owner alone."""
    file.touch(mode=0o600)
    file.write_bytes(made.csv.encode())
