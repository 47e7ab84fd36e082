"""All arrays of a replication as parts of one; its head tells where each is, and how much of it is in use."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from simulation.arrays import Ints
from simulation.lean import columns as c
from simulation.lean.world import AXES, World

NAMES = World._fields
TOGETHER = 8
"""Numbers that a processor takes from its memory at once; each array begins with the first of so many."""
HEAD_WIDTH = 8
"""Of each array: where it begins, four sizes, and how far apart the first three axes' rows are."""
REALS = frozenset(name for name in NAMES if AXES[name] < 0)
COLUMNS = {
    "places": c.PLACE_COLUMNS,
    "countries": 2,
    "levels": 2,
    "windows": c.WINDOWS,
    "piles": c.PILE_COLUMNS,
    "lots": 5,
    "kit_types": 3,
    "lanes": 3,
    "road_faults": c.ROAD_FAULT_COLUMNS,
    "halts": 3,
    "people": c.PERSON_COLUMNS,
    "visits": c.VISIT_COLUMNS,
    "moves": 2,
    "requests": c.REQUEST_COLUMNS,
    "queue": 3,
    "later": c.LATER_COLUMNS,
    "ships": c.SHIP_COLUMNS,
    "loads": 2,
    "waits": c.WAIT_COLUMNS,
    "log": c.LOG_COLUMNS,
    "log_kits": 2,
    "wanted": 5,
}
"""Last axes that are always as long: machine code need not look them up."""
GROWING = ("queue", "later", "ships", "loads", "waits", "log", "log_kits")
FIRST = {"clock": c.CLOCK_SIZE, "fixed": c.FIXED_SIZE, "tally": len(c.TALLY)}
"""Arrays right behind the head, always as long: machine code knows where they begin."""


def in_lines(numbers: int) -> int:
    """So many numbers and what is left of the last line that they begin."""
    return numbers + -numbers % TOGETHER


BEGINS = {
    name: len(NAMES) * HEAD_WIDTH + sum(map(in_lines, list(FIRST.values())[:place]))
    for place, name in enumerate(FIRST)
}


def axes_of(name: str) -> int:
    """How many axes an array has."""
    return abs(AXES[name])


class Sheet:
    """Room for all arrays, laid out once; `kept` come first, as they are when a replication begins.

    `room` tells the sizes of the others. What they hold at first is of no account.
    """

    def __init__(self, kept: Mapping[str, Any], room: Mapping[str, tuple[int, ...]]) -> None:
        self.room, self._kept = dict(room), kept
        shapes = {name: kept[name].shape for name in (*FIRST, *kept)} | self.room
        self._head = np.zeros((len(NAMES), HEAD_WIDTH), np.int64)
        begins = self._head.size
        for name, shape in shapes.items():
            _require(name, shape)
            row = self._head[NAMES.index(name)]
            row[0], row[1 : 1 + len(shape)] = begins, shape
            for axis in range(len(shape) - 1):
                row[5 + axis] = np.prod(shape[axis + 1 :], dtype=np.int64)
            begins += in_lines(int(np.prod(shape, dtype=np.int64)))
        self.whole = _side_by_side(begins)
        self._parts = {name: self._part(name, shape) for name, shape in shapes.items()}
        for name, array in kept.items():
            self._parts[name][...] = array
        self.whole[: self._head.size] = self._head.ravel()
        self._at_first = self.whole[: min(self._head[NAMES.index(name), 0] for name in room)].copy()
        self._told = dict(self._parts)

    def _part(self, name: str, shape: tuple[int, ...]) -> Any:
        begins, size = self._head[NAMES.index(name), 0], int(np.prod(shape, dtype=np.int64))
        kind = np.float64 if name in REALS else np.int64
        return self.whole[begins : begins + size].view(kind).reshape(shape)

    def begin(self) -> None:
        """Nothing has happened yet."""
        self.whole[: len(self._at_first)] = self._at_first

    def has_room(self, shapes: Mapping[str, tuple[int, ...]]) -> bool:
        """Whether arrays of these sizes fit."""
        return all(np.less_equal(shape, self.room[name]).all() for name, shape in shapes.items())

    def use(self, name: str, shape: tuple[int, ...]) -> Any:
        """So much of an array's room, to be written to; flags are 0 or 1, and reals keep their bits."""
        part = self._parts[name][tuple(map(slice, shape))]
        place = NAMES.index(name) * HEAD_WIDTH + 1
        self.whole[place : place + len(shape)] = shape
        self._told[name] = part
        return part

    def larger(self, room: Mapping[str, tuple[int, ...]]) -> "Sheet":
        """The same with more room; arrays that grow have all of it in use."""
        other = Sheet(self._kept, room)
        kept = slice(self._head.size, len(self._at_first))
        other.whole[kept] = self.whole[kept]
        for name in room:
            told = self._told[name]
            shape = room[name] if name in GROWING else told.shape
            other.use(name, shape)[tuple(map(slice, told.shape))] = told
        return other

    @property
    def world(self) -> World:
        """The arrays, as far as they are in use."""
        return World(**self._told)


def _side_by_side(numbers: int) -> Ints:
    """So many zeros, the first of which begins a line of the processor's memory."""
    room = np.zeros(numbers + TOGETHER, np.int64)
    first = -room.ctypes.data // room.itemsize % TOGETHER
    return room[first : first + numbers]


def _require(name: str, shape: tuple[int, ...]) -> None:
    """ValueError where machine code takes an array for another."""
    if len(shape) != axes_of(name) or shape[-1] != COLUMNS.get(name, shape[-1]):
        raise ValueError(f"{name} has sizes {shape}")
    if name in FIRST and shape != (FIRST[name],):
        raise ValueError(f"{name} has sizes {shape}")
