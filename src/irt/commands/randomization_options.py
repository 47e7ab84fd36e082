"""What the commands on designs share: options, a word on how far a long way is done, figures shown or as JSON."""

import json
from pathlib import Path
from typing import Any

import click

from irt.randomization.assessment.sequences import Tell

file_option = click.Path(dir_okay=False, path_type=Path)
number_option = click.option("--n", "subjects", type=click.IntRange(min=1), required=True, help="Planned subjects.")
trials_option = click.option("--trials", type=click.IntRange(min=2), help="Trials, where they must be simulated.")
seed_option = click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of trials.")
json_option = click.option("--json", "as_json", is_flag=True, help="The figures as JSON on standard output.")
svg_option = click.option("--svg", "svg_file", type=file_option, help="Draw a plot to this file.")


def telling(words: str) -> Tell:
    """A line on standard error at every tenth of a long way."""
    told = 0

    def tell(done: int, asked: int) -> None:
        nonlocal told
        tenth = done * 10 // max(asked, 1)
        if tenth > told and done < asked:
            told = tenth
            click.echo(f"{words}: {done} of {asked}", err=True)

    return tell


def show(told: dict[str, Any], as_json: bool) -> None:
    """JSON alone on standard output, or a line a figure."""
    if as_json:
        click.echo(json.dumps(told, indent=2))
        return
    for name, figure in told.items():
        for row in figure if _has_rows(figure) else [figure]:
            click.echo(f"{name.replace('_', ' '):20} {_plain(row)}")


def _has_rows(figure: object) -> bool:
    return isinstance(figure, list) and all(isinstance(row, dict) for row in figure)


def _plain(figure: object) -> str:
    if isinstance(figure, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_plain(value)}" for name, value in figure.items())
    if isinstance(figure, list):
        return "; ".join(_plain(value) for value in figure)
    return f"{figure:.6g}" if isinstance(figure, float) else str(figure)
