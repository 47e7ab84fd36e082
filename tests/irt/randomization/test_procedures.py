"""One door from a plan to its procedure, and what all procedures have in common."""

from fractions import Fraction

import pytest

from irt.randomization.dynamic import Dynamic
from irt.randomization.factorial import Factorial
from irt.randomization.open_cohort import OpenCohort
from irt.randomization.permuted_block import PermutedBlock
from irt.randomization.platform import Platform
from irt.randomization.procedures import procedure_for
from irt.randomization.scheme import Subject
from irt.study import randomization_plan as plans
from tests.irt.randomization.builders import arms, assign_all, blocks, minimizing, seed

FOUR = arms(1, 1, 1, 1)
CROSSED = plans.Factorial(
    method="factorial",
    components=(
        plans.Component(
            name="one",
            groups={"y": ("A", "B"), "n": ("C", "D")},
            ratio={"y": 1, "n": 1},
            minimization=minimizing("sex"),
        ),
        plans.Component(
            name="two",
            groups={"y": ("A", "C"), "n": ("B", "D")},
            ratio={"y": 1, "n": 1},
            minimization=minimizing("sex"),
        ),
    ),
)
AGENTS = (plans.Agent(code="x", active="A", placebo="B"), plans.Agent(code="y", active="C", placebo="D"))
PLANS = [
    (blocks(4, 8, strata=("sex",)), PermutedBlock),
    (minimizing("sex"), Dynamic),
    (plans.OtherDesign(method="complete", strata=("sex",)), Dynamic),
    (CROSSED, Factorial),
    (plans.Platform(method="platform", agents=AGENTS), Platform),
    (plans.OpenCohort(method="open_cohort"), OpenCohort),
]


def subject(number: int) -> Subject:
    """A subject whose facts serve every method."""
    return Subject(number, {"sex": "FM"[number % 2]}, ("x", "y"), "A")


@pytest.mark.parametrize(("plan", "kind"), PLANS)
def test_each_plan_has_its_procedure(plan: plans.RandomizationPlan, kind: type) -> None:
    """All kinds of plans."""
    assert isinstance(procedure_for(plan, FOUR), kind)


@pytest.mark.parametrize(("plan", "kind"), PLANS)
def test_stated_probabilities_are_those_of_the_allocation(plan: plans.RandomizationPlan, kind: type) -> None:
    """All arms in order, summing to one, the chosen arm possible, and the same before and after the draw."""
    procedure = procedure_for(plan, FOUR)
    for number, allocation in enumerate(assign_all(procedure, map(subject, range(50)), seed())):
        assert procedure.probabilities(allocation.seen, subject(number)) == allocation.probabilities
        assert tuple(arm for arm, _ in allocation.probabilities) == procedure.arms
        assert sum(p for _, p in allocation.probabilities) == 1
        assert dict(allocation.probabilities)[allocation.arm] > 0
        assert set(allocation.after) == set(procedure.state_keys(subject(number)))


@pytest.mark.parametrize(("plan", "kind"), PLANS)
def test_arms_come_as_often_as_their_stated_probabilities(plan: plans.RandomizationPlan, kind: type) -> None:
    """Over 2,000 subjects each arm's count is within five standard errors of its summed probabilities."""
    allocations = assign_all(procedure_for(plan, FOUR), map(subject, range(2000)), seed(3))
    for arm in "ABCD":
        chances = [dict(a.probabilities)[arm] for a in allocations]
        expected = float(sum(chances, start=Fraction(0)))
        error = float(sum((p * (1 - p) for p in chances), start=Fraction(0))) ** 0.5
        assert abs(sum(a.arm == arm for a in allocations) - expected) <= 5 * error
