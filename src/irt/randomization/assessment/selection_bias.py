"""Selection bias: who guesses the next arm may let in a subject to match.

Blackwell and Hodges (1957): a subject with a better response, by `effect`, is enrolled when the favoured arm is
expected, one with a worse response when the other is, and anyone when neither is; Proschan (1994) for its
consequences.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from irt.randomization.assessment.effects import Bias, Trials, bias, simulated_bias
from irt.randomization.assessment.layers import Floats
from irt.randomization.assessment.sequences import Arms, Sequences


def selection_bias(trials: Trials, ratio: Sequence[int], effect: float) -> Bias:
    """For an investigator who favours the first arm and guesses by convergence."""
    if isinstance(trials, Sequences):
        return simulated_bias(trials, preferred_shifts(trials.arms, effect))
    return bias(trials, ratio, lambda position, layer: -effect * np.sign(layer.ahead).astype(np.float64))


def preferred_shifts(arms: Arms, effect: float) -> Floats:
    """Up where the first arm is behind, down where it is ahead: one row a subject, one column a trial."""
    ahead: NDArray[np.int64] = np.cumsum(1 - 2 * arms.astype(np.int64), axis=0)
    before = np.vstack([np.zeros_like(ahead[:1]), ahead[:-1]])
    shifts: Floats = -effect * np.sign(before)
    return shifts
