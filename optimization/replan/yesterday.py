"""What a plan made earlier says for today, and what it costs to change it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from optimization.plan import Consignment, Dispensing, Plan
from optimization.problem import Problem


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

    def missed(self) -> frozenset[tuple[str, str]] | None:
        """Sites and classes of which it already left something unserved; None where that is not known."""
        if self.problem is None:
            return None
        left: Counter[tuple[str, str, int]] = Counter()
        for row in self.problem.demand:
            left[row.site, row.kit, row.day] += row.kits
        for use in self.plan.dispensings:
            left[use.site, use.kit, use.day] -= use.kits
        temps = {kit.id: kit.temp for kit in self.problem.kit_types.values()}
        return frozenset((site, temps[kit]) for (site, kit, _), kits in left.items() if kits > 0)


def first_day(problem: Problem) -> int:
    """The first day on which something can leave; the horizon where nothing can."""
    origins = [problem.nodes[name] for name in sorted({lane.origin for lane in problem.lanes.values()})]
    for day in range(problem.horizon_days):
        if any(day not in origin.closed_days for origin in origins):
            return day
    return problem.horizon_days
