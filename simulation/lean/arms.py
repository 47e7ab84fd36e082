"""Arms of subjects in order of randomization, drawn by the production procedure when they are first needed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from irt.randomization.permuted_block import PermutedBlock
from irt.randomization.procedures import procedure_in
from irt.randomization.stream import WORDS, Seed
from irt.study.definition import StudyDefinition
from simulation.arrays import Ints
from simulation.engine.randomizing import Randomizer
from simulation.inputs.inputs import Inputs
from simulation.lean.hmac_words import words_of

AHEAD = 128
"""So many further arms are drawn at once where every subject is on one list."""


class Arms:
    """Draws arms one subject after the other; blocks are drawn whole, once, where blocks decide."""

    def __init__(self, definition: StudyDefinition, inputs: Inputs) -> None:
        self._lists: dict[str, Iterator[str]] = {}
        self._procedure = procedure_in(definition)
        self._seed = Seed(inputs.allocation_key, definition.study.protocol)
        self._drawn = 0
        self._randomizer = Randomizer(definition, inputs.allocation_key)

    @property
    def one_list(self) -> bool:
        """Whether the arms follow one list, whoever the subjects are."""
        return isinstance(self._procedure, PermutedBlock) and not self._procedure.strata

    def ahead(self, codes: Sequence[str], least: int) -> Ints:
        """The next arms of the one list, so many or more, each by its place among the codes."""
        procedure, places = self._procedure, {code: place for place, code in enumerate(codes)}
        if isinstance(procedure, PermutedBlock) and len(procedure.sizes) == 1 and not self._lists:
            repeats = procedure.sizes[0] // sum(procedure.ratio)
            plain = np.repeat([places[arm] for arm in procedure.arms], np.multiply(procedure.ratio, repeats))
            found = self._shuffled(plain, -(-least // len(plain)))
            if found is not None:
                return found
        arms = self._list("")
        return np.array([places[next(arms)] for _ in range(least)], np.int64)

    def _shuffled(self, plain: Ints, blocks: int) -> Ints | None:
        """The next blocks of one size, all at once; None where a word was rejected.

        That is less likely than one in a thousand million million, and the product then draws another word.
        """
        steps = len(plain) - 1
        name = self._seed.stream("permuted_block", "").stream_id
        words = words_of(self._seed.key, name, self._drawn * steps, (self._drawn + blocks) * steps)
        rows, row = np.tile(plain, (blocks, 1)), np.arange(blocks)
        for step, last in enumerate(range(steps, 0, -1)):
            own = words.reshape(blocks, steps)[:, step]
            if WORDS % (last + 1) and (own >= np.uint64(WORDS - WORDS % (last + 1))).any():
                return None
            other = (own % np.uint64(last + 1)).astype(np.int64)
            rows[row, last], rows[row, other] = rows[row, other], rows[row, last]
        self._drawn += blocks
        return rows.ravel()

    def draw(self, number: int, levels: Mapping[str, str], today: date) -> str:
        """The arm of the so-maniest subject, from 1."""
        if isinstance(self._procedure, PermutedBlock):
            return next(self._list(";".join(f"{factor}={levels[factor]}" for factor in self._procedure.strata)))
        return self._randomizer.draw(number, levels, today)

    def _list(self, stratum: str) -> Iterator[str]:
        if stratum not in self._lists:
            self._lists[stratum] = self._blocks(stratum)
        return self._lists[stratum]

    def _blocks(self, stratum: str) -> Iterator[str]:
        """The blocks of a stratum one after the other."""
        if not isinstance(self._procedure, PermutedBlock):
            return
        drawn = 0 if stratum else self._drawn * (self._procedure.sizes[0] - 1)
        stream, counter = self._seed.stream("permuted_block", stratum), drawn
        while True:
            block = self._procedure.draw_block(stream, counter)
            yield from block.arms
            counter = block.next_counter
