"""Shippers: the least that qualified boxes cost, volumes pooled."""

from itertools import product

import numpy as np
import pytest

from optimization.engine.boxes import Boxes, box_costs, boxes_for, in_whole_kits, pack, qualified
from optimization.engine.compiled import NEVER
from optimization.problem import Shipper
from tests.optimization.instances import Shape, network

SETS = [((12, 40), (1_000, 2_200)), ((5, 7, 11), (30, 31, 70)), ((4,), (9,)), ((3, 10), (5, 5))]


@pytest.mark.parametrize(("capacity", "cost"), SETS)
@pytest.mark.parametrize("kit_volume", [1, 3, 4])
def test_no_set_of_boxes_is_cheaper(capacity: tuple[int, ...], cost: tuple[int, ...], kit_volume: int) -> None:
    """For each number of kits, whose volumes are pooled: a kit may lie across two boxes."""
    boxes = Boxes(tuple("ABC"[: len(cost)]), np.array(capacity), np.array(cost, dtype=np.float64), kit_volume)
    least = box_costs(boxes, 7)
    for kits in range(8):
        sets = [
            sum(n * price for n, price in zip(numbers, cost, strict=True))
            for numbers in product(range(10), repeat=len(cost))
            if sum(n * room for n, room in zip(numbers, capacity, strict=True)) >= kits * kit_volume
        ]
        assert least[kits] == min(sets)
        prices = dict(zip(boxes.ids, cost, strict=True))
        assert sum(number * prices[box] for box, number in pack(boxes, kits).items()) == min(sets)


@pytest.mark.parametrize(("kit_volume", "whole"), [(1, True), (2, True), (3, False), (4, True)])
def test_kits_are_counted_where_no_room_is_lost_by_it(kit_volume: int, whole: bool) -> None:
    """Two boxes of 40 hold 26 kits of volume 3 and each holds 13, but three hold 40."""
    boxes = Boxes(("A", "B"), np.array([12, 40]), np.array([1_000.0, 2_200.0]), kit_volume)
    counted = in_whole_kits(boxes, 50)
    assert counted.kit_volume == (1 if whole else kit_volume)
    assert list(box_costs(counted, 50)) == list(box_costs(boxes, 50))


def test_without_a_box_nothing_travels() -> None:
    """No shipper holds for ten days: only an empty consignment costs nothing."""
    boxes = boxes_for(network(Shape()), "2-8C", 10, 3)
    assert not boxes.usable
    assert list(box_costs(boxes, 2)) == [0.0, NEVER, NEVER]


@pytest.mark.parametrize(
    ("temp", "hold_days", "capacity", "fits"),
    [("2-8C", 2, 5, True), ("2-8C", 1, 5, False), ("frozen", 3, 5, False), ("2-8C", 3, 0, False)],
)
def test_a_shipper_is_qualified_by_class_time_and_room(
    temp: str, hold_days: int, capacity: int, fits: bool
) -> None:
    """The transit takes two days."""
    assert qualified(Shipper("B", temp, capacity, 9, hold_days), "2-8C", 2) is fits
