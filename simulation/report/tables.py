"""Answers of other commands that stand in a report as a table: a stress matrix, a choice among plans."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from irt.errors import BadInput

STRESS_FORMAT, STRESS = "irt-simulation-stress/1", "stress.json"
CHOICE_FORMAT, CHOICE = "irt-simulation-choice/1", "choice.json"
Row = tuple[str, ...]


class UnreadableAnswer(BadInput):
    """The directory holds no such answer."""


@dataclass(frozen=True, slots=True)
class SideTable:
    """A table with a heading, and a sentence that says how to read it; `numbers` are columns set to the right."""

    heading: str
    words: str
    columns: Row
    rows: tuple[Row, ...]
    numbers: tuple[int, ...] = ()


def read_stress_table(folder: Path) -> SideTable:
    """Of the --out of `irt simulate stress`."""
    told = _read(folder / STRESS, STRESS_FORMAT, "irt simulate stress")
    holding = ", ".join(told["holding"]) or "none"
    words = f"{told['replications']} trials a cell, on the same chance. Plans that keep every limit: {holding}."
    rows = tuple(row for cell in told["cells"] for row in _cell(cell))
    return SideTable(
        f"Stress matrix: {told['name']}", words, ("World", "Plan", "Limit", "Found", "Verdict"), rows, (3,)
    )


def _cell(cell: Mapping[str, Any]) -> Iterator[Row]:
    for line in cell["lines"]:
        name = f"{line['limit']['name']}, below {line['limit']['limit']:g}"
        yield cell["world"], cell["plan"], name, in_words(line["estimate"]), line["verdict"]


def read_choice_table(folder: Path) -> SideTable:
    """Of the --out of `irt simulate choose`."""
    told = _read(folder / CHOICE, CHOICE_FORMAT, "irt simulate choose")
    per = f" per {told['per']}" if told["per"] else ""
    sure = "" if told["sure"] else " Others may be better: more replications are needed."
    words = (
        f"The least {told['measure']}{per}: {told['chosen']}. Where it is better by {told['indifference']:g}, at "
        f"most {100 * told['error']:g} % of such choices are wrong.{sure}"
    )
    rows = tuple(_plan(plan, told["chosen_id"]) for plan in told["scenarios"])
    return SideTable(f"Choice among {len(rows)} plans", words, ("Plan", "Trials", "Behind by"), rows, (1, 2))


def _plan(plan: Mapping[str, Any], chosen: str) -> Row:
    behind = "chosen" if plan["scenario_id"] == chosen else in_words(plan["behind"])
    return plan["scenario"], str(plan["replications"]), behind


def parameters_tables(told: Mapping[str, Any] | None) -> tuple[SideTable, ...]:
    """Both errors of a gate's lines, of the `parameters` in its statement; none where there are none."""
    if told is None:
        return ()
    words = (
        f"{told['draws']} draws of the parameters, {told['replications']} trials under each. More trials take away "
        "the Monte Carlo error, more draws the error of draws; how far figures lie apart between parameters only "
        "data change. Verdicts are on the scenario as it was agreed. A ratio is each trial's own; of a quantile "
        "the share of trials above the limit is told."
    )
    columns = (
        "Scenario",
        "Limit",
        "Over draws",
        "Monte Carlo error",
        "Error of draws",
        "Between parameters",
        "At the limit or above",
    )
    rows = tuple(
        (
            line["scenario"],
            line["limit"],
            in_words(line["mean"]),
            *(f"{line[name]:.3g}" for name in ("monte_carlo_error", "outer_error", "parameter_deviation")),
            f"{100 * line['draws_above']:.3g} % of draws",
        )
        for line in told["lines"]
    )
    return (SideTable("Not knowing the parameters", words, columns, rows, (2, 3, 4, 5, 6)),)


def in_words(record: Mapping[str, Any] | None) -> str:
    """A figure with its interval."""
    if record is None:
        return "too few to tell"
    low, high = ("unbounded" if end is None else f"{end:.4g}" for end in (record["low"], record["high"]))
    return f"{record['value']:.4g} ({low} to {high})"


def _read(file: Path, form: str, command: str) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UnreadableAnswer(f"{file} cannot be read. Name the --out of `{command}`.") from None
    if told.get("format") != form:
        raise UnreadableAnswer(f"{file} is no answer of `{command}`.")
    return told
