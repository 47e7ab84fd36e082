"""`irt simulate choose`: the best of several plans, with a promise."""

import time
from pathlib import Path
from typing import Any

import click

from irt.commands import clock
from irt.commands.randomization_options import json_option, show
from simulation.analysis.selection import Selecting
from simulation.explore.choose import Choice
from simulation.explore.choose import choose as choose_among
from simulation.explore.experiment import Looked
from simulation.measures import MEASURES
from simulation.replication import EngineName
from simulation.report.tables import CHOICE, CHOICE_FORMAT
from simulation.run.files import write_json
from simulation.run.playing import Playing, by_hash
from simulation.run.run import Means
from simulation.run.summary import Columns
from simulation.spec.reading import read_scenario
from simulation.spec.scenario import Scenario
from web.commands.simulate_options import (
    all_played,
    engine_option,
    means_options,
    out_option,
    seed_option,
    watched,
)
from web.commands.simulate_run import with_interval

scenario_files = click.Path(exists=True, dir_okay=False, path_type=Path)
measures = click.Choice(tuple(MEASURES))


@click.command()
@click.argument("scenario_paths", metavar="SCENARIO...", nargs=-1, required=True, type=scenario_files)
@click.option("--measure", required=True, type=measures, help="The less of it the better.")
@click.option("--per", type=measures, help="Divided by this, trial by trial.")
@click.option("--indifference", required=True, type=float, help="A difference too small to matter.")
@click.option("--error", default=0.05, show_default=True, type=float, help="How often the choice may be wrong.")
@click.option("--most", default=5000, show_default=True, type=click.IntRange(min=30), help="Trials of one plan.")
@seed_option
@engine_option
@means_options
@out_option
@json_option
def choose(
    scenario_paths: tuple[Path, ...],
    measure: str,
    per: str | None,
    indifference: float,
    error: float,
    most: int,
    seed: int,
    engine: EngineName,
    means: Means,
    out: Path,
    as_json: bool,
) -> None:
    """Choose among two to twenty SCENARIOS that differ in their plan of supply; the answer goes to DIR/choice.json.

    All meet the same chance; who is clearly behind is not played on. The one with the least of the measure is
    chosen with chance at least 1 - error, where it is better by the indifference or more (Kim and Nelson).

    Example: irt simulate choose A.yaml B.yaml --measure cost_total --indifference 500000 --out DIR --json
    """
    scenarios, begun = [read_scenario(path) for path in scenario_paths], time.perf_counter()
    looked, selecting = Looked(measure=measure, per=per), Selecting(indifference, error, most=most)
    started = clock.now()
    with watched("Choosing", most) as watch:
        playing = Playing(seed, engine, out, means, started, watch, by_hash)

        def play(scenario: Scenario, replications: int) -> Columns:
            return all_played(playing.play(scenario, replications))

        choice = choose_among(scenarios, looked, selecting, play)
    told = {"format": CHOICE_FORMAT, "measure": measure, "per": per, "indifference": indifference, "error": error}
    told |= _record(scenarios, choice) | playing.made()
    told |= {"seconds": round(time.perf_counter() - begun, 3)}
    write_json(told, out / CHOICE)
    show(told if as_json else in_short(told), as_json)


def _record(scenarios: list[Scenario], choice: Choice) -> dict[str, Any]:
    selected = choice.selected
    plans = [
        {
            "scenario": scenario.name,
            "scenario_id": scenario.hash,
            "replications": selected.replications[place],
            "remaining": place in selected.remaining,
            "behind": None if behind is None else behind.difference.record(),
        }
        for place, (scenario, behind) in enumerate(zip(scenarios, choice.behind, strict=True))
    ]
    best = scenarios[selected.best]
    return {"chosen": best.name, "chosen_id": best.hash, "sure": len(selected.remaining) == 1, "scenarios": plans}


def in_short(told: dict[str, Any]) -> dict[str, Any]:
    """For the eye: what was chosen, and how far the others are behind."""
    lines = {
        plan["scenario"]: f"{plan['replications']} replications, behind by {with_interval(plan['behind'])}"
        for plan in told["scenarios"]
        if plan["behind"]
    }
    sure = "" if told["sure"] else " (others may be better: more replications are needed)"
    return {"chosen": told["chosen"] + sure} | lines
