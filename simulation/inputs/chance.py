"""Chance by address: every number is found by (stream, replication, entity, place), in any order, at any time.

SeedSequence(entropy=seed, spawn_key=(stream, replication)) gives the key of a stream; an entity and a place in it
are the counter of Philox 4x32-10 (Salmon, Moraes, Dror and Shaw 2011). So no number depends on how many others were
drawn before, on the number of replications or of sites, or on a policy.
"""

import hashlib
from enum import IntEnum
from functools import lru_cache
from typing import Any

import numpy as np

from simulation.arrays import Flags, Floats, Words
from simulation.inputs.compiled import philox

_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
WORDS_32 = 1 << 32


class Purpose(IntEnum):
    """What a stream is for; one stream for each purpose."""

    START_UP = 1
    OPEN_FOR = 2
    RATE = 3
    ARRIVALS = 4
    SCREENING = 5
    BASELINE = 6
    STAY = 7
    VISITS = 8
    LEAVING = 9
    ALLOCATION = 10
    TRANSIT = 11
    DEMAND_RATE = 12
    DEMAND = 13
    FAULTS = 14
    PARAMETERS = 15


class Chance:
    """The chance of one replication."""

    def __init__(self, seed: int, index: int) -> None:
        self._seed, self._index = seed, index
        self._streams: dict[tuple[Purpose, str], Stream] = {}

    def stream(self, purpose: Purpose, part: str = "") -> "Stream":
        """The stream of a purpose; `part` tells apart several of a kind, as faults or demands by name."""
        if (purpose, part) not in self._streams:
            named = (entity_of(part),) if part else ()
            sequence = np.random.SeedSequence(entropy=self._seed, spawn_key=(int(purpose), self._index, *named))
            first, second = sequence.generate_state(2, np.uint32)
            self._streams[purpose, part] = Stream((np.uint64(first), np.uint64(second)))
        return self._streams[purpose, part]

    def key(self, purpose: Purpose, size_bytes: int) -> bytes:
        """A secret of so many bytes for the product's own draws."""
        sequence = np.random.SeedSequence(entropy=self._seed, spawn_key=(int(purpose), self._index))
        return sequence.generate_state(size_bytes // 4, np.uint32).astype("<u4").tobytes()


class Stream:
    """One keyed stream; `words` answers for whole arrays of addresses at once."""

    __slots__ = ("_key",)

    def __init__(self, key: tuple[np.uint64, np.uint64]) -> None:
        self._key = key

    def words(self, entity: Any, number: Any = 0, place: Any = 0) -> Words:
        """Four numbers of 32 bits at each address; entity, number and place are broadcast."""
        shape = np.broadcast(entity, number, place).shape
        entities = np.asarray(entity, np.uint64)
        counter = np.empty((4, *shape), np.uint64)
        counter[0], counter[1] = place, number
        counter[2], counter[3] = entities & _LOW, entities >> _HALF
        return philox(counter.reshape(4, -1), *self._key).reshape(4, *shape)


@lru_cache(maxsize=65536)
def entity_of(name: str) -> int:
    """A lasting number of 64 bits for a site, lane or fault by its name, its highest bit set."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") | 1 << 63


def entities_of(names: list[str]) -> Words:
    """The same for several."""
    return np.array([entity_of(name) for name in names], np.uint64)


def share(words: Words) -> Floats:
    """A number between 0 and 1, neither of them, of each 32 bits."""
    result: Floats = (words.astype(np.float64) + 0.5) / WORDS_32
    return result


def happens(words: Words, chance: float) -> Flags:
    """Whether something of that chance happens."""
    return words < np.uint64(round(chance * WORDS_32))


def normal(words: Words) -> Floats:
    """A standard normal number of the first two words of each address (Box and Muller)."""
    result: Floats = np.sqrt(-2 * np.log(share(words[0]))) * np.cos(2 * np.pi * share(words[1]))
    return result
