"""Kit blocks: stretches of the warehouse's order that hold each kit type in the same number, mixed inside.

A depot that picks along the sequence then has every type at hand in proportion, and no stretch tells what it is.
"""

from collections.abc import Callable, Mapping, Sequence
from math import gcd

from irt.errors import BadInput


def composition(lot: str, counts: Mapping[str, int], block_kits: int) -> dict[str, int]:
    """Kits of each type in one block of a lot; BadInput where blocks of that size cannot all be alike."""
    total = sum(counts.values())
    parts = {kit_type: divmod(kits * block_kits, total) for kit_type, kits in counts.items()}
    if total % block_kits or any(rest for _, rest in parts.values()):
        least = total // gcd(*counts.values())
        raise BadInput(
            f"Blocks of {block_kits} kits do not come out even in lot {lot}. Nothing was booked. "
            f"Take a multiple of {least} that divides {total}."
        )
    return {kit_type: whole for kit_type, (whole, _) in parts.items()}


def in_blocks(
    numbers: Mapping[str, Sequence[str]], block: Mapping[str, int], place_of: Callable[[str], str]
) -> list[str]:
    """Kit numbers block after block: of each type the next ones as they are given, inside a block by `place_of`."""
    blocks = min(len(numbers[kit_type]) // kits for kit_type, kits in block.items())
    ordered: list[str] = []
    for index in range(blocks):
        inside = [
            n for kit_type, kits in block.items() for n in numbers[kit_type][index * kits : (index + 1) * kits]
        ]
        ordered += sorted(inside, key=place_of)
    return ordered
