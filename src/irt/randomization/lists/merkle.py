"""A Merkle tree over salted lines: its root fixes a list, and one line can be shown without the others.

salt(i)  = HMAC-SHA256(key, "IRT-LIST-SALT/1" || 00 || SHA-256 of the canonical CSV || i as 8 bytes), lines counted
           from 0 without the heading
leaf(i)  = SHA-256(00 || salt(i) || the line in UTF-8)
node     = SHA-256(01 || left || right); a node without a neighbour goes up as it is

Without its salt a line cannot be guessed from its leaf, although an arm is one of two words.
"""

import hashlib
import hmac
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from irt.randomization.lists.frozen_list import FrozenList

_SALT = b"IRT-LIST-SALT/1\0"
_LEAF, _NODE = b"\0", b"\1"


class Proof(NamedTuple):
    """That a line is the so-maniest of a list: its salt, and the neighbours on the way up, each with its side."""

    place: int
    line: str
    salt: str
    neighbours: tuple[tuple[str, str], ...]

    def record(self) -> dict[str, Any]:
        """JSON-able; a neighbour is its side (left or right) and its hash."""
        return {**self._asdict(), "neighbours": [list(each) for each in self.neighbours]}


def salts_of(key: bytes, made: FrozenList) -> Iterator[bytes]:
    """The salt of each line; one tells nothing of the key, nor of the salt of any other line or list."""
    prefix = _SALT + bytes.fromhex(made.sha256)
    return (hmac.digest(key, prefix + struct.pack(">Q", place), "sha256") for place in range(len(made.entries)))


def merkle_root(key: bytes, made: FrozenList) -> str:
    """The root over the lines of a list, hexadecimal; of no lines the hash of nothing."""
    return _levels(key, made)[-1][0].hex()


def proof_of(key: bytes, made: FrozenList, place: int) -> Proof:
    """The proof of one line; IndexError where the list has no such line."""
    neighbours, at = [], place
    for level in _levels(key, made)[:-1]:
        beside = at ^ 1
        if beside < len(level):
            neighbours.append(("left" if beside < at else "right", level[beside].hex()))
        at //= 2
    return Proof(place, made.lines[place], list(salts_of(key, made))[place].hex(), tuple(neighbours))


def proves(proof: Proof, root: str) -> bool:
    """Whether the line stands in the list of that root; needs neither key nor list."""
    reached = _leaf(bytes.fromhex(proof.salt), proof.line)
    for side, neighbour in proof.neighbours:
        beside = bytes.fromhex(neighbour)
        reached = _above(beside, reached) if side == "left" else _above(reached, beside)
    return hmac.compare_digest(reached.hex(), root)


def _levels(key: bytes, made: FrozenList) -> list[list[bytes]]:
    leaves = [_leaf(salt, line) for salt, line in zip(salts_of(key, made), made.lines, strict=True)]
    level = leaves or [hashlib.sha256().digest()]
    levels = [level]
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [_above(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
        levels.append(level)
    return levels


def _leaf(salt: bytes, line: str) -> bytes:
    return hashlib.sha256(_LEAF + salt + line.encode()).digest()


def _above(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
