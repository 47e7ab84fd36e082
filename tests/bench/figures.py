"""Figures as they are printed: what, how much, beside which yardstick, and whether the aim is met."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One measured figure. `aim` is in words; `met` is None where a figure has no aim of its own."""

    what: str
    measured: str
    yardstick: str = ""
    aim: str = ""
    met: bool | None = None


def show(title: str, figures: list[Figure]) -> None:
    """A table on standard output."""
    table = Table(title=title)
    for heading in ("What", "Measured", "Yardstick, same run", "Aim", "Met"):
        table.add_column(heading)
    for figure in figures:
        met = {None: "", True: "yes", False: "NO"}[figure.met]
        table.add_row(figure.what, figure.measured, figure.yardstick, figure.aim, met)
    Console(width=150).print(table)
