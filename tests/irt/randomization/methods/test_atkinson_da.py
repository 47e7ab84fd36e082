"""Atkinson's coin: its closed forms, a plain writing in fractions, and its start."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.randomization.methods.atkinson_da import AtkinsonDA
from irt.randomization.methods.factor_grid import FactorGrid
from irt.randomization.methods.method import Levels, Step, remember
from irt.randomization.scheme import UnusablePlan
from tests.irt.randomization.methods.adaptive import grid, random_history, steps

Matrix = list[list[Fraction]]
HALF = (Fraction(1, 2), Fraction(1, 2))


def columns(of: FactorGrid, levels: Levels) -> list[Fraction]:
    """The intercept and the treatment contrasts."""
    made = [Fraction(1)]
    for factor, level in zip(of.factors, levels, strict=True):
        made += [Fraction(level == other) for other in factor.levels[1:]]
    return made


def product(left: Matrix, right: Matrix) -> Matrix:
    """The product of two matrices."""
    turned = list(zip(*right, strict=True))
    return [
        [sum((a * b for a, b in zip(row, column, strict=True)), Fraction(0)) for column in turned] for row in left
    ]


def inverse(matrix: Matrix) -> Matrix | None:
    """By elimination in fractions; None where there is none."""
    size = len(matrix)
    rows = [[*row, *(Fraction(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for step in range(size):
        pivot = next((i for i in range(step, size) if rows[i][step]), None)
        if pivot is None:
            return None
        rows[step], rows[pivot] = rows[pivot], rows[step]
        rows[step] = [value / rows[step][step] for value in rows[step]]
        for i in range(size):
            if i != step:
                rows[i] = [a - rows[i][step] * b for a, b in zip(rows[i], rows[step], strict=True)]
    return [row[size:] for row in rows]


def smiths_form(of: FactorGrid, history: Sequence[Step], levels: Levels) -> Fraction | None:
    """The first arm's chance, (1 - b)^2 over the sum with (1 + b)^2; None while F'F is singular."""
    if not history:
        return None
    rows = [columns(of, step.levels) for step in history]
    turned = [list(column) for column in zip(*rows, strict=True)]
    inverted = inverse(product(turned, rows))
    if inverted is None:
        return None
    signs = [[Fraction(1 - 2 * step.arm)] for step in history]
    b = product([columns(of, levels)], product(inverted, product(turned, signs)))[0][0]
    return (1 - b) ** 2 / ((1 - b) ** 2 + (1 + b) ** 2)


@given(st.integers(0, 25), st.integers(0, 9999))
@settings(deadline=None, max_examples=150)
def test_two_arms_are_smiths_form_or_a_fair_coin(subjects: int, seed: int) -> None:
    """A fair coin exactly while a column is missing or treatment is confounded; the early start where asked."""
    of = grid(2, 3)
    history, levels = random_history(of, 2, subjects, seed)
    plain = smiths_form(of, history, levels)
    early = AtkinsonDA(of, start_up="covariates")
    assert early.law(remember(early, history), levels)[0] == (Fraction(1, 2) if plain is None else plain)
    made = AtkinsonDA(of)
    rows = [[Fraction(1 - 2 * step.arm), *columns(of, step.levels)] for step in history]
    model = [list(column) for column in zip(*rows, strict=True)]
    estimable = bool(rows) and inverse(product(model, rows)) is not None
    law = made.law(remember(made, history), levels)
    assert law[0] == (plain if estimable else Fraction(1, 2))
    assert sum(law) == 1


@pytest.mark.parametrize("counts", [(1, 1), (3, 2), (7, 4), (1, 9)])
def test_without_covariates_chances_are_as_the_squares_of_the_other_arm(counts: tuple[int, int]) -> None:
    """One factor of one level: nB^2 / (nA^2 + nB^2)."""
    made = AtkinsonDA(grid(1))
    memory = remember(made, [Step(arm, ("a",)) for arm, count in enumerate(counts) for _ in range(count)])
    a, b = counts
    assert made.law(memory, ("a",)) == (Fraction(b * b, a * a + b * b), Fraction(a * a, a * a + b * b))


def test_three_arms_without_covariates() -> None:
    """d(j) is 1/nj - 1/n: for 1, 2 and 3 subjects 5/6, 2/6 and 1/6."""
    made = AtkinsonDA(grid(1), (1, 1, 1))
    memory = remember(made, steps((0, 1, 1, 2, 2, 2), "aaaaaa"))
    assert made.law(memory, ("a",)) == (Fraction(5, 8), Fraction(2, 8), Fraction(1, 8))


@given(st.integers(5, 25), st.integers(0, 9999), st.permutations(range(3)))
@settings(deadline=None, max_examples=50)
def test_renaming_the_arms_renames_their_chances(subjects: int, seed: int, order: list[int]) -> None:
    """No arm is special, the first neither."""
    made = AtkinsonDA(grid(2, 2), (1, 1, 1))
    history, levels = random_history(made.grid, 3, subjects, seed)
    law = made.law(remember(made, history), levels)
    renamed = [step._replace(arm=order[step.arm]) for step in history]
    again = made.law(remember(made, renamed), levels)
    assert [again[order[arm]] for arm in range(3)] == list(law)


def test_levels_carry_no_order() -> None:
    """Naming the levels in another order changes nothing: the third level is not twice the second."""
    history, levels = random_history(grid(3), 2, 12, 3)
    turn = {"a": "c", "b": "a", "c": "b"}
    turned = [step._replace(levels=(turn[step.levels[0]],)) for step in history]
    made = AtkinsonDA(grid(3))
    assert made.law(remember(made, history), levels) == made.law(remember(made, turned), (turn[levels[0]],))


def test_it_starts_with_a_fair_coin_until_treatment_can_be_told_from_the_factors() -> None:
    """Confounded: all of `a` in the first arm, all of `b` in the second. The early start is then deterministic."""
    made, early = AtkinsonDA(grid(2)), AtkinsonDA(grid(2), start_up="covariates")
    memory = remember(made, steps((0, 1, 0), ("a", "b", "a")))
    assert made.law(made.start(), ("a",)) == HALF
    assert made.law(memory, ("a",)) == HALF
    assert early.law(memory, ("a",)) == (0, 1)
    both = made.after(memory, Step(1, ("a",)))
    assert made.law(both, ("a",))[1] > Fraction(1, 2)


@pytest.mark.parametrize(("ratio", "start_up"), [((2, 1), "model"), ((1, 1, 1), "covariates")])
def test_it_refuses_what_it_is_not_defined_for(ratio: tuple[int, ...], start_up: str) -> None:
    """Unequal shares; the early start with three arms."""
    with pytest.raises(UnusablePlan):
        AtkinsonDA(grid(2), ratio, start_up)  # type: ignore[arg-type]  # a plain text from the table above
