"""Small makers of factors and histories for the tests of adaptive methods."""

from collections.abc import Iterable, Sequence
from random import Random

from irt.randomization.design import Factor
from irt.randomization.methods.factor_grid import FactorGrid
from irt.randomization.methods.method import Levels, Step


def grid(*levels: int) -> FactorGrid:
    """Factors f0, f1 ... with that many levels a, b, c ..."""
    return FactorGrid(tuple(Factor(f"f{i}", tuple("abcdefgh"[:count])) for i, count in enumerate(levels)))


def steps(arms: Iterable[int], subjects: Sequence[str]) -> list[Step]:
    """A history: the arms, and each subject's levels written together, as `ab`."""
    return [Step(arm, tuple(levels)) for arm, levels in zip(arms, subjects, strict=True)]


def random_history(of: FactorGrid, arms: int, subjects: int, seed: int) -> tuple[list[Step], Levels]:
    """Subjects with any levels in any arms, and the levels of the next."""
    random = Random(seed)
    made = [tuple(random.choice(factor.levels) for factor in of.factors) for _ in range(subjects + 1)]
    return [Step(random.randrange(arms), levels) for levels in made[:-1]], made[-1]


def known(arm: int, responses: str) -> list[Step]:
    """Subjects in one arm with these responses: `1`, `0`, or `-` where not known."""
    return [Step(arm, (), None if each == "-" else int(each)) for each in responses]
