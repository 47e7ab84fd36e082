"""Loops of the inputs in machine code, made when they are first called and kept beside this file."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numpy as np
from numba import njit

from simulation.arrays import Flags, Floats, Ints, Words

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")
Chances = tuple[Ints, Ints, Flags]

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
def added_from(steps: Floats, number: Ints) -> Floats:
    """Sums of steps [n], begun anew at each whose number is 0."""
    sums = np.empty(len(steps))
    told = 0.0
    for n in range(len(steps)):
        told = steps[n] if number[n] == 0 else told + steps[n]
        sums[n] = told
    return sums


@compiled
def below(word: np.uint64, modulus: int) -> np.int64:
    """A whole number from 0 to the modulus - 1, alike but for one in four thousand million."""
    return np.int64(word * np.uint64(modulus) >> _HALF)


@compiled
def of_visits(words: Words, before: Ints, width: Ints, clinic: tuple[int, int], held_below: int) -> Chances:
    """Of the words [4, person, visit]: the day off its visit's, the minute of the day, and whether it is held."""
    people, visits = words.shape[1], words.shape[2]
    off, minute = np.empty((people, visits), np.int64), np.empty((people, visits), np.int64)
    held = np.empty((people, visits), np.bool_)
    for person in range(people):
        for visit in range(visits):
            off[person, visit] = below(words[0, person, visit], width[visit]) - before[visit]
            minute[person, visit] = clinic[0] + below(words[1, person, visit], clinic[1] - clinic[0])
            held[person, visit] = words[3, person, visit] < np.uint64(held_below)
    return off, minute, held


@compiled
def added_up(factors: Floats, by_age: Floats, rate: Floats, opens: Ints, closes: Ints) -> Floats:
    """Sums over the days before each [row, day]: factor, by the age of the row in days, times its rate."""
    rows, days = factors.shape
    sums = np.zeros((rows, days + 1))
    for row in range(rows):
        told = 0.0
        for day in range(max(opens[row], 0), days):
            if day < closes[row]:
                # Somebody may open before the start; nobody is so old then that the table ends.
                told += factors[row, day] * by_age[day - opens[row]] * rate[row]
            sums[row, day + 1] = told
    return sums
