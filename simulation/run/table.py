"""Replications as a table: one row each in order of their index, one column for each measure."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from irt.errors import IntegrityFault
from simulation.run.files import written
from simulation.run.work import Kept, Measured

INDEX = "index"
ROWS_PER_GROUP = 65_536


def table_of(replications: Sequence[Measured]) -> pa.Table:
    """A table of at least one replication; each must tell the same measures in the same order."""
    names = list(replications[0].measures)
    strange = next((done.index for done in replications if list(done.measures) != names), None)
    if strange is not None:
        raise IntegrityFault(f"replication {strange} tells other measures than replication {replications[0].index}")
    columns = {INDEX: pa.array([done.index for done in replications], pa.int64())}
    return pa.table(columns | {name: _column([done.measures[name] for done in replications]) for name in names})


def _column(values: Sequence[Kept]) -> pa.Array:
    """Whole numbers where all are; several of one replication are a list of them."""
    if isinstance(values[0], np.ndarray):
        return pa.array(values, pa.list_(pa.int32()))
    whole = not any(isinstance(value, float) for value in values)
    return pa.array(values, pa.int64() if whole else pa.float64())


def joined(tables: Sequence[pa.Table]) -> pa.Table:
    """All rows in order of the index; a column is of whole numbers only where it is in each table."""
    names = tables[0].column_names
    if any(table.column_names != names for table in tables):
        raise IntegrityFault("parts of one run tell different measures")
    whole: pa.Table = pa.concat_tables(tables, promote_options="permissive")
    return whole.sort_by(INDEX).combine_chunks()


def write_table(table: pa.Table, file: Path, about: Mapping[str, str]) -> None:
    """The table as Parquet, whole or not at all; equal tables make equal bytes."""
    with written(file) as sink:
        _put(table, sink, about)


def table_bytes(table: pa.Table, about: Mapping[str, str]) -> bytes:
    """The same bytes, for those who keep them elsewhere."""
    sink = BytesIO()
    _put(table, sink, about)
    return sink.getvalue()


def _put(table: pa.Table, sink: BinaryIO, about: Mapping[str, str]) -> None:
    described = table.replace_schema_metadata(dict(about))
    pq.write_table(described, sink, row_group_size=ROWS_PER_GROUP, compression="zstd")


def read_table(source: Path | BinaryIO) -> pa.Table:
    """The table of a Parquet file, or of its bytes."""
    return pq.ParquetFile(source).read()
