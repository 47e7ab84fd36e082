"""Picking at a depot, scan by scan."""

import pytest

from irt.supply.picking import pick

ORDERED = ("11111", "22222")


@pytest.mark.parametrize(
    ("picked", "number", "after", "accepted", "title"),
    [
        ((), "11111", ("11111",), True, "11111 is right. One more kit."),
        (("11111",), "22222", ("11111", "22222"), True, "22222 is right. All kits are picked."),
        (("11111",), "11111", ("11111",), True, "11111 was picked before"),
        (("11111",), "99999", ("11111",), False, "99999 is not in this order"),
        ((), None, (), False, "This is not a kit number"),
    ],
)
def test_only_ordered_kits_are_picked(
    picked: tuple[str, ...], number: str | None, after: tuple[str, ...], accepted: bool, title: str
) -> None:
    """Each ordered kit once, and nothing else."""
    found, answer = pick(picked, ORDERED, number)
    assert (found, answer.accepted, answer.title) == (after, accepted, title)
