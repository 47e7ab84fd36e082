"""Why a consignment, and why not otherwise: traced kits, other ways priced by the checker, what forbids them."""

from dataclasses import replace

import pytest

from optimization.check.check_plan import check_plan
from optimization.check.verdict import Code
from optimization.plan import Consignment, Plan, ordered_plan
from optimization.problem import Demand
from optimization.story.alternatives import merged, on_day, with_one_more, without
from optimization.story.binding import binding_rules, reasons_of
from optimization.story.charges import charges
from optimization.story.cost_table import cost_split
from optimization.story.packing import cheapest_shippers
from optimization.story.repricing import reprice
from optimization.story.tracing import trace
from optimization.story.why import OtherWay, why, why_not
from tests.optimization.story.small import small_plan, small_problem

TO_DEPOT, HOME, ABROAD = range(3)


def test_the_plan_by_hand_is_sound_and_costs_what_the_checker_says() -> None:
    """Two ways to the same cents: the list of charges and the checker."""
    verdict = check_plan(small_problem(), small_plan())
    assert verdict.accepted
    assert cost_split(charges(small_problem(), small_plan())) == verdict.cost


def test_kits_are_traced_from_consignment_to_use() -> None:
    """The way to the depot feeds both ways on; those feed the uses."""
    fed = trace(small_problem(), small_plan())
    assert [(each.consignment, each.lot, each.kits) for each in fed[TO_DEPOT]] == [
        (HOME, "K-old", 3),
        (ABROAD, "K-new", 1),
        (ABROAD, "K-old", 2),
    ]
    assert [each.dispensing for each in fed[HOME]] == [small_plan().dispensings[0], small_plan().dispensings[2]]


def test_dropping_a_consignment_drops_all_it_feeds() -> None:
    """Without the way to the depot nothing is sent or used; without the way home one site goes without."""
    problem, plan = small_problem(), small_plan()
    assert without(problem, plan, TO_DEPOT) == Plan((), ())
    less = without(problem, plan, HOME)
    assert {use.site for use in less.dispensings} == {"S2"}
    assert check_plan(problem, less).accepted


def test_kits_that_nobody_takes_are_lost_first() -> None:
    """One old kit goes abroad for nobody: losing the second way to the depot loses that one, and no use."""
    problem, plan = small_problem(), small_plan()
    first, home, abroad = plan.consignments
    ways = [
        replace(first, lines=(("K-new", 2), ("K-old", 5))),
        replace(first, dispatch_day=1, lines=(("K-old", 1),), shippers={"small": 1}),
    ]
    generous = ordered_plan(
        [*ways, home, replace(abroad, lines=(("K-new", 1), ("K-old", 3)), shippers={"large": 1})], plan.dispensings
    )
    assert why(problem, generous, 3).spare_kits == 1
    less = without(problem, generous, 1)
    assert less.dispensings == plan.dispensings
    assert less.consignments == (ways[0], home, replace(abroad, shippers={"small": 1}))


def test_why_tells_the_latest_day_and_what_each_other_way_costs() -> None:
    """Needed on day 8, a day's transit, closed at weekends: it could not leave later; earlier costs holding."""
    told = why(small_problem(), small_plan(), HOME)
    assert told.first_need == 8
    assert told.latest_day == 7
    ways = {(each.way, each.day): each.repriced for each in told.alternatives}
    assert ways[OtherWay.DROP, 7].cents == 3 * 100_000 - 400 - 50 - 30 + 3 * 5_000 + 3 * 14 - 42
    assert ways[OtherWay.DROP, 7].allowed
    assert ways[OtherWay.MOVE, 8].codes == (Code.STOCK,)
    assert ways[OtherWay.MOVE, 6].codes == (Code.CALENDAR,)
    assert ways[OtherWay.MOVE, 3].cents == 3 * 4 * (3 - 1)
    assert told.next_best is not None
    assert (told.next_best.way, told.next_best.day, told.saved) == (OtherWay.MOVE, 3, 24)


