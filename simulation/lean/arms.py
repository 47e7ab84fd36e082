"""Arms of subjects in order of randomization, drawn by the production procedure when they are first needed."""

from collections.abc import Iterator, Mapping
from datetime import date

from irt.randomization.permuted_block import PermutedBlock
from irt.randomization.procedures import procedure_in
from irt.randomization.stream import Seed
from irt.study.definition import StudyDefinition
from simulation.engine.randomizing import Randomizer
from simulation.inputs.inputs import Inputs

AHEAD = 128
"""So many arms are drawn at once where every subject is on one list."""


class Arms:
    """Draws arms one subject after the other; blocks are drawn whole, once, where blocks decide."""

    def __init__(self, definition: StudyDefinition, inputs: Inputs) -> None:
        self._lists: dict[str, Iterator[str]] = {}
        self._procedure = procedure_in(definition)
        self._seed = Seed(inputs.allocation_key, definition.study.protocol)
        self._randomizer = Randomizer(definition, inputs.allocation_key)

    @property
    def one_list(self) -> bool:
        """Whether the arms follow one list, whoever the subjects are."""
        return isinstance(self._procedure, PermutedBlock) and not self._procedure.strata

    def ahead(self) -> list[str]:
        """The next arms of the one list."""
        arms = self._list("")
        return [next(arms) for _ in range(AHEAD)]

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
        stream, counter = self._seed.stream("permuted_block", stratum), 0
        while True:
            block = self._procedure.draw_block(stream, counter)
            yield from block.arms
            counter = block.next_counter
