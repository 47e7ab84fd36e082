"""Operating characteristics of a design: what is known of it before the first subject."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Imbalance:
    """The lead of the first arm at the end, and how far the arms drift apart; numbers of subjects.

    With two arms the lead is N_A - N_B; with more it is the range of the counts, each divided by its arm's share.
    `off_ratio_final` and `off_ratio_max` are the same of the lead less what the ratio plans it to be by then.
    """

    distribution: Mapping[int | float, float]
    expected_abs_final: float
    expected_max_abs: float
    off_ratio_final: float
    off_ratio_max: float


@dataclass(frozen=True, slots=True)
class Characteristics:
    """Expected values over all the sequences of a design.

    Correct guesses and deterministic allocations are numbers of subjects. Convergence guesses the arm with fewer
    subjects so far (Blackwell and Hodges 1957); directional guesses the arm with the larger conditional probability
    (Berger, Ivanova and Knoll 2003); a tie counts its equal part. `allocation_ratio` is, subject by subject, the
    chance of the first arm (of every arm where there are more than two). `standard_errors` are empty where exact.
    """

    subjects: int
    exact: bool
    imbalance: Imbalance
    convergence: float
    directional: float
    deterministic: float
    allocation_ratio: tuple[Any, ...]
    standard_errors: Mapping[str, float] = field(default_factory=dict)
    trials: int | None = None

    def record(self) -> dict[str, Any]:
        """JSON-able, in the shape that `irt randomization assess` prints."""
        figures: dict[str, Any] = {
            "exact": self.exact,
            "imbalance": {
                "distribution": {str(lead): chance for lead, chance in self.imbalance.distribution.items()},
                "expected_abs_final": self.imbalance.expected_abs_final,
                "expected_max_abs": self.imbalance.expected_max_abs,
                "from_ratio": {
                    "expected_abs_final": self.imbalance.off_ratio_final,
                    "expected_max_abs": self.imbalance.off_ratio_max,
                },
            },
            "correct_guesses": {"convergence": self.convergence, "directional": self.directional},
            "deterministic": self.deterministic,
            "allocation_ratio": list(self.allocation_ratio),
        }
        if self.standard_errors:
            figures["standard_errors"] = dict(self.standard_errors)
            figures["trials"] = self.trials
        return figures
