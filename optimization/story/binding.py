"""Which rules drive a plan's cost: what each would save if it alone gave way, consignment by consignment."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from optimization.check.verdict import Code
from optimization.plan import Plan
from optimization.problem import Problem
from optimization.story.why import Why, why


@dataclass(frozen=True, slots=True)
class BindingRule:
    """A rule that forbids cheaper ways: for how many consignments, what the cheapest would save together, where.

    `lanes`: those of the consignments, the dearest first.
    """

    code: Code
    consignments: int
    cents: int
    lanes: tuple[str, ...] = ()


def binding_rules(reasons: Iterable[Why]) -> tuple[BindingRule, ...]:
    """The rules that alone forbid a way that would cost less, the dearest first."""
    saved: dict[Code, list[int]] = defaultdict(list)
    where: dict[Code, Counter[str]] = defaultdict(Counter)
    for one in reasons:
        for code, cents in _forbidden(one).items():
            saved[code].append(cents)
            where[code][one.consignment.lane] += cents
    rules = [
        BindingRule(code, len(cents), sum(cents), tuple(lane for lane, _ in where[code].most_common()))
        for code, cents in saved.items()
    ]
    return tuple(sorted(rules, key=lambda rule: (-rule.cents, rule.code)))


def reasons_of(problem: Problem, plan: Plan, most: int) -> tuple[Why, ...]:
    """The reasons of the first so many consignments: each takes several checks."""
    return tuple(why(problem, plan, index) for index in range(min(most, len(plan.consignments))))


def _forbidden(one: Why) -> dict[Code, int]:
    """The most each rule costs this consignment where nothing else forbids the way."""
    worth: dict[Code, int] = {}
    for each in one.alternatives:
        if each.price is not None:
            code = each.repriced.codes[0]
            worth[code] = max(worth.get(code, 0), each.price)
    return worth
