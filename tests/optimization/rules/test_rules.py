"""Rules beside the optimizer: the checker accepts their plans, categories only help, levels are kept to."""

from dataclasses import replace

import pytest

from irt.supply.planner import Level
from irt.supply.resupply import MinMax
from optimization.check.check_plan import check_plan
from optimization.exact.solve import solve_exact
from optimization.problem import Problem
from optimization.result import Goal, Progress, Status
from optimization.rules.levels import SITES, Category, Setting, min_max_levels, predictive_levels, recruiters
from optimization.rules.planner import RulePlanner
from optimization.rules.play import Rule, played
from optimization.rules.tuning import Method
from optimization.rules.ways import Ways
from tests.optimization.instances import Shape, network
from tests.optimization.story.small import small_problem

TUNED = [method for method in Method if method is not Method.LEVELS]
GOAL = Goal(0.01, 1e9, 1)
FEW = (Setting(7, 28), Setting(14, 28, 1, 2), Setting(21, 42))
SHAPES = (
    Shape(sites=3, weeks=6, blind=1, depots=2, seed=4),
    Shape(sites=4, weeks=6, classes=2, patients=1, direct=True, couriers=True, seed=7),
    Shape(sites=3, weeks=6, licence_share=0.6, supply_share=0.8, depots=2, seed=9),
)


def going_on(_: Progress) -> bool:
    """Never stops anything."""
    return True


@pytest.mark.parametrize("shape", SHAPES)
def test_the_checker_accepts_every_rules_plan(shape: Shape) -> None:
    """Blinding, licences, calendars, stores and lots are kept; a setting for each category costs no more."""
    problem = network(shape)
    cents = {}
    for method in TUNED:
        result = RulePlanner(method, review_days=7, few=FEW)(problem, GOAL, going_on)
        verdict = check_plan(problem, result.plan)
        assert verdict.violations == ()
        assert verdict.cost == result.cost
        assert (result.bound, result.status) == (0, Status.STOPPED)
        cents[method] = result.cost.total
    assert cents[Method.MIN_MAX_BY_CATEGORY] <= cents[Method.MIN_MAX]
    assert cents[Method.PREDICTIVE_BY_CATEGORY] <= cents[Method.PREDICTIVE]


def test_no_rule_undercuts_the_optimum() -> None:
    """On a network that the exact model solves."""
    problem = network(Shape(sites=2, weeks=3, seed=3))
    least = solve_exact(problem).bound
    for method in TUNED:
        assert RulePlanner(method, 1, few=FEW)(problem, GOAL, going_on).cost.total >= least


def test_told_levels_are_kept_to() -> None:
    """Below the minimum an order fills up to the maximum, less what is on its way; nothing is tuned."""
    problem = small_problem()
    rule = Rule(MinMax(), {"S1": {"K": Level(2, 4)}, "D1": {"K": Level(8, 12)}}, 1)
    result = RulePlanner(Method.LEVELS, 1, rule)(problem, GOAL, going_on)
    assert check_plan(problem, result.plan).violations == ()
    assert {problem.lanes[one.lane].destination for one in result.plan.consignments} == {"S1", "D1"}
    assert max(sum(kits for _, kits in one.lines) for one in result.plan.consignments) <= 12
    assert result.plan == played(Ways(problem), rule)


def test_a_full_store_takes_no_more() -> None:
    """A maximum beyond the room of a store is cut to what it holds."""
    problem = small_problem()
    plan = played(Ways(problem), Rule(MinMax(), {"S1": {"K": Level(50, 90)}, "D1": {"K": Level(40, 60)}}, 1))
    assert plan.consignments
    assert check_plan(problem, plan).violations == ()


def test_sites_are_parted_by_thirds_and_look_alikes_have_one_level() -> None:
    """The most used third recruits most; kit types of a blind group have the same minimum and maximum."""
    ways = Ways(network(Shape(sites=6, weeks=6, blind=1, depots=2, seed=4)))
    known = recruiters(ways)
    used = {site.id: sum(row.kits for row in ways.wanted_at.get(site.id, ())) for site in ways.sites}
    by_category = {each: [used[site] for site in used if known.categories[site] is each] for each in SITES}
    assert [len(members) for members in by_category.values()] == [2, 2, 2]
    assert max(by_category[Category.LOW]) <= min(by_category[Category.HIGH])
    levels = min_max_levels(known, dict.fromkeys(Category, Setting(14, 28)))
    group = ways.problem.blind_groups[0]
    assert all(len({levels[site][kit] for kit in group}) == 1 for site in used if used[site])
    windows = predictive_levels(known, dict.fromkeys(Category, Setting(14, 28, 1, 2)))
    assert {level for place in windows.values() for level in place.values()} == {Level(1, 2, 14, 28)}


def test_a_watch_stops_the_search_softly() -> None:
    """At the first step: the settings tried so far have a plan; when the seconds are over likewise."""
    problem = small_problem()
    stopped = RulePlanner(Method.MIN_MAX_BY_CATEGORY, 1)(problem, GOAL, lambda _: False)
    assert stopped.status is Status.CANCELLED
    assert check_plan(problem, stopped.plan).violations == ()
    ticking = iter(range(10_000))
    late = RulePlanner(Method.MIN_MAX, 1, clock=lambda: float(next(ticking)))(
        problem, replace(GOAL, seconds=2.0), going_on
    )
    assert late.status is Status.STOPPED


def test_equal_problems_give_equal_plans() -> None:
    """A rule has nothing to draw."""
    problem: Problem = network(SHAPES[0])
    first, second = (
        RulePlanner(Method.PREDICTIVE, 7, few=FEW)(problem, GOAL, going_on).plan.hash for _ in range(2)
    )
    assert first == second
