"""`irt randomization assess`: what a design does to balance, predictability, bias and power."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from irt.commands.design_files import design_argument, open_design
from irt.commands.randomization_options import (
    file_option,
    json_option,
    number_option,
    seed_option,
    show,
    svg_option,
    telling,
    trials_option,
)
from irt.randomization.assessment.assess import Assessed, NotAssessable, Question
from irt.randomization.assessment.assess import assess as assess_design
from irt.randomization.assessment.chronological_bias import TRENDS
from irt.randomization.assessment.code_break import ImpossibleRevelation, chances_given
from irt.randomization.assessment.dangers import Dangers, biases
from irt.randomization.assessment.plots import imbalance_law
from irt.randomization.assessment.real_covariates import minimize_real, read_subjects
from irt.randomization.assessment.usual_designs import title
from irt.randomization.catalogue import method_of
from irt.randomization.design import Design
from irt.randomization.methods.minimization import Minimization

TRIALS_OF_REAL_SUBJECTS = 200


@click.command()
@design_argument
@number_option
@click.option("--success", metavar="RATES", help="Each arm's chance of success, as 0.3,0.5, where responses count.")
@click.option("--subjects", "subjects_file", type=file_option, help="A CSV of real subjects, a column a factor.")
@click.option("--every-distance", is_flag=True, help="Minimize the real subjects by every distance.")
@click.option("--revealed", help="What a blinded reader could guess once these are known, as 3=A,7=B.")
@click.option("--selection-effect", type=float, default=0.0, help="How much better a preferred subject responds.")
@click.option("--trend", "drift", type=click.Choice(TRENDS), help="How responses drift while the trial runs.")
@click.option("--theta", type=float, default=1.0, show_default=True, help="The size of the drift.")
@click.option("--step-at", type=click.IntRange(min=1), help="The subject a step comes with; the middle else.")
@click.option("--t-test", is_flag=True, help="Simulate how often the t-test rejects.")
@click.option("--difference", type=float, default=0.0, help="What the first arm truly adds, in SDs.")
@click.option("--alpha", type=click.FloatRange(0, 1, True, True), default=0.05, show_default=True)
@trials_option
@seed_option
@svg_option
@json_option
def assess(
    design_file: Path,
    subjects: int,
    success: str | None,
    subjects_file: Path | None,
    every_distance: bool,
    revealed: str | None,
    trials: int | None,
    seed: int,
    svg_file: Path | None,
    as_json: bool,
    **dangers: Any,
) -> None:
    """Tell the operating characteristics of DESIGN, a JSON or YAML file.

    Exact for two arms without factors (to about 500 subjects), simulated else, with standard errors. D is the
    number of the first arm less that of the second. Correct guesses and deterministic allocations are expected
    numbers of subjects: convergence guesses the arm with fewer so far, directional the arm with the larger
    probability.

    Example: irt randomization assess design.yaml --n 200 --json
    """
    design = open_design(design_file)
    real = None if subjects_file is None else read_subjects(subjects_file, design.factors)
    question = Question(subjects, trials, seed, _rates(success), real)
    told: dict[str, Any] = {"design": title(design), "n": subjects}
    if every_distance:
        told["distances"] = _distances(design, question)
    else:
        assessed = assess_design(design, question, telling("Simulated trials"))
        told |= assessed.figures.record()
        told |= biases(design, question, assessed, Dangers(**dangers), telling("Simulated trials"))
        if revealed is not None:
            told["after_code_break"] = _after_code_break(design, assessed, revealed)
        if svg_file is not None:
            svg_file.write_text(imbalance_law(assessed.figures, title(design)), encoding="utf-8")
    show(told, as_json)


def _rates(success: str | None) -> list[float] | None:
    if success is None:
        return None
    return _each(success, float, "Chances of success are numbers with commas, as 0.3,0.5.")


def _each(text: str, read: Callable[[str], Any], sentence: str) -> list[Any]:
    try:
        return [read(part) for part in text.split(",")]
    except ValueError:
        raise click.BadParameter(sentence) from None


def _distances(design: Design, question: Question) -> list[dict[str, Any]]:
    method = method_of(design, question.subjects)
    if not isinstance(method, Minimization) or question.real is None:
        raise NotAssessable("Every distance is compared for a design of minimization, over --subjects of a file.")
    real = question.real[: question.subjects]
    tell = telling("Distances")
    trials = question.trials or TRIALS_OF_REAL_SUBJECTS
    return [each.record() for each in minimize_real(design, method.rule, real, trials, question.seed, tell)]


def _after_code_break(design: Design, assessed: Assessed, revealed: str) -> dict[str, Any]:
    if assessed.layers is None:
        raise NotAssessable("What a code break tells is computed for two-arm designs that are assessed exactly.")
    known = dict(_each(revealed, lambda part: _revealed(design, part), "Write revealed arms as 3=A,7=B."))
    given = chances_given(assessed.layers, known)
    before = chances_given(assessed.layers, {})
    return {
        "first_arm_before": [float(chance) for chance in before],
        "first_arm_after": [float(chance) for chance in given],
        "correct_guesses_before": float(sum(max(chance, 1 - chance) for chance in before)),
        "correct_guesses_after": float(sum(max(chance, 1 - chance) for chance in given)),
    }


def _revealed(design: Design, part: str) -> tuple[int, int]:
    number, _, arm = part.partition("=")
    if arm not in design.arms:
        raise ImpossibleRevelation(f"{part[:40]} names no arm. The arms are {', '.join(design.arms)}.")
    return int(number) - 1, design.arms.index(arm)
