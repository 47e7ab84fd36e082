"""Any method of the catalogue followed live: its memory in rows, one number for each subject, one rule for all.

A method with strata is followed in each stratum by itself, on a stream of the stratum's name. Where arms open and
close, or subjects are eligible for some of them only, each set of arms is a trial within the trial: its subjects
are balanced against each other, and so each arm against those who could have got it at the same time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from irt.randomization import margins
from irt.randomization.catalogue import method_of
from irt.randomization.design import Design, Factor
from irt.randomization.drawing import among, draw_arm, drawable
from irt.randomization.ledgers import Ledger, ledger_of, own_levels
from irt.randomization.methods.method import Method
from irt.randomization.scheme import Allocation, Probabilities, Row, State, Subject, TooFewArms, UnusablePlan
from irt.randomization.stream import Seed
from irt.study import randomization_plan as plans
from irt.study.arms import Arm

SCALINGS = {"(n+1)/r": "add_then_divide", "n/r+1": "divide_then_add"}
LEVELS_MATTER = ("atkinson_da",)
"""Methods that look at the levels of other subjects, and so must know them all."""

FollowedPlan = plans.Minimization | plans.OtherDesign


class Course(NamedTuple):
    """The arms that are drawn among, the method over them, how it remembers, and what its keys begin with."""

    arms: tuple[str, ...]
    method: Method[Any]
    ledger: Ledger
    prefix: str


@dataclass(frozen=True, slots=True)
class Dynamic:
    """A design that allocates one subject after the other."""

    design: Design
    strata: tuple[str, ...] = ()
    planned: int | None = None
    sets_apart: bool = True
    """Whether sets of arms remember by themselves."""
    under: str = ""
    """What all keys begin with, where a study has several randomizations."""
    _courses: dict[tuple[str, ...], Course] = field(init=False, default_factory=dict, compare=False)

    @classmethod
    def of(
        cls,
        plan: FollowedPlan,
        arms: Sequence[Arm],
        levels: Mapping[str, tuple[str, ...]] | None = None,
        under: str = "",
    ) -> "Dynamic":
        """The procedure of a plan; UnusablePlan where its settings contradict themselves."""
        design = design_of(plan, arms, levels or {})
        margins.refuse_ambiguous(factor.name for factor in design.factors)
        if isinstance(plan, plans.OtherDesign):
            made = cls(design, plan.strata, plan.planned_subjects, under=under)
        else:
            made = cls(design, sets_apart=False)
        made.course(design.arms)
        return made

    @property
    def arms(self) -> tuple[str, ...]:
        """All arms, in the plan's order."""
        return self.design.arms

    def stratum(self, subject: Subject) -> str:
        """The subject's stratum; empty where all are together."""
        return subject.profile(self.strata)

    def state_keys(self, subject: Subject) -> tuple[str, ...]:
        """The rows of the method's ledger, under the subject's arms and stratum."""
        course = self._course(subject)
        return tuple(self._key(course, subject, key) for key in course.ledger.keys(subject))

    def probabilities(self, state: State, subject: Subject) -> Probabilities:
        """The method's law for this subject, as it is drawn; zero for arms that the subject cannot get."""
        course = self._course(subject)
        chances = self._chances(course, state, subject)
        given = dict(zip(course.arms, chances, strict=True))
        return tuple((arm, given.get(arm, Fraction(0))) for arm in self.arms)

    def assign(self, state: State, subject: Subject, seed: Seed) -> Allocation:
        """Draws the arm with one number, at the assignment number."""
        course = self._course(subject)
        stream = seed.stream(self.design.method, self.stratum(subject))
        arm, draw = draw_arm(self._chances(course, state, subject), stream, subject.number)
        return Allocation(
            arm=course.arms[arm],
            probabilities=self.probabilities(state, subject),
            draws=(draw,),
            stream_ids=(stream.stream_id,),
            seen=margins.seen(state, self.state_keys(subject)),
            after=self.placed(state, subject, course.arms[arm]),
        )

    def placed(self, state: State, subject: Subject, arm: str) -> dict[str, Row]:
        """The subject's rows once it has an arm, however it came to it."""
        course = self._course(subject)
        after = course.ledger.after(self._rows(course, state, subject), subject, course.arms.index(arm))
        return {self._key(course, subject, key): row for key, row in after.items()}

    def course(self, arms: tuple[str, ...]) -> Course:
        """What is followed for this set of arms; UnusablePlan where the method is not defined for it."""
        if arms not in self._courses:
            ratio = tuple(self.design.ratio[self.arms.index(arm)] for arm in arms)
            factors = self.design.factors
            if self.design.method not in LEVELS_MATTER:
                factors = own_levels(factors)
            elif not all(factor.levels for factor in factors):
                raise UnusablePlan(f"{self.design.method} must know all levels of its factors.")
            among_these = Design(self.design.method, arms, ratio, self.design.params, factors)
            method = method_of(among_these, self.planned)
            ledger = ledger_of(method, arms, tuple(factor.name for factor in factors))
            self._courses[arms] = Course(arms, method, ledger, "/".join(arms) if self.sets_apart else "")
        return self._courses[arms]

    def _course(self, subject: Subject) -> Course:
        """The course of the subject's arms, in the plan's order; TooFewArms where chance has no choice."""
        if subject.open_arms is None:
            return self.course(self.arms)
        arms = tuple(arm for arm in self.arms if arm in subject.open_arms)
        if len(arms) < 2:
            raise TooFewArms
        return self.course(arms)

    def _chances(self, course: Course, state: State, subject: Subject) -> tuple[Fraction, ...]:
        ledger = course.ledger
        memory = ledger.memory(self._rows(course, state, subject), subject)
        chances = drawable(course.method.law(memory, ledger.levels(subject)))
        if subject.servable is None:
            return chances
        return among(chances, [place for place, arm in enumerate(course.arms) if arm in subject.servable])

    def _rows(self, course: Course, state: State, subject: Subject) -> dict[str, Row]:
        """The subject's rows by the ledger's own keys."""
        keys = course.ledger.keys(subject)
        return {key: state.get(self._key(course, subject, key), {}) for key in keys}

    def _key(self, course: Course, subject: Subject, key: str) -> str:
        return "|".join(part for part in (self.under, course.prefix, self.stratum(subject), key) if part)


def design_of(plan: FollowedPlan, arms: Sequence[Arm], levels: Mapping[str, tuple[str, ...]]) -> Design:
    """The plan and its arms as a design file says them; `levels` are those of factors, where they are known."""
    factors = tuple(
        Factor(weighted.factor, levels.get(weighted.factor, ()), Fraction(weighted.weight))
        for weighted in plan.factors
    )
    codes, ratio = tuple(arm.code for arm in arms), tuple(arm.ratio for arm in arms)
    return Design(plan.method, codes, ratio, _params(plan), factors)


def _params(plan: FollowedPlan) -> Mapping[str, Any]:
    if isinstance(plan, plans.OtherDesign):
        return plan.params
    return {
        "distance": plan.distance,
        "p": str(plan.probability),
        "tie_rule": plan.ties,
        "scaling": SCALINGS[plan.imbalance_of],
    }
