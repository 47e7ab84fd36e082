"""Open cohorts, as in dose escalation: the subject joins the cohort that is open. Nothing is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from irt.errors import IntegrityFault
from irt.randomization.scheme import Allocation, NoOpenCohort, Probabilities, State, Subject
from irt.randomization.stream import Seed
from irt.study.arms import Arm


@dataclass(frozen=True, slots=True)
class OpenCohort:
    """Certainty: the open cohort's arm. It remembers nothing."""

    arms: tuple[str, ...]

    @classmethod
    def of(cls, arms: Sequence[Arm]) -> "OpenCohort":
        """The procedure for these arms."""
        return cls(tuple(arm.code for arm in arms))

    def stratum(self, subject: Subject) -> str:
        """No list."""
        return ""

    def state_keys(self, subject: Subject) -> tuple[str, ...]:
        """No rows."""
        return ()

    def probabilities(self, state: State, subject: Subject) -> Probabilities:
        """One for the open cohort's arm, zero for the others."""
        arm = self._open_arm(subject)
        return tuple((other, Fraction(other == arm)) for other in self.arms)

    def assign(self, state: State, subject: Subject, seed: Seed) -> Allocation:
        """The open cohort's arm, with no draw."""
        arm = self._open_arm(subject)
        return Allocation(arm, self.probabilities(state, subject), (), (), {}, {})

    def _open_arm(self, subject: Subject) -> str:
        if subject.open_arm is None:
            raise NoOpenCohort
        if subject.open_arm not in self.arms:
            raise IntegrityFault(f"the open cohort's arm {subject.open_arm} is not an arm of the study")
        return subject.open_arm
