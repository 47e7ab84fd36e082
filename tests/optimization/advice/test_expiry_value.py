"""What a longer life of a lot is worth: exact on small networks, the screen, and the day by which to decide."""

from functools import cache

import pytest

from optimization.advice.class_part import class_part, part_of_plan
from optimization.advice.expiry_value import Asked, LotValue, each_lot, expiry_values, record_of
from optimization.advice.longer_life import longer, may_gain
from optimization.check.check_plan import check_plan
from optimization.exact.solve import solve_exact
from optimization.result import Goal
from tests.optimization.advice.test_what_if import exactly
from tests.optimization.instances import Shape, network

DAYS = 10
SHAPES = [Shape(weeks=3, lots=3, supply_share=1.1, seed=seed, blind=seed % 2) for seed in (2, 3)]


@cache
def valued(shape: Shape, most: int = 20) -> tuple[LotValue, ...]:
    """Every lot by the exact model."""
    problem = network(shape)
    asked = Asked(each_lot(problem), DAYS, most)
    return expiry_values(problem, asked, exactly, Goal(), lambda _: True)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_savings_are_those_of_the_exact_model(shape: Shape) -> None:
    """Lots that are planned save what the two optima differ by; lots that are not save nothing."""
    problem = network(shape)
    least = solve_exact(problem).verdict.cost.total
    for row in valued(shape):
        with_it = solve_exact(longer(problem, [row.lot], DAYS)).verdict.cost.total
        saved = max(least - with_it, 0)
        assert (row.saving or 0) == saved, row
        if row.saving is not None:
            assert row.at_least == saved == row.at_most


def test_a_lot_nobody_can_use_longer_is_not_planned() -> None:
    """Lots that outlast the plan and every visit cannot gain; nor can a lot that has no kits."""
    problem = network(SHAPES[0])
    lasting = [lot.id for lot in problem.lots.values() if lot.expiry_day > problem.horizon_days + 7]
    assert lasting
    assert not any(may_gain(problem, [lot], DAYS) for lot in lasting)
    rows = {row.lot: row for row in valued(SHAPES[0])}
    assert all(rows[lot].saving is None and rows[lot].touched.cents == 0 for lot in lasting)


def test_the_dearest_lots_are_planned_first() -> None:
    """At most so many; the table has the most valuable on top."""
    problem = network(SHAPES[0])
    rows = valued(SHAPES[0], most=1)
    planned = [row for row in rows if row.saving is not None]
    assert [row.lot for row in planned] == [max(rows, key=lambda row: row.touched.cents).lot]
    told = record_of(rows, Asked(each_lot(problem), DAYS, 1))
    assert (told["days"], told["planned"], len(told["lots"])) == (DAYS, 1, len(problem.lots))


def test_the_day_to_decide_is_before_the_lot_expires() -> None:
    """Nothing is decided after the last day of use; where nothing is saved there is nothing to decide."""
    rows = [row for shape in SHAPES for row in valued(shape)]
    saving = [row for row in rows if row.saving]
    assert saving
    assert all(row.decide_by is not None and 0 <= row.decide_by <= row.last_day for row in saving)
    assert all(row.decide_by is None for row in rows if not row.saving)


def test_classes_add_up() -> None:
    """A plan's cost is the sum of its classes' costs, and each part passes the check by itself."""
    problem = network(Shape(sites=2, weeks=3, classes=2, seed=8))
    plan = solve_exact(problem).plan
    parts = [check_plan(class_part(problem, temp), part_of_plan(problem, plan, temp)) for temp in problem.temps]
    assert all(part.accepted for part in parts)
    assert sum(part.cost.total for part in parts) == check_plan(problem, plan).cost.total
