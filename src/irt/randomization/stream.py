"""IRT-RNG/1: the allocation stream that anyone with HMAC-SHA256 can recompute.

u64(i, attempt) is the first 8 bytes, big-endian, of
HMAC-SHA256(key, stream_id || 00 || uint64be(i) || uint32be(attempt)).
A number below m is u64 mod m; values from floor(2^64 / m) * m upwards are rejected and the attempt goes up by one.

A number below more than 2^64 takes as many words as it needs, k of them: word 0 is the one above, and word j from 1
is that of the same message with uint32be(j) after it. Joined with word 0 first they are one number below 2^(64 k),
and they are rejected and drawn again together.
"""

import hashlib
import hmac
import struct
import unicodedata
from dataclasses import asdict, dataclass, field
from fractions import Fraction

VERSION = "IRT-RNG/1"
WORD_BITS = 64
WORDS = 1 << WORD_BITS
KEY_BYTES = 32


def stream_id(trial: str, list_version: str, stratum: str) -> str:
    """The four parts of a stream's name in NFC, joined by `|`; `%` and `|` inside a part become %25 and %7C."""
    return "|".join(escaped(part) for part in (VERSION, trial, list_version, stratum))


def commitment(secret: bytes) -> str:
    """SHA-256 of a seed, published before its first use."""
    return hashlib.sha256(secret).hexdigest()


def escaped(part: str) -> str:
    """One part of a stream's name as it stands in the name."""
    return unicodedata.normalize("NFC", part).replace("%", "%25").replace("|", "%7C")


@dataclass(frozen=True, slots=True)
class Draw:
    """One number from a stream with all that is needed to recompute it; `attempt` counts the rejected words.

    `u64` is the word; where the modulus is above 2^64, all the words joined.
    """

    stream: str
    index: int
    attempt: int
    u64: int
    modulus: int
    value: int

    def record(self) -> dict[str, str | int]:
        """JSON-able; a word is 16 hexadecimal digits, because many readers round integers above 2^53.

        For the same reason modulus and value are texts where more than one word was needed.
        """
        words = words_below(self.modulus)
        written = {**asdict(self), "u64": f"{self.u64:0{16 * words}x}"}
        return written if words == 1 else {**written, "modulus": str(self.modulus), "value": str(self.value)}


def words_below(modulus: int) -> int:
    """How many 64-bit words a number below the modulus is drawn from."""
    return max(1, -(-(modulus - 1).bit_length() // WORD_BITS))


class Stream:
    """One keyed, named sequence of numbers, read at any index in any order."""

    __slots__ = ("_key", "_prefix", "stream_id")

    def __init__(self, key: bytes, stream_id: str) -> None:
        self.stream_id = stream_id
        self._key = key
        self._prefix = unicodedata.normalize("NFC", stream_id).encode() + b"\0"

    def u64(self, index: int, attempt: int = 0) -> int:
        """The 64-bit word at an index."""
        message = self._prefix + struct.pack(">QI", index, attempt)
        return int.from_bytes(hmac.digest(self._key, message, "sha256")[:8], "big")

    def below(self, modulus: int, index: int) -> Draw:
        """A number in [0, modulus), each exactly as likely; ValueError where there is none."""
        if modulus <= 0:
            raise ValueError(f"a modulus is 1 or more, not {modulus}")
        if modulus > WORDS:
            return self._below_wide(modulus, index)
        limit = WORDS - WORDS % modulus
        attempt = 0
        while (word := self.u64(index, attempt)) >= limit:
            attempt += 1
        return Draw(self.stream_id, index, attempt, word, modulus, word % modulus)

    def _below_wide(self, modulus: int, index: int) -> Draw:
        words = words_below(modulus)
        whole = 1 << WORD_BITS * words
        limit = whole - whole % modulus
        attempt = 0
        while (joined := self._joined(words, index, attempt)) >= limit:
            attempt += 1
        return Draw(self.stream_id, index, attempt, joined, modulus, joined % modulus)

    def _joined(self, words: int, index: int, attempt: int) -> int:
        message = self._prefix + struct.pack(">QI", index, attempt)
        later = (message + struct.pack(">I", word) for word in range(1, words))
        parts = (hmac.digest(self._key, each, "sha256")[:8] for each in (message, *later))
        return int.from_bytes(b"".join(parts), "big")

    def bernoulli(self, probability: Fraction, index: int) -> tuple[bool, Draw]:
        """Whether an event of exactly this probability happens, and the number that decided it."""
        draw = self.below(probability.denominator, index)
        return draw.value < probability.numerator, draw


@dataclass(frozen=True, slots=True)
class Seed:
    """The sealed key of one study in one mode, with the names that its streams carry; it never prints itself."""

    key: bytes = field(repr=False)
    trial: str
    list_version: str = "1"

    def __post_init__(self) -> None:
        if len(self.key) < KEY_BYTES:
            raise ValueError(f"a seed has at least {KEY_BYTES} bytes")

    def stream(self, method: str, stratum: str) -> Stream:
        """The stream of one list (its stratum) or of one dynamic step (its name)."""
        return Stream(self.key, stream_id(self.trial, f"{method}/{self.list_version}", stratum))
