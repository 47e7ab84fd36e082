"""The nights of `make nights`, at a hundredth of their size."""

from fractions import Fraction

from irt.services.store import Store
from tests.bench.full_nights import FILLING_NIGHTS, run_nights


def test_nights_at_full_size_in_small(sqlite_store: Store) -> None:
    """Empty sites are filled, subjects are visited as planned, and the ledger adds up at the end."""
    done = run_nights(sqlite_store, Fraction(1, 250), nights=6)
    assert done.tally.nights == FILLING_NIGHTS + 6
    assert len(done.night_seconds) == 6
    assert done.tally.dispensings
    assert done.tally.kits_dispensed > done.tally.dispensings
    assert done.adds_up, done.stock.faults
