"""Words of the product's allocation stream, many at once, in machine code; tests hold them equal.

HMAC-SHA256 as FIPS 180-4 and RFC 2104 have it, of several messages side by side: a processor adds sixteen numbers
of 32 bits as fast as one.
"""

import struct
import unicodedata

import numpy as np
from numpy.typing import NDArray

from simulation.arrays import Words
from simulation.inputs.compiled import compiled

Numbers = NDArray[np.uint32]
BLOCK_BYTES = 64
ROUNDS = 64
_INNER, _OUTER = 0x36, 0x5C
LANES = 16
_ONE_BIT = b"\x80"


def words_of(key: bytes, stream_id: str, first: int, until: int) -> Words:
    """The words of a stream at such indices, each of its first attempt; as `irt.randomization.stream` says."""
    padded = key.ljust(BLOCK_BYTES, b"\0")
    prefix = unicodedata.normalize("NFC", stream_id).encode() + b"\0"
    message = prefix + bytes(8) + struct.pack(">I", 0) + _ONE_BIT
    message += bytes(-(len(message) + 8) % BLOCK_BYTES)
    message += struct.pack(">Q", 8 * (BLOCK_BYTES + len(prefix) + 12))
    inner, outer = (_numbers(bytes(byte ^ pad for byte in padded)) for pad in (_INNER, _OUTER))
    return _words(inner, outer, _numbers(message), len(prefix), first, until, *_constants())


def _numbers(text: bytes) -> Numbers:
    return np.frombuffer(text, ">u4").astype(np.uint32)


def _root(number: int, power: int) -> int:
    """The first 32 bits behind the point of a square or cube root."""
    low, high = 0, number << 32
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**power <= number << 32 * power else (low, middle - 1)
    return low & 0xFFFFFFFF


def _constants() -> tuple[Numbers, Numbers]:
    """Where the hash begins, and a number for each round: roots of the first primes."""
    if not _KNOWN:
        primes = [n for n in range(2, 312) if all(n % other for other in range(2, n))]
        _KNOWN.append(np.array([_root(prime, 2) for prime in primes[:8]], np.uint32))
        _KNOWN.append(np.array([_root(prime, 3) for prime in primes[:ROUNDS]], np.uint32))
    return _KNOWN[0], _KNOWN[1]


_KNOWN: list[Numbers] = []


@compiled
def _turned(word: np.uint32, bits: int) -> np.uint32:
    return np.uint32(word >> np.uint32(bits) | word << np.uint32(32 - bits))


@compiled
def _hash(state: Numbers, block: Numbers, rounds: Numbers, w: Numbers) -> None:
    """Takes one block of sixteen numbers into the state of each of LANES messages, side by side.

    `state` [8 x LANES], `block` [16 x LANES], `w` is room for the rounds [(ROUNDS + 8) x LANES].
    """
    for n in range(16 * LANES):
        w[n] = block[n]
    for n in range(16, ROUNDS):
        for k in range(LANES):
            first, last = w[(n - 15) * LANES + k], w[(n - 2) * LANES + k]
            early = _turned(first, 7) ^ _turned(first, 18) ^ first >> np.uint32(3)
            late = _turned(last, 17) ^ _turned(last, 19) ^ last >> np.uint32(10)
            w[n * LANES + k] = np.uint32(w[(n - 16) * LANES + k] + early + w[(n - 7) * LANES + k] + late)
    own = ROUNDS * LANES
    for n in range(8 * LANES):
        w[own + n] = state[n]
    for n in range(ROUNDS):
        for k in range(LANES):
            at = own + k
            a, b, c, d = w[at], w[at + LANES], w[at + 2 * LANES], w[at + 3 * LANES]
            e, f, g, h = w[at + 4 * LANES], w[at + 5 * LANES], w[at + 6 * LANES], w[at + 7 * LANES]
            turned = _turned(e, 6) ^ _turned(e, 11) ^ _turned(e, 25)
            one = np.uint32(h + turned + (e & f ^ ~e & g) + rounds[n] + w[n * LANES + k])
            other = np.uint32((_turned(a, 2) ^ _turned(a, 13) ^ _turned(a, 22)) + (a & b ^ a & c ^ b & c))
            w[at + 7 * LANES], w[at + 6 * LANES], w[at + 5 * LANES] = g, f, e
            w[at + 4 * LANES] = np.uint32(d + one)
            w[at + 3 * LANES], w[at + 2 * LANES], w[at + LANES] = c, b, a
            w[at] = np.uint32(one + other)
    for n in range(8 * LANES):
        state[n] = np.uint32(state[n] + w[own + n])


@compiled
def _words(
    inner: Numbers,
    outer: Numbers,
    message: Numbers,
    prefix_bytes: int,
    first: int,
    until: int,
    start: Numbers,
    rounds: Numbers,
) -> Words:
    found, w = np.empty(until - first, np.uint64), np.empty((ROUNDS + 8) * LANES, np.uint32)
    inside, outside, state = _side_by_side(start), _side_by_side(start), _side_by_side(start)
    _hash(inside, _side_by_side(inner), rounds, w)
    _hash(outside, _side_by_side(outer), rounds, w)
    told, last = _side_by_side(message), np.zeros(16 * LANES, np.uint32)
    last[8 * LANES : 9 * LANES], last[15 * LANES :] = 1 << 31, 8 * (BLOCK_BYTES + 32)
    for begins in range(first, until, LANES):
        for k in range(LANES):
            for n in range(8):
                # One byte of the number after the other, the highest first.
                place = prefix_bytes + n
                shift = 24 - 8 * (place % 4)
                byte, at = (begins + k) >> 8 * (7 - n) & 255, place // 4 * LANES + k
                told[at] = np.uint32(told[at] & ~(255 << shift) | byte << shift)
        state[:] = inside
        for block in range(0, len(told), 16 * LANES):
            _hash(state, told[block : block + 16 * LANES], rounds, w)
        last[: 8 * LANES] = state
        state[:] = outside
        _hash(state, last, rounds, w)
        for k in range(min(LANES, until - begins)):
            found[begins - first + k] = np.uint64(state[k]) << np.uint64(32) | np.uint64(state[LANES + k])
    return found


@compiled
def _side_by_side(numbers: Numbers) -> Numbers:
    """The same numbers for each of LANES messages."""
    told = np.empty(len(numbers) * LANES, np.uint32)
    for n in range(len(numbers)):
        told[n * LANES : (n + 1) * LANES] = numbers[n]
    return told
