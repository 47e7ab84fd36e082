"""Atkinson's D_A-optimal biased coin (1982): the arm that tells most of the treatment contrasts is likeliest.

The model has a mean for each arm and, for each factor, a column for every level but the first (treatment contrasts,
so that levels carry no order). With M its information matrix so far and A the contrasts of the arms, a subject x
gets arm j with a chance in proportion to d(j) = x' M^-1 A (A' M^-1 A)^-1 A' M^-1 x. For two arms this is (1 - b)^2
and (1 + b)^2 over their sum, b = z' (F'F)^-1 F't, the form in which Smith (1984) and most programs write it.

Until M can be inverted (every level seen, treatment not confounded with the factors) all arms are equally likely.
With `start_up: covariates`, for two arms, only F'F must be invertible, so that the second form begins earlier; then
chances of 0 and 1 occur.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from irt.randomization.methods.factor_grid import FactorGrid
from irt.randomization.methods.integer_matrix import Singular, solve
from irt.randomization.methods.method import Law, Levels, Step
from irt.randomization.scheme import UnusablePlan

Information = tuple[tuple[int, ...], ...]
"""Sums of the products of every two columns, arms first, then the dummies of each factor."""


@dataclass(frozen=True, slots=True)
class AtkinsonDA:
    """Any number of arms of equal shares."""

    grid: FactorGrid
    ratio: tuple[int, ...] = (1, 1)
    start_up: Literal["model", "covariates"] = "model"

    def __post_init__(self) -> None:
        if len(set(self.ratio)) > 1:
            raise UnusablePlan("atkinson_da is defined for equal shares. Choose minimization for an unequal ratio.")
        if self.start_up == "covariates" and len(self.ratio) > 2:
            raise UnusablePlan("The start-up by covariates is defined for two arms. Leave start_up out.")

    def start(self) -> Information:
        """No information."""
        size = len(self.ratio) + sum(len(factor.levels) - 1 for factor in self.grid.factors)
        return ((0,) * size,) * size

    def law(self, memory: Information, levels: Levels = ()) -> Law:
        """Exact; equal chances while the matrix is singular."""
        dummies = self._dummies(levels)
        try:
            gains = self._gains(memory, dummies)
        except Singular:
            return (Fraction(1, len(self.ratio)),) * len(self.ratio)
        return tuple(gain / sum(gains) for gain in gains)

    def after(self, memory: Information, step: Step) -> Information:
        """The sums with one more subject."""
        column = [int(arm == step.arm) for arm in range(len(self.ratio))] + self._dummies(step.levels)
        return tuple(
            tuple([total + one for total, one in zip(row, column, strict=True)]) if own else row
            for own, row in zip(column, memory, strict=True)
        )

    def _dummies(self, levels: Levels) -> list[int]:
        """1 at the column of each level that is not its factor's first."""
        columns: list[int] = []
        for factor, place in zip(self.grid.factors, self.grid.places(levels), strict=True):
            columns += [int(level == place) for level in range(1, len(factor.levels))]
        return columns

    def _gains(self, memory: Information, dummies: list[int]) -> list[Fraction]:
        """d(j) of each arm, up to a common factor."""
        try:
            return self._model_gains(memory, dummies)
        except Singular:
            if self.start_up == "model":
                raise
            return _covariate_gains(memory, dummies)

    def _model_gains(self, memory: Information, dummies: list[int]) -> list[Fraction]:
        arms = len(self.ratio)
        right = [[int(row == arm) for arm in range(arms)] + [0] for row in range(arms)]
        right += [[0] * arms + [dummy] for dummy in dummies]
        means = solve(memory, right)[1][:arms]
        contrasts = [[a - b for a, b in zip(row, means[0], strict=True)] for row in means[1:]]
        spread = [[value - row[0] for value in row[1:arms]] for row in contrasts]
        return [_quadratic(spread, [row[arm] + row[arms] for row in contrasts]) for arm in range(arms)]


def _quadratic(matrix: list[list[int]], vector: list[int]) -> Fraction:
    """v' matrix^-1 v."""
    determinant, rows = solve(matrix, [[value] for value in vector])
    return Fraction(sum(value * row[0] for value, row in zip(vector, rows, strict=True)), determinant)


def _covariate_gains(memory: Information, dummies: list[int]) -> list[Fraction]:
    """(1 - b)^2 and (1 + b)^2, for two arms."""
    first, second = memory[0], memory[1]
    sums = [first[0] + second[1], *(a + b for a, b in zip(first[2:], second[2:], strict=True))]
    leaning = [first[0] - second[1], *(a - b for a, b in zip(first[2:], second[2:], strict=True))]
    matrix = [sums, *([total, *row[2:]] for total, row in zip(sums[1:], memory[2:], strict=True))]
    determinant, rows = solve(matrix, [[value] for value in leaning])
    b = Fraction(sum(x * row[0] for x, row in zip([1, *dummies], rows, strict=True)), determinant)
    return [(1 - b) ** 2, (1 + b) ** 2]
