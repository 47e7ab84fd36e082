"""Which shippers a consignment needs: the least that qualified boxes cost for so many kits."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimization.engine.compiled import NEVER, compiled
from optimization.problem import Problem, Shipper


@dataclass(frozen=True, slots=True)
class Boxes:
    """Shippers qualified for a class and a transit, and the volume of a kit; volumes in their common measure."""

    ids: tuple[str, ...]
    capacity: NDArray[np.int64]
    cost: NDArray[np.float64]
    kit_volume: int

    @property
    def usable(self) -> bool:
        """Whether there is any."""
        return len(self.ids) > 0


def boxes_for(problem: Problem, temp: str, transit_days: int, kit_volume: int) -> Boxes:
    """The shippers that may carry kits of this volume on a lane."""
    fit = [one for one in problem.shippers.values() if qualified(one, temp, transit_days)]
    measure = math.gcd(kit_volume, *(one.capacity for one in fit))
    return Boxes(
        ids=tuple(one.id for one in fit),
        capacity=np.array([one.capacity // measure for one in fit], dtype=np.int64),
        cost=np.array([one.cost for one in fit], dtype=np.float64),
        kit_volume=kit_volume // measure,
    )


def qualified(shipper: Shipper, temp: str, transit_days: int) -> bool:
    """Whether the shipper holds the temperature for the whole transit and holds anything at all."""
    return shipper.temp == temp and shipper.hold_days >= transit_days and shipper.capacity > 0


def box_costs(boxes: Boxes, kits_max: int) -> NDArray[np.float64]:
    """Shape (kits_max + 1,): the least cost of boxes for 0, 1, 2, … kits."""
    if not boxes.usable:
        costs = np.full(kits_max + 1, NEVER)
        costs[0] = 0.0
        return costs
    least, _ = _cover(boxes.capacity, boxes.cost, kits_max * boxes.kit_volume)
    return least[:: boxes.kit_volume].copy()


def in_whole_kits(boxes: Boxes, kits_max: int) -> Boxes:
    """The boxes with room in kits, where no fewer go into several of them than by volume; else as they are.

    Loads are then looked through kit by kit: that is quicker than volume by volume.
    """
    whole = replace(boxes, capacity=boxes.capacity // boxes.kit_volume, kit_volume=1)
    return whole if np.array_equal(box_costs(whole, kits_max), box_costs(boxes, kits_max)) else boxes


def pack(boxes: Boxes, kits: int) -> Mapping[str, int]:
    """So many of each shipper, at the least cost."""
    _, last = _cover(boxes.capacity, boxes.cost, kits * boxes.kit_volume)
    return Counter(boxes.ids[box] for box in _taken(boxes, last, kits * boxes.kit_volume))


def _taken(boxes: Boxes, last: NDArray[np.int64], volume: int) -> Iterable[int]:
    while volume > 0:
        box = int(last[volume])
        yield box
        volume = max(0, volume - int(boxes.capacity[box]))


@compiled
def _cover(
    capacity: NDArray[np.int64], cost: NDArray[np.float64], volume: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Least cost of boxes for each volume, and the box added last."""
    least = np.full(volume + 1, NEVER)
    least[0] = 0.0
    last = np.zeros(volume + 1, np.int64)
    for filled in range(1, volume + 1):
        for box in range(capacity.shape[0]):
            before = max(0, filled - capacity[box])
            if least[before] + cost[box] < least[filled]:
                least[filled] = least[before] + cost[box]
                last[filled] = box
    return least, last
