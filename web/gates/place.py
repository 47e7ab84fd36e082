"""Where a gate's replications are kept while it runs: in the database, so that any worker goes on from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pyarrow as pa

from irt.services.gate_runs import GateRunOpen, keep_part, part_indexes, parts_kept
from irt.services.store import Store
from simulation.run.ask import Ask
from simulation.run.table import INDEX, joined, read_table, table_bytes, table_of
from simulation.run.work import Measured


@dataclass(frozen=True, slots=True)
class GatePlace:
    """The parts of one scenario of a gate, for runs with the same engine and software."""

    store: Store
    run: GateRunOpen
    ask: Ask

    @property
    def name(self) -> str:
        """As it is told where something is wrong."""
        return f"Gate {self.run.gate}, scenario {self.ask.scenario.name}"

    def indexes(self) -> set[int]:
        """Which replications are done."""
        with self.store.reading() as connection:
            parts = part_indexes(connection, self.run, self.ask.scenario.name)
        return {index for first, last in parts for index in range(first, last + 1)}

    def keep(self, replications: Sequence[Measured]) -> None:
        """One more part, of consecutive indexes, committed before this returns."""
        content = table_bytes(table_of(replications), self.ask.about)
        indexes = replications[0].index, replications[-1].index
        with self.store.writing() as connection:
            keep_part(connection, self.run, self.ask.scenario.name, indexes, content)

    def table(self, replications: int) -> pa.Table:
        """So many replications from index 0; those that two workers did alike are there once."""
        with self.store.reading() as connection:
            parts = parts_kept(connection, self.run, self.ask.scenario.name)
        whole = joined([read_table(BytesIO(content)) for content in parts])
        _, first = np.unique(whole.column(INDEX).to_numpy(), return_index=True)
        return whole.take(pa.array(first)).slice(0, replications).combine_chunks()

    def results(self, replications: int) -> bytes:
        """The same as Parquet: equal replications make equal bytes."""
        return table_bytes(self.table(replications), self.ask.about)
