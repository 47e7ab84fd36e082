"""`irt randomization draw`: a sequence of a design from a seed, with all that is needed to draw it again."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from irt.commands.design_files import design_argument, open_design
from irt.commands.seeds import export_option, key_of, seed_option, stream_option
from irt.commands.subject_files import BadSubjects, levels_and_response, read_lines
from irt.randomization.design import Design
from irt.randomization.drawing import Arrival, Drawn, draw_sequence
from irt.randomization.export.design_export import design_export
from irt.randomization.export.export_file import write_export
from irt.randomization.export.sequence import Sequence as DesignSequence
from irt.randomization.stream import Stream


@click.command("draw")
@design_argument
@click.option("--n", "subjects", type=click.IntRange(min=1), required=True, help="How many subjects.")
@seed_option
@stream_option
@click.option(
    "--subjects",
    "subjects_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="CSV in order of arrival: a column for each factor, and `response` (1, 0 or empty) where known.",
)
@export_option
@click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
def draw(
    design_file: Path,
    subjects: int,
    seed: str,
    stream_id: str,
    subjects_file: Path | None,
    export_file: Path | None,
    as_json: bool,
) -> None:
    """Draw the arms of N subjects from the allocation stream, as the reference tells it.

    Example: irt randomization draw design.json --n 4 --seed "$SEED" --stream-id "IRT-RNG/1|NB-301|efron/1|" --json
    """
    design = open_design(design_file)
    arrivals = _arrivals(design, subjects_file, subjects)
    key = key_of(seed)
    drawn = draw_sequence(design, Stream(key, stream_id), arrivals)
    if export_file is not None:
        write_export(design_export([DesignSequence(stream_id, design, subjects)], key, arrivals), export_file)
    if as_json:
        click.echo(json.dumps(_report(design, stream_id, drawn)))
        return
    for number, each in enumerate(drawn, start=1):
        click.echo(f"{number}\t{design.arms[each.arm]}\t{' '.join(map(str, each.chances))}")


def _report(design: Design, stream_id: str, drawn: Sequence[Drawn]) -> dict[str, Any]:
    return {
        "method": design.method,
        "stream_id": stream_id,
        "arms": [design.arms[each.arm] for each in drawn],
        "history": [each.arm for each in drawn],
        "probabilities": [list(map(str, each.chances)) for each in drawn],
        "draws": [number.record() for each in drawn for number in each.draws],
    }


def _arrivals(design: Design, file: Path | None, subjects: int) -> tuple[Arrival, ...]:
    """The first so many subjects of the file; subjects of whom nothing is known where no file is given."""
    if file is None and design.factors:
        raise BadSubjects("The design balances factors. Give the subjects' levels with --subjects.")
    if file is None:
        return (Arrival(),) * subjects
    lines = read_lines(file)
    if len(lines) < subjects:
        raise BadSubjects(f"{file} lists {len(lines)} subjects, but {subjects} are to be drawn.")
    return tuple(Arrival(*levels_and_response(design, line)) for line in lines[:subjects])
