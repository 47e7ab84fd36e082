"""Plans side by side, what changed between two, and the files they leave as."""

from dataclasses import replace
from datetime import date

from optimization.plan import Plan, ordered_plan
from optimization.story.carbon import CarbonFactors
from optimization.story.comparison import Candidate, compare
from optimization.story.cost_table import costs_by_class
from optimization.story.plan_changes import ChangeKind, plan_changes
from optimization.story.plan_sheet import consignment_sheet, cost_sheet, stock_sheet
from optimization.story.stock_projection import stock_projection
from tests.optimization.story.small import small_plan, small_problem


def test_plans_are_compared_measure_by_measure() -> None:
    """Sending nothing costs six missing and six expired kits; the plan reckoned by hand costs 7,830."""
    problem = small_problem()
    candidates = [Candidate("Nothing", problem, Plan((), ())), Candidate("Plan", problem, small_plan(), 7_000)]
    rows = compare(candidates, CarbonFactors())
    told = {row.measure: row for row in rows}
    assert told["Total cost"].values == (630_000, 7_830)
    assert told["Kits served when wanted"].values == (0.0, 1.0)
    assert told["Kits served when wanted"].against_first(1) == 1.0
    assert told["Total cost"].against_first(1) == (7_830 - 630_000) / 630_000
    assert told["Total cost"].against_first(0) is None
    assert told["Gap to bound"].values == (None, 830 / 7_000)
    assert told["Consignments"].values == (0, 3)
    assert told["Overage at sites"].values == (0.0, 0.0)


def test_changes_are_told_by_consignment() -> None:
    """One leaves a day later, one carries fewer kits, one is gone; costs are those of the journeys."""
    before = small_plan()
    first, home, abroad = before.consignments
    after = ordered_plan((replace(first, lines=(("K-old", 6),)), replace(home, dispatch_day=8)), before.dispensings)
    told = [(change.kind, change.cents) for change in plan_changes(small_problem(), before, after)]
    assert told == [(ChangeKind.OTHER_KITS, -20), (ChangeKind.OTHER_DAY, 0), (ChangeKind.DROPPED, -980)]
    assert plan_changes(small_problem(), before, before) == ()
    back = plan_changes(small_problem(), after, before)
    assert [change.kind for change in back] == [ChangeKind.OTHER_KITS, ChangeKind.OTHER_DAY, ChangeKind.NEW]
    assert back[-1].after == abroad


def test_consignments_leave_line_by_line() -> None:
    """Days are calendar days, boxes are words, each lot has its row."""
    sheet = consignment_sheet(small_problem(), small_plan())
    assert sheet.heads[:3] == ("Leaves", "Arrives", "Lane")
    assert len(sheet.rows) == 5
    assert sheet.rows[2] == (
        *(date(2026, 1, 12), date(2026, 1, 13)),
        *("D1-S1", "D1", "S1", "cold", "1 × small", "K-old", "K", 3),
    )


def test_other_files_of_a_plan() -> None:
    """Costs by class with their total, stock on the days on which it moves."""
    problem, plan = small_problem(), small_plan()
    assert cost_sheet("Class", costs_by_class(problem, plan)).rows == (
        ("cold", 2_300, 220, 140, 170, 5_000, 0, 7_830),
    )
    stock = stock_sheet(problem, [("S1", "Kits", stock_projection(problem, plan, "S1", ["K"]))])
    assert stock.rows == (
        ("S1", "Kits", date(2026, 1, 13), 3, 1, 0, 0, 2),
        ("S1", "Kits", date(2026, 1, 20), 0, 2, 0, 0, 0),
    )
