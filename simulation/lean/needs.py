"""What subjects are due by arm, dose level, visit and weight, as the study's rules say when first asked."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from irt.study.definition import StudyDefinition
from simulation.arrays import Floats, Ints
from simulation.engine.randomizing import NO_WEIGHT, Dispenser

FIRST_ROWS = 64
Kits = tuple[tuple[str, int], ...]


class Needs:
    """Rows of kits, each followed by the same with one kit of each type; `due` tells the row by its four places.

    Weights are told apart to a tenth of a kilogram, and only where a dose goes by weight.
    """

    def __init__(
        self,
        definition: StudyDefinition,
        types: Mapping[str, int],
        levels: Sequence[str | None],
        codes: Sequence[str],
    ) -> None:
        self._dispenser, self._types = Dispenser(definition), types
        self._arms = [arm.code for arm in definition.arms]
        self._by_weight = any(rule.by_weight is not None for rule in definition.dispensing)
        self._weights: dict[Decimal, int] = {}
        self._examples: list[float] = []
        self._rows: dict[Kits, int] = {}
        self.levels = {code: place for place, code in enumerate(levels)}
        self.codes = {code: place for place, code in enumerate(codes)}
        self.rows: Ints = np.zeros((FIRST_ROWS, 1 + 2 * len(types)), np.int64)
        self.due: Ints = np.full((len(self._arms), len(levels), len(codes), 1), -1, np.int64)

    def weights_of(self, weights_kg: Floats) -> Ints:
        """The place of each weight in `due`."""
        if not self._by_weight:
            if not self._examples and len(weights_kg):
                self._examples.append(float(weights_kg[0]))
            return np.zeros(len(weights_kg), np.int64)
        found = np.array([self._weight(float(weight)) for weight in weights_kg], np.int64)
        more = len(self._examples) - self.due.shape[3]
        if more > 0:
            self.due = np.concatenate([self.due, np.full((*self.due.shape[:3], more), -1)], axis=3)
        return found

    def _weight(self, weight_kg: float) -> int:
        exact = Decimal(str(weight_kg)).quantize(NO_WEIGHT)
        if exact not in self._weights:
            self._weights[exact] = len(self._examples)
            self._examples.append(weight_kg)
        return self._weights[exact]

    def ask(self, arm: int, level: int, code: int, weight: int) -> int:
        """Asks the study's rules what is due there; the row that tells it."""
        levels, codes = [*self.levels], [*self.codes]
        kits = self._dispenser.kits(self._arms[arm], levels[level], codes[code], self._examples[weight])
        row = self.add(kits)
        self.due[arm, level, code, weight] = row
        return row

    def add(self, kits: Kits) -> int:
        """The row of these kits."""
        if kits not in self._rows:
            row = 2 * len(self._rows)
            if row + 2 > len(self.rows):
                self.rows = np.concatenate([self.rows, np.zeros_like(self.rows)])
            self._rows[kits] = row
            for place, (kit_type, number) in enumerate(kits):
                self.rows[row : row + 2, 1 + 2 * place] = self._types[kit_type]
                self.rows[row, 2 + 2 * place], self.rows[row + 1, 2 + 2 * place] = number, 1
            self.rows[row : row + 2, 0] = len(kits)
        return self._rows[kits]
