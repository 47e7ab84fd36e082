"""Service that gives way: what a consignment serves is wanted when a later one arrives, and used then."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from optimization.plan import Dispensing, Plan, ordered_plan
from optimization.problem import Demand, Problem
from optimization.story.tracing import Fed

Wanted = Counter[tuple[str, str, int]]


def wanted_later(problem: Problem, plan: Plan, fed: Sequence[Fed], arrives: int) -> tuple[Problem, Plan] | None:
    """The problem and the plan with uses before that day put off until then; None where kits are sent on before."""
    early = [each for each in fed if each.day < arrives]
    if any(each.dispensing is None for each in early) or arrives >= problem.horizon_days:
        return None
    uses: Counter[Dispensing] = Counter()
    wanted: Wanted = Counter()
    for each in early:
        if each.dispensing is not None:
            uses[each.dispensing] += each.kits
            wanted[each.dispensing.site, each.dispensing.kit, each.day] += each.kits
    return replace(problem, demand=_put_off(problem.demand, wanted, arrives)), _used_later(plan, uses, arrives)


def _put_off(demand: Iterable[Demand], wanted: Wanted, arrives: int) -> tuple[Demand, ...]:
    """One row for each site, type and day, the longest window of those that fall together."""
    kits: Counter[tuple[str, str, int]] = Counter()
    windows: dict[tuple[str, str, int], int] = {}
    for row in demand:
        later = min(wanted[row.site, row.kit, row.day], row.kits)
        wanted[row.site, row.kit, row.day] -= later
        for day, count in ((row.day, row.kits - later), (arrives, later)):
            key = (row.site, row.kit, day)
            kits[key] += count
            windows[key] = max(windows.get(key, 0), row.dnd_days) if count else windows.get(key, 0)
    return tuple(
        Demand(*key, count, windows[key]) for key, count in sorted(kits.items(), key=lambda one: one[0][2]) if count
    )


def _used_later(plan: Plan, uses: Counter[Dispensing], arrives: int) -> Plan:
    kits: Counter[tuple[str, str, int, str]] = Counter()
    for use in plan.dispensings:
        kits[use.site, use.kit, use.day, use.lot] += use.kits - uses[use]
        kits[use.site, use.kit, arrives, use.lot] += uses[use]
    later = (Dispensing(*key, count) for key, count in kits.items() if count)
    return ordered_plan(plan.consignments, later)
