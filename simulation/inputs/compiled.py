"""Loops of the inputs in machine code, made when they are first called and kept beside this file."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numpy as np
from numba import njit

from simulation.arrays import Floats, Ints, Words

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

ROUNDS = 10
_LEFT, _RIGHT = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL_LEFT, _WEYL_RIGHT = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)


def compiled(function: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """The same function in machine code: numbers, arrays and loops only."""
    return cast("Callable[Arguments, Answer]", njit(cache=True, nogil=True)(function))


@compiled
def philox(counter: Words, first: np.uint64, second: np.uint64) -> Words:
    """Philox 4x32 of ten rounds on each column of `counter` [4, n]; `first` and `second` are the key."""
    found = np.empty_like(counter)
    for n in range(counter.shape[1]):
        a, b, c, d = counter[0, n], counter[1, n], counter[2, n], counter[3, n]
        left_key, right_key = first, second
        for _ in range(ROUNDS):
            left, right = _LEFT * a, _RIGHT * c
            a, c = (right >> _HALF) ^ b ^ left_key, (left >> _HALF) ^ d ^ right_key
            b, d = right & _LOW, left & _LOW
            left_key, right_key = (left_key + _WEYL_LEFT) & _LOW, (right_key + _WEYL_RIGHT) & _LOW
        found[0, n], found[1, n], found[2, n], found[3, n] = a, b, c, d
    return found


@compiled
def times(expected: Floats, row: Ints, reached: Floats) -> Floats:
    """When a process with so much expected [row, day] has reached a number, in days; always within a day."""
    when = np.empty(len(row))
    for n in range(len(row)):
        sums = expected[row[n]]
        low, high = 0, len(sums) - 1
        while low < high:
            middle = (low + high) // 2
            if sums[middle] < reached[n]:
                low = middle + 1
            else:
                high = middle
        day = low - 1
        part = (reached[n] - sums[day]) / (sums[day + 1] - sums[day])
        # Never the next day itself, whatever rounding says.
        when[n] = day + min(part, 1 - 1e-9)
    return when


@compiled
def added_up(factors: Floats, by_age: Floats, rate: Floats, opens: Ints, closes: Ints) -> Floats:
    """Sums over the days before each [row, day]: factor, by the age of the row in days, times its rate."""
    rows, days = factors.shape
    sums = np.zeros((rows, days + 1))
    for row in range(rows):
        for day in range(days):
            sums[row, day + 1] = sums[row, day]
            if opens[row] <= day < closes[row]:
                # Somebody may open before the start; nobody is so old then that the table ends.
                sums[row, day + 1] += factors[row, day] * by_age[day - opens[row]] * rate[row]
    return sums
