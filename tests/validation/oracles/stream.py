"""The allocation stream from its page, with SHA-256 alone; sequences drawn from it."""

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from math import lcm


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """RFC 2104 for keys of at most 64 bytes."""
    padded = key + bytes(64 - len(key))
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in padded) + inner).digest()


def number(key: bytes, name: str, index: int, below: int) -> int:
    """A number below `below` at an index, by words and rejection."""
    words = 1
    while 2 ** (64 * words) < below:
        words += 1
    attempt = 0
    while True:
        message = name.encode() + b"\x00" + index.to_bytes(8, "big") + attempt.to_bytes(4, "big")
        parts = [
            hmac_sha256(key, message + (word.to_bytes(4, "big") if word else b""))[:8] for word in range(words)
        ]
        joined = int.from_bytes(b"".join(parts), "big")
        if joined < 2 ** (64 * words) // below * below:
            return joined % below
        attempt += 1


def arm_of(chances: Sequence[Fraction], value: int) -> int:
    """The first arm whose cumulated whole number is above the value."""
    whole = lcm(*(chance.denominator for chance in chances))
    reached = Fraction(0)
    for arm, chance in enumerate(chances):
        reached += chance * whole
        if value < reached:
            return arm
    raise ValueError("the chances do not sum to one")


def blocks(key: bytes, name: str, ratio: Sequence[int], sizes: Sequence[int], length: int) -> list[int]:
    """Permuted blocks of equally likely sizes, by a running counter."""
    given: list[int] = []
    counter = 0
    while len(given) < length:
        size = sizes[0]
        if len(sizes) > 1:
            size = sizes[number(key, name, counter, len(sizes))]
            counter += 1
        block = [arm for arm, share in enumerate(ratio) for _ in range(share * size // sum(ratio))]
        for last in reversed(range(1, size)):
            other = number(key, name, counter, last + 1)
            counter += 1
            block[last], block[other] = block[other], block[last]
        given += block
    return given[:length]
