"""How an order of a blinded study tells no arm: what is sent of a blinding group once one of its types is low.

top_up fills every type to its maximum. decoys adds kits of the others, at least one of each, until the order is a
multiple of the least order. whole_blocks sends virtual blocks, always in one composition. mixed_minimum tops up and
sends at least so many of each type.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Due:
    """One kit type of a group: kits missing to its maximum, what counts as stock, and whether it is low."""

    missing: int
    considered: int
    low: bool


def protected(rule: str, group: Mapping[str, Due], least_kits: int, block: Mapping[str, int]) -> dict[str, int]:
    """Kits to order of each type of one blinding group of which at least one is low."""
    match rule:
        case "decoys":
            return _with_decoys(group, max(least_kits, 1))
        case "whole_blocks":
            return _in_blocks(group, block)
        case "mixed_minimum":
            return {kit_type: max(due.missing, least_kits) for kit_type, due in group.items()}
        case _:
            return {kit_type: due.missing for kit_type, due in group.items()}


def _with_decoys(group: Mapping[str, Due], least_kits: int) -> dict[str, int]:
    order = {kit_type: due.missing if due.low else 1 for kit_type, due in group.items()}
    fillers = [kit_type for kit_type, due in group.items() if not due.low] or [*group]
    for _ in range(-sum(order.values()) % least_kits):
        order[min(fillers, key=lambda one: (group[one].considered + order[one], one))] += 1
    return order


def _in_blocks(group: Mapping[str, Due], block: Mapping[str, int]) -> dict[str, int]:
    sizes = {kit_type: max(block.get(kit_type, 1), 1) for kit_type in group}
    blocks = max(ceil(due.missing / sizes[kit_type]) for kit_type, due in group.items() if due.low)
    return {kit_type: blocks * size for kit_type, size in sizes.items()}
