"""Opaque numbers: randomization and kit numbers that tell nothing of order, arm or kit type.

A keyed permutation of all numbers of a given length, by a Feistel network over two halves of nearly equal radix
(their product is just above the count of numbers; the few results outside are fed through again). A round adds to
one half, modulo its radix, the first 8 bytes of HMAC-SHA256(key, purpose || 00 || round || uint64be(other half)).
"""

import hmac
import struct
from collections.abc import Iterator
from math import isqrt

from irt.errors import Refusal

ROUNDS = 10


class NumbersUsedUp(Refusal):
    """There are no more numbers of this length."""

    def __init__(self, digits: int) -> None:
        super().__init__(
            f"All numbers of {digits} digits are used up, so no new number was given. "
            "Tell the study team: the study needs longer numbers."
        )


class OpaqueNumbers:
    """All numbers of `digits` digits (the first never 0) in an order that only the key tells.

    Different purposes under one key give unrelated orders, so a kit number never hints at a randomization number.
    """

    def __init__(self, key: bytes, digits: int, purpose: str) -> None:
        if digits < 1:
            raise ValueError("a number has at least one digit")
        self.digits = digits
        self._least: int = 10 ** (digits - 1)
        self.count = 9 * self._least
        self._key = key
        self._purpose = purpose.encode() + b"\0"
        left = isqrt(self.count - 1) + 1
        self._radices: tuple[int, int] = (left, -(-self.count // left))
        # Rounds see few distinct halves, so remembering their values makes the second thousand numbers cheap.
        self._values: list[dict[int, int]] = [{} for _ in range(ROUNDS)]

    def number(self, index: int) -> str:
        """The number at an index from 0; NumbersUsedUp past the last."""
        if index < 0:
            raise ValueError("an index is zero or more")
        if index >= self.count:
            raise NumbersUsedUp(self.digits)
        place = self._permuted(index)
        while place >= self.count:
            place = self._permuted(place)
        return str(self._least + place)

    def numbers(self, indices: range) -> Iterator[str]:
        """The numbers at each index of a range."""
        return map(self.number, indices)

    def _permuted(self, place: int) -> int:
        radix = self._radices[1]
        halves: list[int] = list(divmod(place, radix))
        for turn, values in enumerate(self._values):
            changed = turn % 2
            other = halves[1 - changed]
            value = values.get(other)
            if value is None:
                value = values[other] = self._value(turn, other)
            halves[changed] = (halves[changed] + value) % self._radices[changed]
        return halves[0] * radix + halves[1]

    def _value(self, turn: int, half: int) -> int:
        message = self._purpose + struct.pack(">BQ", turn, half)
        return int.from_bytes(hmac.digest(self._key, message, "sha256")[:8], "big")
