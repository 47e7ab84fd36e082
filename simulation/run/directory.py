"""The directory of a run: what is run, the parts that are done, and at the end one table and what is told of it."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from simulation.run.files import write_json
from simulation.run.refusals import RunBusy, UnusableRun
from simulation.run.table import INDEX, joined, read_table, table_of, write_table
from simulation.run.work import Measured

MANIFEST = "manifest.json"
RESULTS = "replications.parquet"
REPORT = "run.json"
PARTS = "parts"


@dataclass(frozen=True, slots=True)
class Directory:
    """A run on disk. `about` tells what is run; parts of another run never get in beside."""

    path: Path
    about: Mapping[str, str]

    @property
    def name(self) -> str:
        """Its path."""
        return str(self.path)

    @property
    def results(self) -> Path:
        """The table of all replications, there when the run is done."""
        return self.path / RESULTS

    def indexes(self) -> set[int]:
        """Which replications are done."""
        return {index for table in self.tables() for index in table.column(INDEX).to_pylist()}

    def tables(self) -> list[pa.Table]:
        """What is done: the results of an earlier end, and the parts since."""
        tables = [read_table(self.results)] if self.results.exists() else []
        known = set(tables[0].column(INDEX).to_pylist()) if tables else set()
        parts = (_part(file) for file in sorted((self.path / PARTS).glob("*.parquet")))
        # A run that ended between joining its parts and clearing them away has them twice.
        return tables + [part for part in parts if part is not None and known.isdisjoint(_indexes(part))]

    def keep(self, replications: Sequence[Measured]) -> None:
        """One more part: whole on the disk before this returns."""
        name = f"{replications[0].index:09d}-{replications[-1].index:09d}.parquet"
        write_table(table_of(replications), self.path / PARTS / name, self.about)

    def finish(self) -> pa.Table:
        """Joins the parts in order of the index; the same replications make the same bytes."""
        table = joined(self.tables())
        write_table(table, self.results, self.about)
        shutil.rmtree(self.path / PARTS, ignore_errors=True)
        return table


def _part(file: Path) -> pa.Table | None:
    """None where the file was damaged: its replications are carried out again."""
    try:
        return read_table(file)
    except pa.ArrowInvalid:
        file.unlink()
        return None


def _indexes(table: pa.Table) -> list[int]:
    indexes: list[int] = table.column(INDEX).to_pylist()
    return indexes


@contextmanager
def opened(path: Path, about: Mapping[str, str]) -> Iterator[Directory]:
    """The directory, made or resumed, for this process alone; refuses one that holds another run."""
    (path / PARTS).mkdir(parents=True, exist_ok=True)
    with _alone(path):
        _told(path, about)
        yield Directory(path, about)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Ends with the process, however that ends."""
    held = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise RunBusy(f"Another process writes into {path}. Wait for it, or name another directory.") from None
    finally:
        os.close(held)


def _told(path: Path, about: Mapping[str, str]) -> None:
    """Writes down what is run, or holds it against what was."""
    manifest = path / MANIFEST
    if not manifest.exists():
        write_json(dict(about), manifest)
        return
    before = manifest_of(path)
    names = [name for name in {**before, **about} if before.get(name) != about.get(name)]
    if names:
        told = ", ".join(f"{name} was {before.get(name)} and is {about.get(name)}" for name in names)
        raise UnusableRun(f"{path} holds another run: {told}. Name another directory.")


def manifest_of(path: Path) -> dict[str, Any]:
    """What is run there; refuses a directory without a run."""
    try:
        told: dict[str, Any] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UnusableRun(f"{path} holds no run of replications. Name the --out of `irt simulate`.") from None
    return told
