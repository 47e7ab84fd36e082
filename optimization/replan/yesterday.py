"""What a plan made earlier says for today, and what it costs to change it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from optimization.plan import Consignment, Dispensing, Plan
from optimization.problem import Problem

Place = tuple[str, str]
"""A site and a temperature class."""


@dataclass(frozen=True, slots=True)
class Nervousness:
    """What changing a plan costs those who carry it out, beside what the plan itself costs.

    `changed_cents`: for each consignment of the earlier plan that would leave within `near_days` and is moved,
    filled otherwise or cancelled. What leaves within `frozen_days` stays as it is wherever it still can. Days count
    from the first on which anything can leave.
    """

    changed_cents: int = 0
    near_days: int = 14
    frozen_days: int = 0


CALM = Nervousness()
"""Changes cost nothing."""


@dataclass(frozen=True, slots=True)
class Yesterday:
    """An earlier plan; its day `days_passed` is day 0 now. `problem`: what it was made for, where that is known."""

    plan: Plan
    days_passed: int = 0
    problem: Problem | None = None

    def consignments(self) -> Iterator[Consignment]:
        """Those that had not left by day 0, in today's days."""
        if not self.days_passed:
            yield from self.plan.consignments
            return
        for one in self.plan.consignments:
            if one.dispatch_day >= self.days_passed:
                yield replace(one, dispatch_day=one.dispatch_day - self.days_passed)

    def dispensings(self) -> Iterator[Dispensing]:
        """The use of kits from day 0 on, in today's days."""
        if not self.days_passed:
            yield from self.plan.dispensings
            return
        for one in self.plan.dispensings:
            if one.day >= self.days_passed:
                yield replace(one, day=one.day - self.days_passed)

    def missed(self, among: frozenset[Place]) -> frozenset[Place]:
        """Which of these places already lacked something; all of them where that is not known."""
        if self.problem is None:
            return among
        sites, temps = {site for site, _ in among}, {kit.id: kit.temp for kit in self.problem.kit_types.values()}
        left: Counter[tuple[str, str, int]] = Counter()
        for row in self.problem.demand:
            if row.site in sites:
                left[row.site, row.kit, row.day] += row.kits
        for use in self.plan.dispensings:
            if use.site in sites:
                left[use.site, use.kit, use.day] -= use.kits
        return among & {(site, temps[kit]) for (site, kit, _), kits in left.items() if kits > 0}

    def more_stock(self, problem: Problem, first: int) -> bool:
        """Whether there is more of a kit type today than was to be expected; taken to be so if that is not known.

        `first`: the day in today's days on which nothing is used up yet.
        """
        if self.problem is None:
            return True
        grown: Counter[str] = Counter()
        for row in problem.supply:
            grown[problem.lots[row.lot].kit] += row.kits
        for row in self.problem.supply:
            grown[self.problem.lots[row.lot].kit] -= row.kits
        for use in self.plan.dispensings:
            if use.day < first + self.days_passed:
                grown[use.kit] += use.kits
        return any(kits > 0 for kits in grown.values())


def first_day(problem: Problem) -> int:
    """The first day on which something can leave; the horizon where nothing can."""
    origins = [problem.nodes[name] for name in sorted({lane.origin for lane in problem.lanes.values()})]
    for day in range(problem.horizon_days):
        if any(day not in origin.closed_days for origin in origins):
            return day
    return problem.horizon_days
