"""Words of the product's allocation stream, many at once, in machine code; tests hold them equal.

HMAC-SHA256 as FIPS 180-4 and RFC 2104 have it. Numbers have 32 bits and are held in 64.
"""

import struct
import unicodedata

import numpy as np

from simulation.arrays import Words
from simulation.inputs.compiled import compiled

BLOCK_BYTES = 64
ROUNDS = 64
_INNER, _OUTER = 0x36, 0x5C
_LOW = np.uint64(0xFFFFFFFF)
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


def _numbers(text: bytes) -> Words:
    return np.frombuffer(text, ">u4").astype(np.uint64)


def _root(number: int, power: int) -> int:
    """The first 32 bits behind the point of a square or cube root."""
    low, high = 0, number << 32
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**power <= number << 32 * power else (low, middle - 1)
    return low & 0xFFFFFFFF


def _constants() -> tuple[Words, Words]:
    """Where the hash begins, and a number for each round: roots of the first primes."""
    if not _KNOWN:
        primes = [n for n in range(2, 312) if all(n % other for other in range(2, n))]
        _KNOWN.append(np.array([_root(prime, 2) for prime in primes[:8]], np.uint64))
        _KNOWN.append(np.array([_root(prime, 3) for prime in primes[:ROUNDS]], np.uint64))
    return _KNOWN[0], _KNOWN[1]


_KNOWN: list[Words] = []


@compiled
def _turned(word: np.uint64, bits: int) -> np.uint64:
    return (word >> np.uint64(bits) | word << np.uint64(32 - bits)) & _LOW


@compiled
def _hash(state: Words, block: Words, rounds: Words, w: Words) -> None:
    """Takes one block of sixteen numbers into the state; `w` is room for the rounds."""
    for n in range(ROUNDS):
        if n < 16:
            w[n] = block[n]
        else:
            first, last = w[n - 15], w[n - 2]
            early = _turned(first, 7) ^ _turned(first, 18) ^ first >> np.uint64(3)
            late = _turned(last, 17) ^ _turned(last, 19) ^ last >> np.uint64(10)
            w[n] = (w[n - 16] + early + w[n - 7] + late) & _LOW
    a, b, c, d, e, f, g, h = state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]
    for n in range(ROUNDS):
        turned = _turned(e, 6) ^ _turned(e, 11) ^ _turned(e, 25)
        one = h + turned + (e & f ^ (e ^ _LOW) & g) + rounds[n] + w[n]
        other = (_turned(a, 2) ^ _turned(a, 13) ^ _turned(a, 22)) + (a & b ^ a & c ^ b & c)
        h, g, f, e, d, c, b, a = g, f, e, (d + one) & _LOW, c, b, a, (one + other) & _LOW
    for n, word in enumerate((a, b, c, d, e, f, g, h)):
        state[n] = (state[n] + word) & _LOW


@compiled
def _words(
    inner: Words,
    outer: Words,
    message: Words,
    prefix_bytes: int,
    first: int,
    until: int,
    start: Words,
    rounds: Words,
) -> Words:
    found, w = np.empty(until - first, np.uint64), np.empty(ROUNDS, np.uint64)
    inside, outside = start.copy(), start.copy()
    _hash(inside, inner, rounds, w)
    _hash(outside, outer, rounds, w)
    last = np.zeros(16, np.uint64)
    last[8], last[15] = np.uint64(1 << 31), np.uint64(8 * (BLOCK_BYTES + 32))
    for number in range(first, until):
        for n in range(8):
            # One byte of the number after the other, the highest first.
            place = prefix_bytes + n
            shift = np.uint64(24 - 8 * (place % 4))
            byte = np.uint64(number >> 8 * (7 - n) & 255)
            message[place // 4] = message[place // 4] & (_LOW ^ np.uint64(255) << shift) | byte << shift
        state = inside.copy()
        for begins in range(0, len(message), 16):
            _hash(state, message[begins : begins + 16], rounds, w)
        last[:8] = state
        state = outside.copy()
        _hash(state, last, rounds, w)
        found[number - first] = state[0] << np.uint64(32) | state[1]
    return found
