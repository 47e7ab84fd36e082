"""The yardstick of simulations: one trial after another, one subject after another, as the rule is written down."""

import random
from typing import Any

from irt.randomization.methods.method import Method, Step


def simulate_plainly(method: Method[Any], subjects: int, trials: int, seed: int) -> dict[str, float]:
    """Mean correct convergence guesses, mean largest |D| and mean |D| at the end of two-arm trials."""
    chance = random.Random(seed)
    guessed = largest_sum = final_sum = 0.0
    for _ in range(trials):
        memory, lead, largest = method.start(), 0, 0
        for _ in range(subjects):
            arm = 0 if chance.random() < method.law(memory)[0] else 1
            guessed += 0.5 if lead == 0 else float((lead > 0) == (arm == 1))
            lead += 1 - 2 * arm
            largest = max(largest, abs(lead))
            memory = method.after(memory, Step(arm))
        largest_sum += largest
        final_sum += abs(lead)
    return {
        "convergence": guessed / trials,
        "expected_max_abs": largest_sum / trials,
        "expected_abs_final": final_sum / trials,
    }
