"""`irt randomization test`: the p-value of a trial under the randomization it was run by."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import click

from irt.commands.design_files import design_argument, open_design
from irt.commands.randomization_options import json_option, seed_option, telling, trials_option
from irt.commands.subject_files import RESPONSE, BadSubjects, Line, levels_and_response, read_lines
from irt.randomization.catalogue import method_of
from irt.randomization.design import Design
from irt.randomization.methods.doubly_adaptive import DoublyAdaptive
from irt.randomization.methods.method import Method
from irt.randomization.methods.play_the_winner import PlayTheWinner
from irt.randomization.methods.thompson import Thompson
from irt.randomization.redrawing import Allocated
from irt.randomization.rerandomization import TRIALS, Verdict, rerandomize
from irt.randomization.scores import STATISTICS, Statistic
from irt.randomization.settings import rational

ARM, OUTCOME = "arm", "outcome"


@click.command("test")
@design_argument
@click.option(
    "--subjects",
    "subjects_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    required=True,
    help="CSV in order of allocation: arm, outcome, a column for each factor, and response where it matters.",
)
@click.option(
    "--statistic", type=click.Choice(STATISTICS), default="means", show_default=True, help="What to compare."
)
@click.option(
    "--n", "planned", type=click.IntRange(min=1), help="Planned subjects, where more than were allocated."
)
@trials_option
@seed_option
@json_option
def test(
    design_file: Path,
    subjects_file: Path,
    statistic: str,
    planned: int | None,
    trials: int | None,
    seed: int,
    as_json: bool,
) -> None:
    """Test whether the arms differ, by the trial's own law: outcomes stay, arms are drawn anew.

    The p-value is two-sided, and exact where all histories can be weighed; else it is (x + 1) / (B + 1) for x of B
    simulated trials at least as extreme. An empty outcome is not compared. In a response-adaptive design every
    response (1 or 0; the outcome where there is no such column) counts as known before the next subject.

    Example: irt randomization test design.json --subjects trial.csv --statistic ranks --json
    """
    design = open_design(design_file)
    subjects = _read(design, subjects_file)
    method = method_of(design, planned or len(subjects))
    subjects = _with_responses(method, subjects, subjects_file)
    tell = telling("Trials drawn")
    verdict = rerandomize(method, subjects, cast("Statistic", statistic), trials or TRIALS, seed, tell)
    _show(_report(design, statistic, len(subjects), verdict), as_json)


def _report(design: Design, statistic: str, subjects: int, verdict: Verdict) -> dict[str, Any]:
    told: dict[str, Any] = {
        "method": design.method,
        "statistic": statistic,
        "subjects": subjects,
        "observed": float(verdict.observed),
        "p_value": float(verdict.p_value),
        "exact": verdict.exact,
    }
    if not verdict.exact:
        told |= {"trials": verdict.histories, "monte_carlo_error": verdict.error}
    elif isinstance(verdict.p_value, Fraction):
        told["p_value_exact"] = str(verdict.p_value)
    return told | {"one_arm_only": float(verdict.one_arm_only)}


def _show(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(told))
        return
    for name, value in told.items():
        click.echo(f"{name.replace('_', ' ')}: {value}")


def _read(design: Design, file: Path) -> list[Allocated]:
    lines = read_lines(file)
    if not lines:
        raise BadSubjects(f"{file} lists no subjects.")
    return [_subject(design, line) for line in lines]


def _subject(design: Design, line: Line) -> Allocated:
    arm, told = line.row.get(ARM) or "", (line.row.get(OUTCOME) or "").strip()
    if arm not in design.arms:
        raise BadSubjects(f"{line.place}: there is no arm {arm[:40]}. The arms: {', '.join(design.arms)}.")
    outcome = rational(told) if told else None
    if told and outcome is None:
        raise BadSubjects(f"{line.place}: an outcome is a number or empty, not {told[:40]}.")
    levels, response = levels_and_response(design, line)
    return Allocated(design.arms.index(arm), outcome, levels, response)


def _with_responses(method: Method[Any], subjects: list[Allocated], file: Path) -> list[Allocated]:
    """The subjects with their outcomes as responses, where these matter and no others are told."""
    adapts = isinstance(method, PlayTheWinner | DoublyAdaptive | Thompson)
    if not adapts or any(subject.response is not None for subject in subjects):
        return subjects
    if any(subject.outcome not in {None, 0, 1} for subject in subjects):
        raise BadSubjects(f"{file}: the design adapts to responses. Add a column {RESPONSE} with 1, 0 or empty.")
    return [
        subject if subject.outcome is None else subject._replace(response=int(subject.outcome))
        for subject in subjects
    ]
