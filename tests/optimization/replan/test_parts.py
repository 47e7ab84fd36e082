"""The parts of planning again: what can still leave, what is given back, what nobody takes, lots exchanged."""

from dataclasses import replace

from optimization.engine.carried import Carried
from optimization.plan import Consignment, Dispensing, Plan
from optimization.problem import Problem, Supply
from optimization.replan.changes import changes_of
from optimization.replan.exchanging import Exchanging, one_row_each
from optimization.replan.giving_back import GivingBack, Stays
from optimization.replan.legs import Key, Legs
from optimization.replan.moved_on import moved_on
from optimization.replan.standing import standing
from optimization.replan.yesterday import Nervousness, Yesterday, first_day
from optimization.story.plan_changes import ChangeKind
from tests.optimization.engine.small import LONG, on_its_way, small

TO_DEPOT, TO_SITE = Key(1, "C0-R0", "2-8C"), Key(3, "R0-S0", "2-8C")
TWO_LOTS = (("K1", LONG), ("K2", LONG))


def a_plan(lot: str = "K1", kits: int = 2) -> Plan:
    """So many kits by the depot to the site, used on day 6."""
    sent = (
        Consignment(TO_DEPOT.lane, TO_DEPOT.temp, TO_DEPOT.day, {"box": 1}, ((lot, kits),)),
        Consignment(TO_SITE.lane, TO_SITE.temp, TO_SITE.day, {"box": 1}, ((lot, kits),)),
    )
    return Plan(sent, (Dispensing("S0", "K", 6, lot, kits),))


def a_problem(kits: int = 2, other: int = 0, other_day: int = 0) -> Problem:
    """Kits of one lot from the beginning, of another from a day on."""
    rows = [("C0", "K1", 0, kits), ("C0", "K2", other_day, other)]
    return small(TWO_LOTS, [row for row in rows if row[3]], [(6, 2)])


def legs_of(problem: Problem, plan: Plan) -> Legs:
    """What of the plan still stands."""
    return standing(problem, plan.consignments).legs


def test_what_is_there_leaves() -> None:
    """Both consignments as they were, boxes and all."""
    stands = standing(a_problem(), a_plan().consignments)
    assert tuple(stands.legs.consignments()) == a_plan().consignments
    assert not stands.short


def test_what_is_not_there_any_more_is_missing_at_the_site() -> None:
    """One kit of two was lost at the source: the other one goes, and the site is to be planned anew."""
    stands = standing(a_problem(kits=1), a_plan().consignments)
    assert stands.legs.lots == {TO_DEPOT: {"K1": 1}, TO_SITE: {"K1": 1}}
    assert stands.short == {("S0", "2-8C")}


def test_a_recalled_lot_a_closed_day_and_a_lost_lane_leave_nothing() -> None:
    """Whatever the reason, nothing of it leaves."""
    problem = a_problem()
    depot = replace(problem.nodes["R0"], closed_days=frozenset({3}))
    for changed in (
        replace(problem, lots={"K2": problem.lots["K2"]}, supply=()),
        replace(problem, nodes={**problem.nodes, "R0": depot}),
        replace(problem, lanes={"C0-R0": problem.lanes["C0-R0"]}),
    ):
        assert TO_SITE not in standing(changed, a_plan().consignments).legs.lots


def test_kits_go_back_up_to_their_source() -> None:
    """Out of the parcel to the site and out of the one that brought them to the depot."""
    legs = legs_of(a_problem(), a_plan())
    GivingBack(legs, lambda key: False).free({("S0", "2-8C")})
    assert not legs.lots
    assert legs.left_over({"C0"}) == [Supply("C0", "K1", 0, 2)]


def test_what_stays_keeps_kits_at_the_depot() -> None:
    """The parcel to the depot is not to be touched: its kits are free there, from the day they come."""
    legs = legs_of(a_problem(), a_plan())
    GivingBack(legs, lambda key: key == TO_DEPOT).free({("S0", "2-8C")})
    assert set(legs.lots) == {TO_DEPOT}
    assert legs.left_over({"C0", "R0"}) == [Supply("R0", "K1", 2, 2)]


def test_a_kit_without_a_lot_takes_one_that_another_can_give_up() -> None:
    """It leaves before the second lot comes; the planned kits leave after it does, and one of them changes."""
    problem, plan = a_problem(other=1, other_day=1), a_plan()
    legs, uses = legs_of(problem, plan), list(plan.dispensings)
    early = on_its_way(problem, 6, leaves=0, lasts=1)
    assert Exchanging(legs, uses, lambda key: False).lot_for(early) == "K1"
    assert legs.lots == {TO_DEPOT: {"K1": 1, "K2": 1}, TO_SITE: {"K1": 1, "K2": 1}}
    assert sorted(use.lot for use in one_row_each(uses)) == ["K1", "K2"]


def test_without_a_lot_to_exchange_there_is_none() -> None:
    """Nothing else lies there, or what is planned is not to be touched."""
    never: Stays = lambda key: False  # noqa: E731 - beside its opposite
    always: Stays = lambda key: True  # noqa: E731 - beside its opposite
    for other, stays in ((0, never), (1, always)):
        problem, plan = a_problem(other=other), a_plan()
        early: Carried = on_its_way(problem, 6, leaves=0)
        exchanging = Exchanging(legs_of(problem, plan), list(plan.dispensings), stays)
        assert exchanging.lot_for(early) is None


def test_days_go_by_as_planned() -> None:
    """On day 2 kits lie at the depot, on day 3 still, on day 4 at the site: never more, never fewer."""
    problem, plan = a_problem(kits=5), a_plan()
    for day, node in ((2, "R0"), (3, "R0"), (4, "S0")):
        today = moved_on(problem, plan, day)
        assert set(today.supply) == {Supply("C0", "K1", day, 3), Supply(node, "K1", day, 2)}
        assert first_day(today) == day
    assert sum(row.kits for row in moved_on(problem, plan, 7).supply) == 3
    assert moved_on(problem, plan, 7).demand == ()


def test_an_earlier_plan_is_told_in_todays_days() -> None:
    """What has left and what was used is gone."""
    yesterday = Yesterday(a_plan(), days_passed=2)
    assert [(one.lane, one.dispatch_day) for one in yesterday.consignments()] == [("R0-S0", 1)]
    assert [use.day for use in yesterday.dispensings()] == [4]


def test_only_changes_of_what_was_planned_soon_are_charged() -> None:
    """Cancelled on day 1, moved from day 3; what is new costs nothing more."""
    problem, plan = a_problem(), a_plan()
    later = Consignment(TO_SITE.lane, TO_SITE.temp, 4, {"box": 1}, (("K1", 2),))
    after = Plan((later,), plan.dispensings)
    for near, charge in ((1, 0), (2, 70), (9, 140)):
        told = changes_of(problem, plan.consignments, after, 0, Nervousness(changed_cents=70, near_days=near))
        assert (told.kept, told.charge) == (0, charge)
        assert (told.count(ChangeKind.DROPPED), told.count(ChangeKind.OTHER_DAY)) == (1, 1)
    new = changes_of(problem, (), plan, 0, Nervousness(changed_cents=70))
    assert (new.count(ChangeKind.NEW), new.charge) == (2, 0)
