"""The directory of a run: parts that are whole, one run at a time, and a table that only its rows decide."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.errors import IntegrityFault
from simulation.run.chunks import chunks_of
from simulation.run.directory import PARTS, opened
from simulation.run.refusals import RunBusy, UnusableRun
from simulation.run.table import joined, table_of, write_table
from tests.simulation.run.stand_in import Played, play

ABOUT = {"scenario": "abc", "seed": "7"}
ROWS = [play(index) for index in range(30)]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> pytest.TempPathFactory:
    """A folder for each example."""
    return tmp_path_factory


@settings(deadline=None, derandomize=True, max_examples=15)
@given(st.permutations(range(30)), st.integers(1, 30))
def test_any_chunking_gives_the_same_bytes(folders: pytest.TempPathFactory, order: list[int], size: int) -> None:
    """Whatever came first, and in whatever company."""
    folder = folders.mktemp("run")
    whole, other = folder / "whole", folder / "other"
    write_table(table_of(ROWS), whole, ABOUT)
    parts = [table_of([ROWS[index] for index in order[at : at + size]]) for at in range(0, 30, size)]
    write_table(joined(parts), other, ABOUT)
    assert other.read_bytes() == whole.read_bytes()


def test_a_column_is_whole_only_where_every_row_is(tmp_path: Path) -> None:
    """A part whose costs happen to be whole numbers joins one whose are not."""
    whole, half = Played(0, {"cost": 3}), Played(1, {"cost": 2.5})
    assert joined([table_of([half]), table_of([whole])]) == table_of([whole, half])
    assert str(table_of([whole]).schema.field("cost").type) == "int64"


def test_other_measures_are_no_row_of_the_table() -> None:
    """Within a part or between two."""
    one, other = Played(0, {"missed": 1}), Played(1, {"visits": 1})
    with pytest.raises(IntegrityFault, match="replication 1"):
        table_of([one, other])
    with pytest.raises(IntegrityFault, match="different measures"):
        joined([table_of([one]), table_of([other])])


def test_a_damaged_part_is_carried_out_again(tmp_path: Path) -> None:
    """What cannot be read is not done; what was being written when the power went is not looked at."""
    with opened(tmp_path / "run", ABOUT) as run:
        for chunk in chunks_of(range(6), 2):
            run.keep([ROWS[index] for index in chunk])
        part = min((run.path / PARTS).iterdir())
        part.write_bytes(part.read_bytes()[:-9])
        part.with_name("000000007-000000008.parquet.unfinished").write_bytes(b"PAR1")
        assert run.indexes() == {2, 3, 4, 5}


def test_parts_that_were_joined_and_not_cleared_away_count_once(tmp_path: Path) -> None:
    """The process ended between the two."""
    with opened(tmp_path / "run", ABOUT) as run:
        run.keep(ROWS[:3])
        left_over = next((run.path / PARTS).iterdir())
        kept = left_over.read_bytes()
        run.finish()
        left_over.parent.mkdir()
        left_over.write_bytes(kept)
        run.keep(ROWS[3:5])
        assert run.finish().column("index").to_pylist() == [0, 1, 2, 3, 4]
        assert pq.ParquetFile(run.results).read().schema.metadata == {b"scenario": b"abc", b"seed": b"7"}


def test_another_run_does_not_get_in_between(tmp_path: Path) -> None:
    """A directory holds one scenario with one seed; the refusal tells what differs."""
    with opened(tmp_path / "run", ABOUT):
        pass
    with pytest.raises(UnusableRun, match="seed was 7 and is 8"), opened(tmp_path / "run", ABOUT | {"seed": "8"}):
        pass


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    """The second is told to wait."""
    with opened(tmp_path / "run", ABOUT), pytest.raises(RunBusy), opened(tmp_path / "run", ABOUT):
        pass
