"""The warehouse's order of the kits of a list: the types of a blinded lot mixed at random, or block by block.

A depot sees sequence numbers: runs of one type would show it how many kinds there are, and which kit is which. Kits
that brought their numbers along stay in the packager's order.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from irt.randomization.numbers import OpaqueNumbers
from irt.services.kit_list import ListedLot, block_of
from irt.supply.kit_blocks import in_blocks


def warehouse_order(seed: bytes, lots: Sequence[ListedLot], given: Mapping[str, Sequence[str]]) -> list[str]:
    """Kit numbers in order; `given` are those of each manufacturing lot."""
    together: dict[str, list[ListedLot]] = defaultdict(list)
    for lot in lots:
        together["" if lot.numbers else lot.blinded_lot].append(lot)
    order: list[str] = []
    for blinded, group in together.items():
        numbers = [number for lot in group for number in given[lot.lot]]
        if not blinded:
            told = [lot for lot in group if lot.places]
            places = {n: place for lot in told for n, place in zip(lot.numbers, lot.places, strict=True)}
            order += sorted(numbers, key=lambda number: places.get(number, 0))
            continue
        mixed = sorted(numbers, key=_places(seed, f"sequence|{blinded}", numbers).__getitem__)
        inside = _places(seed, f"blocks|{blinded}", numbers)
        order += [number for some in _depots(group) for number in _of_depot(some, mixed, given, inside)]
    return order


def _depots(group: Sequence[ListedLot]) -> Iterator[list[ListedLot]]:
    """A blinded lot in blocks is blocked at each depot by itself; without blocks it is mixed as a whole."""
    if not any(lot.block_kits for lot in group):
        yield [*group]
        return
    for depot in dict.fromkeys(lot.depot for lot in group):
        yield [lot for lot in group if lot.depot == depot]


def _of_depot(
    lots: Sequence[ListedLot],
    mixed: Sequence[str],
    given: Mapping[str, Sequence[str]],
    inside: Mapping[str, str],
) -> list[str]:
    type_of = {number: lot.kit_type for lot in lots for number in given[lot.lot]}
    here = [number for number in mixed if number in type_of]
    block = block_of(lots)
    if block is None:
        return here
    by_type = {kit_type: [number for number in here if type_of[number] == kit_type] for kit_type in block}
    return in_blocks(by_type, block, inside.__getitem__)


def _places(seed: bytes, purpose: str, numbers: Sequence[str]) -> dict[str, str]:
    opaque = OpaqueNumbers(seed, len(str(len(numbers))) + 1, purpose)
    return dict(zip(numbers, opaque.numbers(range(len(numbers))), strict=True))
