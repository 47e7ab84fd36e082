"""Listed studies: the subject gets the next position of the stratum's approved list. Nothing is drawn.

The procedure keeps how many positions each stratum has used; the list itself stays where it was approved, and only
the next entry is handed in with the subject.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from irt.errors import IntegrityFault, Refusal
from irt.randomization.catalogue import method_of
from irt.randomization.design import Design
from irt.randomization.scheme import Allocation, Probabilities, State, Subject
from irt.randomization.stream import Seed
from irt.study import randomization_plan as plans
from irt.study.arms import Arm

USED = "used"


class ListExhausted(Refusal):
    """No position is left for this subject: the list has ended, or its stratum never had one."""

    def __init__(self, trace: str) -> None:
        super().__init__(
            "Randomization is not possible at the moment. Nothing was drawn. Tell the study team at once.", trace
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """Certainty: the arm of the list. What chance made the list with is told by its design."""

    arms: tuple[str, ...]
    strata: tuple[str, ...]
    design: Design

    @classmethod
    def of(cls, plan: plans.Listed, arms: Sequence[Arm]) -> "Listed":
        """The procedure of a plan; UnusablePlan where no list can be made as it says."""
        design = design_of_list(plan, arms)
        method_of(design, plan.positions)
        return cls(design.arms, plan.strata, design)

    def stratum(self, subject: Subject) -> str:
        """The subject's list."""
        return subject.profile(self.strata)

    def state_keys(self, subject: Subject) -> tuple[str, ...]:
        """One row: the list's."""
        return (self.stratum(subject),)

    def probabilities(self, state: State, subject: Subject) -> Probabilities:
        """One for the arm of the next position, zero for the others."""
        _, arm = self._next(state, subject)
        return tuple((other, Fraction(other == arm)) for other in self.arms)

    def assign(self, state: State, subject: Subject, seed: Seed) -> Allocation:
        """Takes the next position; ListExhausted where there is none, IntegrityFault where it is another one."""
        stratum = self.stratum(subject)
        position, arm = self._next(state, subject)
        return Allocation(
            arm=arm,
            probabilities=self.probabilities(state, subject),
            draws=(),
            stream_ids=(),
            seen={stratum: dict(state.get(stratum, {}))},
            after={stratum: {USED: position}},
        )

    def due(self, state: State, subject: Subject) -> int:
        """The next position of the subject's list, from 1."""
        return state.get(self.stratum(subject), {}).get(USED, 0) + 1

    def _next(self, state: State, subject: Subject) -> tuple[int, str]:
        due = self.due(state, subject)
        if subject.listed is None:
            raise ListExhausted(f"no position {due} in the list of {self.stratum(subject) or 'the study'}")
        if subject.listed[0] != due or subject.listed[1] not in self.arms:
            raise IntegrityFault(f"position {due} is due, and {subject.listed[0]} was handed in")
        return subject.listed


def design_of_list(plan: plans.Listed, arms: Sequence[Arm]) -> Design:
    """The design that the list of a plan is made by, or is held against."""
    return Design(plan.list_method, tuple(arm.code for arm in arms), tuple(arm.ratio for arm in arms), plan.params)
