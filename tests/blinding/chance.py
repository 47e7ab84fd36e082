"""Chance that comes out the same in every world, and the clock-like marks that no comparison may trip over."""

import hashlib
import os
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


class FixedChance:
    """Bytes that look random and are the same whenever they are drawn in the same order."""

    def __init__(self) -> None:
        self._drawn = 0
        self._lock = threading.Lock()

    def __call__(self, size: int) -> bytes:
        with self._lock:
            self._drawn += 1
            return hashlib.shake_256(f"chance {self._drawn}".encode()).digest(size)


@contextmanager
def fixed_chance() -> Iterator[FixedChance]:
    """Lets keys, tokens, salts and seeds come out the same in each world."""
    chance = FixedChance()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "urandom", chance)
        patch.setattr(random, "_urandom", chance)
        yield chance
