"""The account of a subject's kits: whole kits that add up, or units, and what the sum lacks."""

from hypothesis import given
from hypothesis import strategies as st

from irt.states.records import KitFate
from irt.supply.returns import Returned, account_of

FATES = st.lists(st.sampled_from(list(KitFate)), max_size=12)


@given(FATES, st.integers(0, 5), st.integers(0, 5))
def test_whole_kits_add_up(fates: list[KitFate], out: int, missing: int) -> None:
    """Given is with the subject, counted by fate, or told to be missing; every fate has its place, none too."""
    account = account_of("kits", len(fates) + out + missing, out, (Returned(fate) for fate in fates))
    assert account.unexplained == missing
    assert [word for word, _ in account.shares] == ["unused", "used", "damaged", "lost"]
    assert sum(kits for _, kits in account.shares) == account.back == len(fates)
    assert dict(account.shares)["lost"] == fates.count(KitFate.LOST)


@given(st.lists(st.tuples(*[st.integers(0, 30)] * 4), max_size=8))
def test_units_add_up(counts: list[tuple[int, int, int, int]]) -> None:
    """Where units are counted, their sums are told; kits are only counted as back."""
    account = account_of("units", len(counts), 0, (Returned(None, *units) for units in counts))
    sums = [sum(column) for column in zip(*counts, strict=True)] or [0] * 4
    assert dict(account.shares) == dict(zip(("left", "used", "lost", "damaged"), sums, strict=True))
    assert (account.back, account.unexplained) == (len(counts), 0)
