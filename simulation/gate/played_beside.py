"""A tornado and other plans beside a verdict, on the very trials that it rests on; part of what is signed."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from simulation.analysis.arrays import Floats
from simulation.analysis.frontier import figures_of
from simulation.analysis.refusals import UnusableReplications
from simulation.explore.explore import bar_record, tornado_of
from simulation.gate.apart import PlaySeeded
from simulation.gate.beside import PlayedBeside
from simulation.gate.hold import Columns, Held, Outcome, Stopped
from simulation.gate.reading import Agreed
from simulation.spec.reading import changed
from simulation.spec.scenario import Scenario


def beside_record(agreed: Agreed, outcome: Outcome, play: PlaySeeded) -> dict[str, Any]:
    """As it stands in a gate's statement; nothing where nothing was agreed on. Raises: Stopped."""
    agreement = agreed.agreement
    told = {"sensitivity": _tornado(agreed, outcome, play), "plans": _plans(agreed, outcome, play)}
    return {name: told[name] for name in told if getattr(agreement, name) is not None}


def _tornado(agreed: Agreed, outcome: Outcome, play: PlaySeeded) -> dict[str, Any]:
    asked = agreed.agreement.sensitivity
    if asked is None:
        return {}
    held, trials = _held(agreed, outcome, asked)

    def again(point: Scenario) -> Mapping[str, Floats]:
        return _first(held.columns, trials) if point is held.scenario else _played(agreed, point, trials, play)

    told = _about(held, trials) | asked.model_dump(mode="json", include={"looked_at", "inputs"})
    try:
        base, bars = tornado_of(asked.looked_at, asked.inputs, held.scenario, again)
    except UnusableReplications as refused:
        return told | {"why_not": refused.sentence}
    return told | {"base": base.record(), "bars": [bar_record(bar) for bar in bars]}


def _plans(agreed: Agreed, outcome: Outcome, play: PlaySeeded) -> dict[str, Any]:
    asked = agreed.agreement.plans
    if asked is None:
        return {}
    held, trials = _held(agreed, outcome, asked)
    points = [_point(held.scenario.name, {}, held.scenario, _first(held.columns, trials))]
    for name, changes in asked.plans.items():
        plan = changed(held.scenario, changes)
        points.append(_point(name, changes, plan, _played(agreed, plan, trials, play)))
    return _about(held, trials) | {"points": points}


def _point(name: str, changes: Mapping[str, Any], plan: Scenario, columns: Columns) -> dict[str, Any]:
    """Cost, risk and kits of a plan, the one that was held among them; None each where its trials tell none."""
    figures, names = figures_of(columns), ("cost", "risk", "kits")
    told = dict.fromkeys(names) if figures is None else dict(zip(names, figures, strict=True))
    about = {"name": name, "changes": dict(changes), "scenario_id": plan.hash}
    return about | {which: each and each.record() for which, each in told.items()}


def _held(agreed: Agreed, outcome: Outcome, asked: PlayedBeside) -> tuple[Held, int]:
    """The scenario that is meant, as it was held, and how many of its trials are played again."""
    file = asked.scenario or agreed.agreement.scenarios[0]
    held = outcome.held[agreed.agreement.scenarios.index(file)]
    return held, asked.replications or agreed.agreement.looks[0]


def _about(held: Held, trials: int) -> dict[str, Any]:
    return {"scenario": held.scenario.name, "scenario_id": held.scenario.hash, "replications": trials}


def _played(agreed: Agreed, point: Scenario, trials: int, play: PlaySeeded) -> Mapping[str, Floats]:
    columns = play(point, agreed.agreement.seed, trials)
    if columns is None:
        raise Stopped(point.name)
    return _first(columns, trials)


def _first(columns: Columns, trials: int) -> Mapping[str, Floats]:
    return {name: np.asarray(values)[:trials] for name, values in columns.items()}
