"""First to expire, first out: what departs from it says why, and what has no reason is mended or refused."""

from dataclasses import replace

from optimization.check.check_plan import check_plan
from optimization.check.fefo import departures_of, in_fefo_order, reasons_of, without_reason
from optimization.plan import Consignment, Dispensing, Plan, ordered_plan
from optimization.problem import Lane, Node, NodeKind, Problem
from tests.optimization.engine.small import LONG, small

EARLY, LATE = "K-early", "K-late"


def the_problem(expires: int = 30) -> Problem:
    """Two kits of an early lot and four of a late one at a depot; a visit of two on day 10, and one on day 20."""
    problem = small([(EARLY, expires), (LATE, LONG)], [("C0", EARLY, 0, 2), ("C0", LATE, 0, 4)], [(10, 2), (20, 1)])
    direct = Lane("C0-S0", "C0", "S0", 1, frozenset(range(7)), 1_000, 10, frozenset({"2-8C"}))
    return replace(problem, lanes={direct.id: direct})


def a_plan(*sent: tuple[int, str, int, int]) -> Plan:
    """Consignments by dispatch day, lot, kits and the day on which they are used."""
    return ordered_plan(
        (Consignment("C0-S0", "2-8C", day, {"box": 1}, ((lot, kits),)) for day, lot, kits, _ in sent),
        (Dispensing("S0", "K", used, lot, kits) for _, lot, kits, used in sent),
    )


def test_the_early_lot_first_departs_from_nothing() -> None:
    """Afterwards none of it is left."""
    plan = a_plan((8, EARLY, 2, 10), (18, LATE, 1, 20))
    assert departures_of(the_problem(), plan) == ()


def test_a_lot_that_does_not_last_says_so() -> None:
    """It expires on day 15, before the visit of day 20 it might have been sent for on day 13."""
    plan = a_plan((13, LATE, 1, 20))
    assert reasons_of(the_problem(15), plan) == {(0, LATE): "lot K-early does not last until its use"}


def test_a_lot_that_is_kept_for_later_says_for_whom() -> None:
    """The early lot goes to the later visit, while it lasts."""
    problem, plan = the_problem(), a_plan((8, LATE, 2, 10), (18, EARLY, 1, 20))
    assert reasons_of(problem, plan) == {(0, LATE): "lot K-early is kept for S0, which is sent it on 2026-01-23"}
    assert without_reason(problem, plan, reasons_of(problem, plan)) == ()


def test_a_line_without_a_reason_is_refused() -> None:
    """The early lot lies there, lasts long enough, and is never sent."""
    problem, plan = the_problem(), a_plan((8, LATE, 2, 10))
    (told,) = without_reason(problem, plan, {})
    assert told.startswith("FEFO: C0-S0: K-late leaves before K-early")
    assert without_reason(problem, plan, reasons_of(problem, plan)) == (told,)
    assert without_reason(problem, plan, {(0, LATE): "the early lot is held"}) == ()


def test_a_plan_is_mended_where_nothing_speaks_against_it() -> None:
    """The same consignment with the early lot: clean, cheaper by what would have expired, and in order."""
    problem, plan = the_problem(), a_plan((8, LATE, 2, 10), (18, LATE, 1, 20))
    mended = in_fefo_order(problem, plan)
    before, after = check_plan(problem, plan), check_plan(problem, mended)
    assert after.accepted
    assert after.cost.total < before.cost.total
    assert {one.lot for one in mended.dispensings if one.day == 10} == {EARLY}
    assert without_reason(problem, mended, reasons_of(problem, mended)) == ()


def test_a_depot_that_sends_on_keeps_the_lot_it_is_sent() -> None:
    """Another lot would be missing where the depot sends this one on: the trial tells which rule breaks."""
    problem = the_problem()
    depot = Node("R9", NodeKind.REGIONAL, "A", frozenset(), {"2-8C": 50})
    lanes = [
        replace(problem.lanes["C0-S0"], id="C0-R9", destination="R9"),
        replace(problem.lanes["C0-S0"], id="R9-S0", origin="R9"),
    ]
    chain = replace(problem, nodes={**problem.nodes, "R9": depot}, lanes={lane.id: lane for lane in lanes})
    sent = [
        Consignment(lane.id, "2-8C", day, {"box": 1}, ((LATE, 2),)) for day, lane in zip((6, 8), lanes, strict=True)
    ]
    plan = ordered_plan(sent, [Dispensing("S0", "K", 10, LATE, 2)])
    assert check_plan(chain, plan).accepted
    assert reasons_of(chain, plan) == {(0, LATE): "lot K-early cannot go on from there as planned (STOCK)"}
