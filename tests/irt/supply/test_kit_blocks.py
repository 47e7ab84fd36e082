"""Kit blocks: alike in what they hold, unlike in their order, and refused where they do not come out even."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irt.errors import BadInput
from irt.supply.kit_blocks import composition, in_blocks


@pytest.mark.parametrize(
    ("counts", "block_kits", "holds"),
    [
        ({"A": 100, "P": 100}, 4, {"A": 2, "P": 2}),
        ({"A": 200, "P": 100}, 6, {"A": 4, "P": 2}),
        ({"A": 10}, 5, {"A": 5}),
    ],
)
def test_a_block_holds_the_types_in_proportion(
    counts: dict[str, int], block_kits: int, holds: dict[str, int]
) -> None:
    """As many of each as the lot's own ratio says."""
    assert composition("L1", counts, block_kits) == holds


@pytest.mark.parametrize(
    ("counts", "block_kits", "least"),
    [({"A": 100, "P": 100}, 3, 2), ({"A": 200, "P": 100}, 4, 3), ({"A": 6}, 4, 1)],
)
def test_uneven_blocks_are_refused(counts: dict[str, int], block_kits: int, least: int) -> None:
    """The refusal says which sizes would do."""
    with pytest.raises(
        BadInput, match=re.escape(f"Take a multiple of {least} that divides {sum(counts.values())}")
    ):
        composition("L1", counts, block_kits)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 20))
@settings(deadline=None, max_examples=50)
def test_every_stretch_of_a_block_is_alike(active: int, placebo: int, blocks: int) -> None:
    """Each kit once, and each block in the one composition, whatever the order inside."""
    numbers = {
        "A": [f"A{index:03}" for index in range(active * blocks)],
        "P": [f"P{index:03}" for index in range(placebo * blocks)],
    }
    block = {"A": active, "P": placebo}
    ordered = in_blocks(numbers, block, lambda number: number[::-1])
    size = active + placebo
    assert sorted(ordered) == sorted(numbers["A"] + numbers["P"])
    for start in range(0, len(ordered), size):
        kinds = [number[0] for number in ordered[start : start + size]]
        assert (kinds.count("A"), kinds.count("P")) == (active, placebo)
