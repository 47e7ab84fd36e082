"""A consignment holds enough of every type of a blind group, or none of it."""

from dataclasses import replace

import pytest

from optimization.engine.blind import within_blind
from optimization.engine.lots import Allotted
from tests.optimization.engine.small import LONG, on_its_way, small

PROBLEM = replace(
    small([("K1", LONG), ("L1", LONG)], [], kits=("K", "L")), blind_groups=(("K", "L"),), blind_minimum_each=2
)


@pytest.mark.parametrize(("kits", "kept"), [("KKLL", 4), ("KKKLL", 5), ("KKL", 0), ("KKK", 0), ("LL", 0), ("", 0)])
def test_a_group_travels_whole_or_not_at_all(kits: str, kept: int) -> None:
    """Two of each type at least."""
    together = [Allotted(on_its_way(PROBLEM, 9, kit=kit), f"{kit}1") for kit in kits]
    assert len(within_blind(PROBLEM, together)) == kept


def test_each_consignment_by_itself() -> None:
    """What leaves on another day helps nothing."""
    days = [(1, "K"), (1, "K"), (1, "L"), (1, "L"), (2, "K"), (2, "K"), (3, "L"), (3, "L")]
    some = [Allotted(on_its_way(PROBLEM, 9, leaves=day, kit=kit), f"{kit}1") for day, kit in days]
    assert within_blind(PROBLEM, some) == some[:4]
