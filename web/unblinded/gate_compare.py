"""Two runs of gates side by side: verdicts, and every measure paired where scenario and seed allow it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromQuery

from irt.blinding.roles import Permission
from irt.blinding.views import UnblindedView
from irt.errors import BadInput
from irt.reads.gates import GateLine, gates_of
from irt.reads.unblinded_gates import GateRunShown, gate_run_shown
from simulation.analysis.frontier import frontier
from simulation.report.words import words_of
from simulation.run.summary import Columns
from web.blinded.desk import Desk, go
from web.blinded.one_study import study_of
from web.charts import svg
from web.gates.comparing import runs_compared
from web.gates.report import run_columns
from web.reports.plots import Plot, frontier_plot
from web.reports.units import PERCENT_OF_VISITS, Unit, measure_unit
from web.unblinded.open_desk import open_desk_of
from web.unblinded.secret_page import require_unblinded, secret_page

SHOWN = ("missed", "missed_out_of_stock", "shipments", "kits_made", "kits_shipped", "cost_total")


@dataclass(frozen=True)
class Difference:
    """A measure: in the mean of a trial in the first and in the second run, and second minus first."""

    name: str
    first: str
    second: str
    difference: str
    interval: str


@dataclass(frozen=True)
class Paired:
    """One scenario that both runs have."""

    scenario: str
    replications: int
    rows: tuple[Difference, ...]
    why_not: str = ""


@dataclass(frozen=True)
class CompareView(UnblindedView):
    """The two runs, as gate.run, what can be chosen, and what was found."""

    study_id: int
    choices: tuple[tuple[str, str], ...]
    first: str
    second: str
    records: tuple[GateRunShown, ...]
    paired: tuple[Paired, ...]
    plots: tuple[Plot, ...]


class GateComparePages(Controller):
    """Two runs."""

    path = "/gates/compare"
    dependencies = {"desk": Provide(open_desk_of, sync_to_thread=False)}

    @get("/", sync_to_thread=True)
    def show(
        self, desk: NamedDependency[Desk], first: FromQuery[str] = "", second: FromQuery[str] = ""
    ) -> Response[Any]:
        """Side by side, once both are chosen."""
        study_id = study_of(desk, Permission.VIEW_GATE)
        if study_id is None:
            return go("/switch")
        require_unblinded(desk, Permission.VIEW_GATE, study_id)
        with desk.store.reading() as connection:
            choices = tuple(_choice(line, run.number) for line in gates_of(connection, study_id).lines
                            for run in line.runs if run.verdict)  # fmt: skip
            chosen = [_chosen(name, choices) for name in (first, second) if name]
            runs = tuple(gate_run_shown(connection, study_id, *each) for each in chosen)
            columns = [
                run_columns(connection, study_id, gate, run) for (gate, _), run in zip(chosen, runs, strict=True)
            ]
        both = len(runs) == 2
        view = CompareView(
            study_id=study_id,
            choices=choices,
            first=first,
            second=second,
            records=runs if both else (),
            paired=tuple(_paired(runs, columns)) if both else (),
            plots=_plots((first, second), columns) if both else (),
        )
        return secret_page(desk, "gates/compare.html", view, "Compare runs", "Gates", study_id)


def _choice(line: GateLine, run: int) -> tuple[str, str]:
    return f"{line.number}.{run}", f"Gate {line.number} of version {line.version}, run {run}"


def _chosen(name: str, choices: tuple[tuple[str, str], ...]) -> tuple[int, int]:
    if name not in dict(choices):
        raise BadInput("There is no such run with a verdict. Choose one of the list.")
    gate, _, run = name.partition(".")
    return int(gate), int(run)


def _paired(runs: tuple[GateRunShown, ...], columns: list[dict[str, Columns]]) -> list[Paired]:
    return [
        Paired(each.scenario, 0, (), each.why_not)
        if each.told is None
        else Paired(each.scenario, each.told["replications"], tuple(_rows(each.told)))
        for each in runs_compared(runs, columns)
    ]


def _rows(found: Mapping[str, Any]) -> list[Difference]:
    ratio = _row(
        "visits missed per visit", {"first": None, "second": None, **found["missed_per_visit"]}, PERCENT_OF_VISITS
    )
    rows = [_row(words_of(name), found["measures"][name], measure_unit(name)) for name in SHOWN]
    return [ratio, *rows]


def _row(name: str, told: Mapping[str, Any], unit: Unit) -> Difference:
    first, second = ("–" if told[each] is None else unit.shown(told[each]) for each in ("first", "second"))
    difference = told["difference"]
    if difference is None:
        return Difference(name, first, second, "–", "too few replications to tell")
    value = unit.of(difference["value"])
    ends = " to ".join(
        "no bound" if end is None else svg.plain(unit.of(end)) for end in (difference["low"], difference["high"])
    )
    sign = "+" if value > 0 else ""
    return Difference(name, first, second, f"{sign}{svg.plain(value)}", ends)


def _plots(names: tuple[str, str], columns: list[dict[str, Columns]]) -> tuple[Plot, ...]:
    runs = {
        f"{scenario}, run {name}": each
        for name, told in zip(names, columns, strict=True)
        for scenario, each in told.items()
    }
    points = frontier(runs)
    return (frontier_plot(points),) if len(points) > 1 else ()
