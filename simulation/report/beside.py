"""What a gate's statement tells beside its verdict, as a report shows it: parameters, a tornado, other plans."""

from collections.abc import Mapping
from typing import Any

from simulation.analysis.frontier import Figures
from simulation.report.tables import SideTable, parameters_tables
from simulation.report.tornado import Tornado, estimate_in, tornado_in

Told = Mapping[str, Any]
_UNITS = {"cost": (0.01, 0), "risk": (100, 2), "kits": (1, 0)}
"""Figure -> what it is shown times, and with how many digits: cents as money, shares in percent."""


def tornado_beside(statement: Told) -> Tornado | None:
    """The tornado, where one was agreed on and told."""
    told = statement.get("sensitivity")
    return tornado_in(told) if told and "bars" in told else None


def points_beside(statement: Told) -> dict[str, Figures]:
    """Cost, risk and kits of each plan that was agreed on, and of the scenario itself on the same trials."""
    return {
        each["name"]: (estimate_in(each["cost"]), estimate_in(each["risk"]), estimate_in(each["kits"]))
        for each in (statement.get("plans") or {}).get("points", ())
        if each["cost"] is not None
    }


def tables_beside(statement: Told) -> tuple[SideTable, ...]:
    """What plans change, both errors of every line, and why there is no tornado, each where it was agreed on."""
    return (
        *_plans(statement.get("plans")),
        *_no_tornado(statement),
        *parameters_tables(statement.get("parameters")),
    )


def _plans(told: Told | None) -> tuple[SideTable, ...]:
    if told is None:
        return ()
    words = (
        f"Each is {told['scenario']} with other supply, on the first {told['replications']} trials of the same "
        "chance. Verdicts are on the plan as it was agreed."
    )
    rows = tuple(
        (each["name"], _changes(each["changes"]), *(_figure(each[name], *unit) for name, unit in _UNITS.items()))
        for each in told["points"]
    )
    columns = ("Plan", "Changes", "Cost of a trial", "Missed, % of visits", "Kits made")
    return (SideTable("Other plans", words, columns, rows, (2, 3, 4)),)


def _changes(told: Told) -> str:
    return ", ".join(f"{key}: {value}" for key, value in told.items()) or "as it was agreed"


def _figure(record: Told | None, factor: float, digits: int) -> str:
    """A figure of a plan with its interval, in a unit for the eye."""
    if record is None:
        return "too few to tell"
    ends = (
        "unbounded" if end is None else f"{factor * end:,.{digits}f}" for end in (record["low"], record["high"])
    )
    return f"{factor * record['value']:,.{digits}f} ({' to '.join(ends)})"


def _no_tornado(statement: Told) -> tuple[SideTable, ...]:
    told = statement.get("sensitivity") or {}
    if "why_not" not in told:
        return ()
    rows = tuple((each["name"] or each["key"], f"{each['low']:g} to {each['high']:g}") for each in told["inputs"])
    return (SideTable("No tornado", told["why_not"], ("Input", "Between"), rows),)
