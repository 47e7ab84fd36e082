"""What may bias a trial, and what it does to the difference in means and to its test."""

from dataclasses import asdict, dataclass
from typing import Any

from irt.randomization.assessment.assess import Assessed, NotAssessable, Question, sequences
from irt.randomization.assessment.chronological_bias import Trend, chronological_bias, trend
from irt.randomization.assessment.power import Responses, rejections
from irt.randomization.assessment.selection_bias import selection_bias
from irt.randomization.assessment.sequences import Sequences, Tell, quiet
from irt.randomization.design import Design


@dataclass(frozen=True)
class Dangers:
    """Effects in standard deviations of the response.

    `selection_effect`: how much better a preferred subject responds. `drift`, `theta`, `step_at`: a trend of the
    responses. `difference`: what the first arm truly adds; 0 gives the type I error of the test at `alpha`.
    """

    selection_effect: float = 0.0
    drift: Trend | None = None
    theta: float = 1.0
    step_at: int | None = None
    t_test: bool = False
    difference: float = 0.0
    alpha: float = 0.05

    @property
    def none(self) -> bool:
        """Whether nothing is asked."""
        return not self.selection_effect and self.drift is None and not self.t_test


def biases(
    design: Design, question: Question, assessed: Assessed, dangers: Dangers, tell: Tell = quiet
) -> dict[str, Any]:
    """JSON-able figures of what was asked; exact where the design was followed exactly, but for the t-test."""
    if dangers.none:
        return {}
    if len(design.arms) != 2:
        raise NotAssessable("The difference in means, and what biases it, is told for two arms.")
    trials = assessed.layers or sequences(design, question, tell)
    told: dict[str, Any] = {}
    if dangers.selection_effect:
        told["selection_bias"] = selection_bias(trials, design.ratio, dangers.selection_effect)._asdict()
    shifts = None
    if dangers.drift is not None:
        shifts = trend(dangers.drift, question.subjects, dangers.theta, dangers.step_at)
        told["chronological_bias"] = chronological_bias(trials, design.ratio, shifts)._asdict()
    if dangers.t_test:
        drawn = trials if isinstance(trials, Sequences) else sequences(design, question, tell)
        responses = Responses(dangers.difference, dangers.selection_effect, shifts)
        told["t_test"] = asdict(rejections(drawn, responses, dangers.alpha, question.seed))
    return told
