"""All arrays of a replication as parts of one; its head tells where each of them is."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from simulation.arrays import Ints
from simulation.lean.world import AXES, World

NAMES = World._fields
HEAD_WIDTH = 8
"""Of each array: where it begins, four sizes, and how far apart the first three axes' rows are."""
REALS = frozenset(name for name in NAMES if AXES[name] < 0)


def axes_of(name: str) -> int:
    """How many axes an array has."""
    return abs(AXES[name])


def laid_out(arrays: Mapping[str, Any]) -> tuple[World, Ints]:
    """The same arrays as parts of one, which is handed back too; flags are 0 or 1, and reals keep their bits."""
    head = np.zeros((len(NAMES), HEAD_WIDTH), np.int64)
    begins = head.size
    for row, name in zip(head, NAMES, strict=True):
        shape = arrays[name].shape
        if len(shape) != axes_of(name):
            raise ValueError(f"{name} has {len(shape)} axes")
        row[0], row[1 : 1 + len(shape)] = begins, shape
        for axis in range(len(shape) - 1):
            row[5 + axis] = np.prod(shape[axis + 1 :], dtype=np.int64)
        begins += arrays[name].size
    whole = np.empty(begins, np.int64)
    whole[: head.size] = head.ravel()
    parts = {}
    for row, name in zip(head, NAMES, strict=True):
        kind = np.float64 if name in REALS else np.int64
        size = arrays[name].size
        part = whole[row[0] : row[0] + size].view(kind).reshape(arrays[name].shape)
        part[...] = arrays[name]
        parts[name] = part
    return World(**parts), whole
