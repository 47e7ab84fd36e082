"""Design files on disk, and what is said of a design before it is used."""

from pathlib import Path

import click

from irt.randomization.catalogue import cautions
from irt.randomization.design import Design, read_design

design_argument = click.argument("design_file", metavar="DESIGN", type=click.Path(path_type=Path))


def open_design(file: Path) -> Design:
    """The design in that file, its cautions told on standard error; a named refusal where it cannot be used."""
    design = read_design(file)
    for caution in cautions(design):
        click.echo(f"{file}: warning: {caution.sentence}", err=True)
    return design
