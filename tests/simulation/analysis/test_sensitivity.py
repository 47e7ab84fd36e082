"""Which input matters: functions whose indices are known in closed form."""

import numpy as np
import pytest

from simulation.analysis.refusals import UnusableReplications
from simulation.analysis.sensitivity import (
    elementary_effects,
    latin_hypercube,
    morris_design,
    sobol_design,
    sobol_indices,
    tornado,
)


def _draws(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def _ishigami(unit: np.ndarray) -> np.ndarray:
    """Ishigami & Homma 1990, a = 7, b = 0.1, over the unit cube."""
    x = np.pi * (2 * unit - 1)
    return np.asarray(np.sin(x[..., 0]) + 7 * np.sin(x[..., 1]) ** 2 + 0.1 * x[..., 2] ** 4 * np.sin(x[..., 0]))


def test_every_slice_of_every_input_has_one_point() -> None:
    """A Latin hypercube of 50 points in 7 inputs."""
    points = latin_hypercube(50, 7, _draws(1))
    assert (np.sort(np.floor(points * 50), axis=0) == np.arange(50)[:, None]).all()


def test_indices_of_a_known_function() -> None:
    """Ishigami's indices: 0.314, 0.442, 0 alone; 0.558, 0.442, 0.244 in all."""
    draws = _draws(2)
    design = sobol_design(latin_hypercube(4096, 3, draws), latin_hypercube(4096, 3, draws))
    told = sobol_indices(_ishigami(design), confidence=0.999)
    for estimates, known in ((told.first, (0.3139, 0.4424, 0.0)), (told.total, (0.5576, 0.4424, 0.2437))):
        for estimate, truth in zip(estimates, known, strict=True):
            assert estimate.low < truth < estimate.high
            assert estimate.high - estimate.low < 0.2


def test_a_sum_has_no_interactions() -> None:
    """Of x + 2 y, four fifths of the variance are y's, alone and in all; a third input has no part."""
    design = sobol_design(latin_hypercube(2000, 3, _draws(3)), latin_hypercube(2000, 3, _draws(4)))
    told = sobol_indices(design[..., 0] + 2 * design[..., 1])
    assert [each.value for each in told.total] == pytest.approx([0.2, 0.8, 0.0], abs=0.02)
    assert [each.value for each in told.first] == pytest.approx([0.2, 0.8, 0.0], abs=0.05)


def test_effects_of_a_line_are_its_slopes() -> None:
    """Of 1 + 2 x - 3 y the effects are 2, -3 and nothing, and do not vary; a product's do."""
    design = morris_design(3, 12, 4, _draws(5))
    told = elementary_effects(design, 1 + 2 * design[..., 0] - 3 * design[..., 1])
    assert told.mean == pytest.approx([2, -3, 0], abs=1e-12)
    assert told.size == pytest.approx([2, 3, 0], abs=1e-12)
    assert told.spread == pytest.approx([0, 0, 0], abs=1e-12)
    assert (elementary_effects(design, design[..., 0] * design[..., 1]).spread[:2] > 0.1).all()


def test_paths_stay_in_the_cube_and_move_each_input_once() -> None:
    """Points lie on the levels; odd numbers of levels are refused."""
    design = morris_design(5, 20, 6, _draws(6))
    moved = np.abs(np.diff(design, axis=1)) > 1e-9
    assert (moved.sum(axis=1) == 1).all()
    assert (moved.sum(axis=2) == 1).all()
    assert np.allclose(design * 5, np.round(design * 5))
    assert design.min() >= 0
    assert design.max() <= 1
    with pytest.raises(UnusableReplications):
        morris_design(2, 3, 5, _draws(7))


def test_a_tornado_has_its_longest_bar_first() -> None:
    """Differences are paired with the base, so that what all replications share does not widen a bar."""
    base = _draws(8).normal(100, 30, 200)
    bars = tornado(base, {"lead time": (base - 1, base + 4), "dropout": (base - 9, base), "price": (base, base)})
    assert [bar.name for bar in bars] == ["dropout", "lead time", "price"]
    assert [bar.span for bar in bars] == pytest.approx([9, 5, 0])
    assert bars[1].high.high - bars[1].high.low < 1e-9
