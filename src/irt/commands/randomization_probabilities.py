"""`irt randomization probabilities`: each arm's exact chance after any history."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import click

from irt.commands.design_files import design_argument, open_design
from irt.errors import BadInput
from irt.randomization.queries import BadQuery, answers, written


class NoQueries(BadInput):
    """The file of queries is not there, or cannot be read as text."""


@click.command("probabilities")
@design_argument
@click.option("--queries", "queries_file", metavar="FILE", type=click.Path(path_type=Path), required=True)
def probabilities(design_file: Path, queries_file: Path) -> None:
    """Answer each line of FILE with each arm's chance for the next subject, one line of JSON a query.

    A query has the planned number `n`, the `history` as positions of arms from 0, and where the method needs them
    the levels of the `subjects` before and of the new `subject`, and the `responses` (1, 0 or null). Exact chances
    are written as fractions, others with 17 digits.

    Example: irt randomization probabilities design.json --queries queries.jsonl
    """
    laws = answers(open_design(design_file), _queries(queries_file))
    # All are answered before the first is printed, so that a bad line leaves no half of an answer.
    lines = [json.dumps({"probabilities": written(law)}) for law in laws]
    for line in lines:
        click.echo(line)


def _queries(file: Path) -> Iterator[Any]:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise NoQueries(f"{file}: not a text file in UTF-8 (byte {fault.start}).") from None
    except OSError as fault:
        raise NoQueries(f"{file}: {fault.strerror or fault}.") from None
    for number, line in enumerate(text.rstrip().split("\n"), start=1):
        yield number, _read(line, number)


def _read(line: str, number: int) -> Any:
    try:
        return json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BadQuery(f"Line {number}: not readable as JSON.") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
