"""What another plan would cost and which rules it would break, reckoned around the places where it differs."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from optimization.check.check_plan import check_plan
from optimization.check.verdict import Code, Verdict, Violation
from optimization.plan import Consignment, Plan
from optimization.problem import Problem

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Repriced:
    """Cents that the other plan costs more (less where negative), and what it alone would break."""

    cents: int
    broken: tuple[Violation, ...]

    @property
    def codes(self) -> tuple[Code, ...]:
        """The rules it would break, each once."""
        return tuple(sorted({found.code for found in self.broken}))

    @property
    def allowed(self) -> bool:
        """Whether no rule forbids it."""
        return not self.broken


def reprice(problem: Problem, before: Plan, after: Plan, otherwise: Problem | None = None) -> Repriced:
    """Both plans checked and priced where they differ; places that neither plan changes cancel out.

    `otherwise` is the problem of the plan after, where its demand is another one.
    """
    near = _changed_places(problem, before, after)
    told = [
        check_plan(_problem_near(each, near), _part(each, plan, near))
        for each, plan in ((problem, before), (otherwise or problem, after))
    ]
    return Repriced(told[1].cost.total - told[0].cost.total, _newly_broken(told[0], told[1]))


def _problem_near(problem: Problem, near: frozenset[str]) -> Problem:
    return replace(problem, demand=tuple(row for row in problem.demand if row.site in near))


def _newly_broken(before: Verdict, after: Verdict) -> tuple[Violation, ...]:
    known = set(before.violations)
    return tuple(found for found in after.violations if found not in known)


def _changed_places(problem: Problem, before: Plan, after: Plan) -> frozenset[str]:
    journeys = _differing(before.consignments, after.consignments)
    uses = _differing(before.dispensings, after.dispensings)
    lanes = [problem.lanes[one.lane] for one in journeys]
    return frozenset(
        [lane.origin for lane in lanes] + [lane.destination for lane in lanes] + [one.site for one in uses]
    )


def _differing(before: Iterable[Row], after: Iterable[Row]) -> list[Row]:
    """What is in one and not in the other; plans stand in a fixed order, and differ in few rows."""
    old, new = {repr(one): one for one in before}, {repr(one): one for one in after}
    return [one for key, one in old.items() if key not in new] + [one for key, one in new.items() if key not in old]


def _part(problem: Problem, plan: Plan, near: frozenset[str]) -> Plan:
    """The consignments that leave or reach these places, or share their import licences; the uses there."""
    countries = {problem.nodes[place].country for place in near}
    return Plan(
        tuple(one for one in plan.consignments if _touches(problem, one, near, countries)),
        tuple(one for one in plan.dispensings if one.site in near),
    )


def _touches(problem: Problem, one: Consignment, near: frozenset[str], countries: set[str]) -> bool:
    lane = problem.lanes[one.lane]
    if lane.origin in near or lane.destination in near:
        return True
    into = problem.nodes[lane.destination].country
    return into in countries and problem.nodes[lane.origin].country != into
