"""Homes in a live study's problem: parcels on the day of the visit, and what their depot keeps for more of them."""

from dataclasses import replace
from fractions import Fraction

from irt.study.course import KitsOf, Treated
from irt.study.planning import Planning
from irt.supply.planner import DepotView, EnrolledSoFar, NetworkView, SiteView
from optimization.check.check_plan import check_plan
from optimization.door import optimize
from optimization.live.homes import kept_for
from optimization.live.leaving import legs
from optimization.live.network import LiveProblem, live_problem
from optimization.planner import Optimizer
from optimization.problem_file import read_problem, write_problem
from tests.optimization.live.world import (
    WEDNESDAY,
    WEEKDAYS,
    a_network,
    a_pile,
    a_site,
    a_visit,
    courses,
    exactly,
    told,
)
from tests.optimization.proofs import BEST, exact_of

AT_HOME = "homes GB"


def homes(*visits: tuple[int, int], **changes: object) -> SiteView:
    """Homes of the site's subjects, each with one visit of so many active pens after so many days."""
    treated = tuple(Treated(1, 0, (a_visit(day, {"PEN-A": kits})._replace(home=True),)) for day, kits in visits)
    one = a_site("homes 1001", treated=treated, expected_need={}, kits_of=KitsOf.AT_HOME, **changes)
    return one._replace(number=AT_HOME, treated=(), in_screening=0, enrolled=None, serves=(one,), calendar=WEEKDAYS)


def live(network: NetworkView, regional: NetworkView | None = None, **changes: object) -> LiveProblem:
    """The problem of a Wednesday."""
    return live_problem("Wednesday", network, regional, WEDNESDAY, told(**changes))


def with_homes(*visits: tuple[int, int], kits: int = 50, **changes: object) -> NetworkView:
    """A site that is asked for nothing, homes that are, and so many of each pen at the depot."""
    stock = tuple(("EN", a_pile(pen, kits=kits)) for pen in ("PEN-A", "PEN-P"))
    return a_network(a_site(treated=()), stock=stock, homes=(homes(*visits, **changes),))


def test_a_parcel_leaves_on_the_day_of_its_visit_alone() -> None:
    """No other pen is beside it, no box is paid beside its price, and none goes earlier to save one."""
    found = live(with_homes((5, 3), (6, 1)))
    exact = exact_of(found.problem)
    sent = [(one.dispatch_day, one.lines) for one in exact.plan.consignments]
    assert [(day, sum(kits for _, kits in lines)) for day, lines in sent] == [(7, 3), (8, 1)]
    planning = Planning()
    parcel = planning.consignment_cents + planning.shipper_cents
    # Two parcels of two pens in the mean.
    assert exact.verdict.cost.total == 4 * (planning.travel_cents + parcel // 2)
    assert check_plan(found.problem, exact.plan).violations == ()
    assert read_problem(write_problem(found.problem)) == found.problem


def test_a_problem_names_nobody() -> None:
    """A country's homes and what is kept for them: no site's, no subject's."""
    found = live(with_homes((5, 3), (5, 2))).problem
    at_home = {node.id: node for node in found.nodes.values() if node.kind.only_ready}
    assert sorted(at_home) == [AT_HOME, kept_for(AT_HOME)]
    assert [(row.site, row.day, row.kits) for row in found.demand] == [(AT_HOME, 7, 5)]
    assert "1001" not in "".join(lane.id for lane in found.lanes.values() if lane.destination in at_home)


def test_the_night_proposes_nothing_for_homes() -> None:
    """What leaves today for them is in the plan, and raised by dispensing alone."""
    network = a_network(a_site(), homes=(homes((0, 2)),))
    found = live(network)
    assert next(leg.only_ready for leg in legs(found, exact_of(found.problem).plan))
    assert [one.site for one in Optimizer(exactly).plan(network, WEDNESDAY, told(review_days=7))] == ["1001"]


def test_a_depot_that_is_supplied_keeps_some_for_more_homes_than_expected() -> None:
    """Two come a week in the mean; until its next delivery the depot keeps more, and nothing where none comes."""
    new = courses({"PEN-A": 1})
    (arm,) = new.arms
    told_home = replace(new, arms=(arm._replace(visits=tuple(v._replace(home=True) for v in arm.visits)),))
    settings = {"courses": told_home, "planning": {"subjects_per_month": Fraction(8), "service": Fraction(99, 100)}}
    network = a_network(
        a_site(treated=(), kits_of=KitsOf.AT_SITE, enrolled=EnrolledSoFar(80, 300)),
        homes=(homes(enrolled=EnrolledSoFar(80, 300), depot="GBR"),),
    )
    depots = {code: DepotView(code, stock) for code, stock in (("NLD", network.depots["NLD"].stock), ("GBR", ()))}
    network = replace(network, depots=depots)
    between = NetworkView(depots, (a_site("GBR", treated=(), lead_time_days=5, labels=frozenset({"EN"})),))
    problem = live(network, between, **settings).problem
    kept = [(row.day, row.kits) for row in problem.demand if row.site == kept_for(AT_HOME)]
    ((day, kits),) = kept
    assert day == 2 + 5, "with the first delivery to the depot"
    assert 2 <= kits <= 8
    alone = live(replace(network, homes=(network.homes[0]._replace(depot="NLD"),)), **settings).problem
    assert not [row for row in alone.demand if row.site == kept_for(AT_HOME)]


def test_the_optimizer_plans_homes_with_sites_and_proves_it() -> None:
    """Checker-clean, and as cheap as the exact model says; what goes to homes is told apart."""
    stock = tuple(("EN", a_pile(pen, kits=20)) for pen in ("PEN-A", "PEN-P"))
    found = live(a_network(stock=stock, homes=(homes((1, 2), (9, 4), (11, 1)),)))
    result = optimize(found.problem, BEST)
    exact = exact_of(found.problem)
    assert check_plan(found.problem, result.plan).violations == ()
    assert result.bound <= exact.verdict.cost.total <= result.cost.total
    assert result.cost.total <= 1.01 * exact.verdict.cost.total
    apart = {leg.dispatch.place: leg.only_ready for leg in legs(found, result.plan)}
    assert apart == {AT_HOME: True, "1001": False}
