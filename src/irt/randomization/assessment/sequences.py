"""Many sequences of one design, drawn at once: the arms, and how well each next one could be guessed."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from irt.randomization.assessment.layers import Floats

Arms = NDArray[np.int8]
Tell = Callable[[int, int], None]
"""Called with trials done and trials asked."""


def quiet(done: int, asked: int) -> None:
    """For who does not watch."""


@dataclass(frozen=True, slots=True)
class Sequences:
    """Trials of one design.

    `arms`: one row a subject, one column a trial. `right`, `certain`: one value a trial, the expected number of
    correct best guesses and the number of allocations that one who knows the design was sure of.
    """

    ratio: tuple[int, ...]
    arms: Arms
    right: Floats
    certain: Floats

    @property
    def subjects(self) -> int:
        """Subjects a trial."""
        return int(self.arms.shape[0])

    @property
    def trials(self) -> int:
        """How many trials."""
        return int(self.arms.shape[1])


def joined(parts: list[Sequences]) -> Sequences:
    """The trials of all parts, side by side."""
    return Sequences(
        parts[0].ratio,
        np.concatenate([part.arms for part in parts], axis=1),
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.certain for part in parts]),
    )


def batches(trials: int, seed: int, batch: int) -> list[tuple[int, np.random.Generator]]:
    """Trials cut into batches, each with a Philox stream of its own: the same seed, the same trials."""
    sizes = [min(batch, trials - begun) for begun in range(0, trials, batch)]
    streams = [np.random.Philox(child) for child in np.random.SeedSequence(seed).spawn(len(sizes))]
    return [(size, np.random.Generator(stream)) for size, stream in zip(sizes, streams, strict=True)]