def test_a_consignment_that_could_wait_says_until_when() -> None:
    """What leaves on day 0 for a need on day 7 could leave up to Thursday and arrive before the weekend."""
    told = why(small_problem(), small_plan(), TO_DEPOT)
    assert (told.consignment.dispatch_day, told.first_need, told.latest_day) == (0, 7, 3)


def test_neighbours_can_be_merged() -> None:
    """Two ways home of one and two kits together need one box and one journey, and hold kits for longer."""
    problem, plan = small_problem(), small_plan()
    first, home, abroad = plan.consignments
    split = ordered_plan(
        [
            first,
            abroad,
            replace(home, lines=(("K-old", 1),)),
            replace(home, dispatch_day=14, lines=(("K-old", 2),)),
        ],
        plan.dispensings,
    )
    assert merged(problem, split, 3, 1) == plan
    told = {(each.way, each.day): each.repriced for each in why(problem, split, 3).alternatives}
    assert told[OtherWay.MERGE, 7].cents == -400 - 50 + 2 * 7 * (3 - 1)
    assert told[OtherWay.MERGE, 7].allowed


def test_why_not_one_more() -> None:
    """One more kit home costs journey, box, kit and the kit left over; a fifth on that day is not at the depot."""
    problem, plan = small_problem(), small_plan()
    asked = Consignment("D1-S1", "cold", 14, {}, ())
    told = why_not(problem, plan, asked, {"K": 1})
    assert told.repriced.allowed
    assert told.repriced.cents == 400 + 50 + 10 - 7 + 3 * 6
    assert why_not(problem, plan, asked, {"K": 5}).repriced.codes == (Code.STOCK,)
    sunday = replace(asked, dispatch_day=13)
    assert why_not(problem, plan, sunday, {"K": 1}).repriced.codes == (Code.CALENDAR,)


def test_one_more_serves_what_was_missing() -> None:
    """A kit wanted on day 24 that no plan had served is served by the one that is sent."""
    problem = small_problem()
    wanting = replace(problem, demand=(*problem.demand, Demand("S1", "K", 24, 1, 0)))
    after = with_one_more(wanting, small_plan(), Consignment("D1-S1", "cold", 21, {}, ()), {"K": 1})
    assert reprice(wanting, small_plan(), after).cents < -90_000
    assert check_plan(wanting, after).unmet_kits == 0


def test_repricing_around_a_change_is_repricing_the_whole() -> None:
    """Only the places a change touches are looked at; the difference is that of the whole plans."""
    problem, plan = small_problem(), small_plan()
    for after in (without(problem, plan, ABROAD), on_day(plan, HOME, 4), on_day(plan, TO_DEPOT, 2)):
        whole = check_plan(problem, after).cost.total - check_plan(problem, plan).cost.total
        assert reprice(problem, plan, after).cents == whole


def test_rules_that_bind_are_priced() -> None:
    """The depot holds kits from day 1 on; leaving later would save holding where nothing forbade it."""
    rules = binding_rules(reasons_of(small_problem(), small_plan(), 3))
    assert {rule.code for rule in rules} <= {Code.CALENDAR, Code.STOCK, Code.LICENCE}
    assert rules == tuple(sorted(rules, key=lambda rule: (-rule.cents, rule.code)))


@pytest.mark.parametrize(
    ("lane", "volume", "boxes"),
    [
        ("D1-S1", 6, {"small": 1}),
        ("D1-S1", 12, {"small": 2}),
        ("D1-S1", 13, {"large": 1}),
        ("D1-S1", 26, {"small": 1, "large": 1}),
        ("D1-S1", 0, {}),
    ],
)
def test_boxes_are_the_cheapest_that_hold_it(lane: str, volume: int, boxes: dict[str, int]) -> None:
    """Two small ones cost less than a large one, three more."""
    assert cheapest_shippers(small_problem(), lane, "cold", volume) == boxes


def test_no_box_holds_for_longer_than_it_is_qualified() -> None:
    """Six days are more than any box holds."""
    problem = small_problem()
    lanes = {**problem.lanes, "D1-S1": replace(problem.lanes["D1-S1"], transit_days=6)}
    assert cheapest_shippers(replace(problem, lanes=lanes), "D1-S1", "cold", 1) is None
