"""Figures as they are printed: what, how much, beside which yardstick, and whether the aim is met."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One measured figure. `aim` is in words; `met` is None where it has none; notes follow the table."""

    what: str
    measured: str
    yardstick: str = ""
    aim: str = ""
    met: bool | None = None
    notes: tuple[str, ...] = ()


def show(title: str, figures: list[Figure]) -> None:
    """A table on standard output."""
    table = Table(title=title)
    for heading in ("What", "Measured", "Yardstick, same run", "Aim", "Met"):
        table.add_column(heading)
    for figure in figures:
        met = {None: "", True: "yes", False: "NO"}[figure.met]
        table.add_row(figure.what, figure.measured, figure.yardstick, figure.aim, met)
    console = Console(width=150)
    console.print(table)
    for figure in figures:
        if figure.notes:
            console.print(figure.what, *figure.notes, sep="\n  ", markup=False, highlight=False)
