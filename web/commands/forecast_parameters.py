"""`irt forecast parameters`: what was learned of enrolment, as draws that simulated trials take."""

from pathlib import Path
from typing import Any

import click
import numpy as np

from irt.commands.randomization_options import json_option, show
from simulation.enrolment.forecast import FIT_STREAM, stream
from simulation.enrolment.parameter_draws import parameter_draws
from simulation.enrolment.posterior.fit import fit
from simulation.explore.parameters import DrawsFile
from simulation.run.files import write_json
from web.commands.forecast_options import (
    draws_option,
    effort_of,
    file_argument,
    known_history,
    seed_option,
    until_option,
)


@click.command()
@file_argument
@until_option
@click.option("--months", type=click.IntRange(1, 120), default=24, show_default=True, help="A site is open for.")
@click.option("--screen-failure", type=click.FloatRange(0, 0.99), default=0.0, show_default=True, help="A share.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="FILE.json.")
@seed_option
@draws_option
@json_option
def parameters(
    enrolment_file: Path,
    until: str | None,
    months: int,
    screen_failure: float,
    out: Path,
    seed: int,
    draws: int,
    as_json: bool,
) -> None:
    """Draw, from what FILE tells, the rate and the shape of enrolment that a trial with new sites may have.

    A gate's `parameters`, and an experiment of the method `uncertainty`, take OUT as their `posterior_file`: the
    outer loop over what is not known.

    Example: irt forecast parameters FILE.csv --until 1994-12 --screen-failure 0.2 --out draws.json
    """
    history = known_history(enrolment_file, until)
    posterior = fit(history, stream(seed, FIT_STREAM), effort=effort_of(draws))
    found = parameter_draws(posterior, months, screen_failure)
    known = f"{int(history.totals.sum())} subjects of {history.months} months, seed {seed}"
    write_json(DrawsFile(source=known, draws=found).model_dump(mode="json"), out)
    show(_told(known, found, out), as_json)


def _told(known: str, found: dict[str, tuple[float, ...]], out: Path) -> dict[str, Any]:
    """The middle and the ends of each parameter."""
    shares = {key: np.quantile(values, (0.05, 0.5, 0.95)) for key, values in found.items()}
    return {"learned_from": known, "out": str(out)} | {
        key: f"{middle:.4g} ({low:.4g} to {high:.4g})" for key, (low, middle, high) in shares.items()
    }
