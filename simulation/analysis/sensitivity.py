"""Which input moves a figure: one at a time against a base (tornado), or many at once (Morris, Sobol).

Designs are points of the unit cube, shape (points, inputs); who runs them maps each column to an input's range or
quantiles. Outputs are one number a point, best a mean over the same replications everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulation.analysis.arrays import Floats, Numbers, column
from simulation.analysis.estimate import Estimate, around
from simulation.analysis.paired import difference_of
from simulation.analysis.refusals import UnusableReplications


@dataclass(frozen=True, slots=True)
class Bar:
    """What an input at its low and its high end does to the figure, as differences from the base."""

    name: str
    low: Estimate
    high: Estimate

    @property
    def span(self) -> float:
        """How long the bar is, from the smallest to the largest of the low end, the base and the high end."""
        return max(self.low.value, self.high.value, 0.0) - min(self.low.value, self.high.value, 0.0)


def tornado(
    base: Numbers, ends: Mapping[str, tuple[Numbers, Numbers]], confidence: float = 0.95
) -> tuple[Bar, ...]:
    """Bars by length, longest first; `ends` has each input's replications at its low and its high end.

    All are shape (n,), the same replications as the base: differences are paired.
    """
    bars = [
        Bar(name, *(difference_of(base, end, confidence).difference for end in both)) for name, both in ends.items()
    ]
    return by_length(bars)


def by_length(bars: Sequence[Bar]) -> tuple[Bar, ...]:
    """Longest first, by name where alike."""
    return tuple(sorted(bars, key=lambda bar: (-bar.span, bar.name)))


def latin_hypercube(points: int, inputs: int, generator: np.random.Generator) -> Floats:
    """Points in the unit cube, each input once in each of `points` equal slices (McKay, Beckman & Conover 1979)."""
    slices = np.array([generator.permutation(points) for _ in range(inputs)]).T
    return np.asarray((slices + generator.random((points, inputs))) / points)


def morris_design(inputs: int, paths: int, levels: int, generator: np.random.Generator) -> Floats:
    """Paths that move each input once, by half its range or more, shape (paths, inputs + 1, inputs) (Morris)."""
    if levels < 2 or levels % 2:
        raise UnusableReplications("Paths of Morris need an even number of levels.")
    step = levels / (2 * (levels - 1))
    grid = np.arange(levels // 2) / (levels - 1)
    points = np.empty((paths, inputs + 1, inputs))
    for path in range(paths):
        low, upward = generator.choice(grid, inputs), generator.random(inputs) < 0.5
        points[path] = np.where(upward, low, low + step)
        for done, moved in enumerate(generator.permutation(inputs), 1):
            points[path, done:, moved] = np.where(upward, low + step, low)[moved]
    return points


@dataclass(frozen=True, slots=True)
class Effects:
    """Of each input, shape (inputs,): mean effect, mean size of effect (Campolongo 2007), and how much it varies.

    A small `size` is an input that may be left out; a large `spread` one that acts together with others or bends.
    """

    mean: Floats
    size: Floats
    spread: Floats


def elementary_effects(design: Floats, outputs: Floats) -> Effects:
    """Effects on outputs, shape (paths, inputs + 1), of a `morris_design`, in units of output per whole range."""
    steps, changes = np.diff(design, axis=1), np.diff(outputs, axis=1)
    moved = np.abs(steps).argmax(axis=2)
    effects = np.empty_like(changes)
    by_step = changes / np.take_along_axis(steps, moved[:, :, None], axis=2)[:, :, 0]
    np.put_along_axis(effects, moved, by_step, axis=1)
    return Effects(effects.mean(axis=0), np.abs(effects).mean(axis=0), effects.std(axis=0, ddof=1))


def sobol_design(first: Floats, second: Floats) -> Floats:
    """Two independent samples and their crossings, shape (inputs + 2, points, inputs) (Saltelli 2010).

    Layer 0 is the first sample, 1 the second, 2 + i the first with input i taken from the second.
    """
    crossed = [np.where(np.arange(first.shape[1]) == place, second, first) for place in range(first.shape[1])]
    return np.array([first, second, *crossed])


@dataclass(frozen=True, slots=True)
class Indices:
    """Of each input: the share of variance it explains alone, and the share it takes part in."""

    first: tuple[Estimate, ...]
    total: tuple[Estimate, ...]


def sobol_indices(outputs: Floats, confidence: float = 0.95) -> Indices:
    """From outputs of a `sobol_design`, shape (inputs + 2, points): first by Saltelli, total by Jansen (1999).

    Intervals linearize the quotients and take points as independent; with Latin hypercubes they are on the safe
    side.
    """
    one, other, crossed = outputs[0], outputs[1], outputs[2:]
    middle = float(np.concatenate([one, other]).mean())
    spread = (np.square(one - middle) + np.square(other - middle)) / 2
    first = [_share((other - middle) * (each - one), spread, confidence) for each in crossed]
    total = [_share(np.square(each - one) / 2, spread, confidence) for each in crossed]
    return Indices(tuple(first), tuple(total))


def _share(part: Floats, whole: Floats, confidence: float) -> Estimate:
    value = float(part.mean() / whole.mean())
    errors = column((part - value * whole) / whole.mean())
    return around(value, float(errors.std(ddof=1)) / len(part) ** 0.5, confidence, len(part), "sobol")
