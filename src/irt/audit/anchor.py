"""An anchor: the last hashes of all chains at one moment, signed, to be kept where the database is not."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from irt.audit.chain import GENESIS, canonical
from irt.errors import BadInput

FORMAT = "irt-audit-anchor/1"


@dataclass(frozen=True, slots=True)
class AnchoredHead:
    """Where one chain ended: `hash` is that of its entry `sequence`."""

    chain: str
    secret: bool
    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """All heads at one moment. `number` counts from 1; `previous` is the hash of the anchor before."""

    number: int
    at: str
    release: str
    heads: tuple[AnchoredHead, ...]
    previous: str = GENESIS

    @property
    def content(self) -> dict[str, Any]:
        """What is hashed and signed."""
        heads = [
            {"chain": head.chain, "secret": head.secret, "sequence": head.sequence, "hash": head.hash}
            for head in self.heads
        ]
        plain = {"number": self.number, "at": self.at, "release": self.release, "previous": self.previous}
        return {"format": FORMAT, **plain, "heads": heads}

    @property
    def hash(self) -> str:
        """SHA-256 over the canonical content."""
        return hashlib.sha256(canonical(self.content).encode()).hexdigest()

    @property
    def day(self) -> str:
        """YYYY-MM-DD, in UTC."""
        return self.at[:10]


@dataclass(frozen=True, slots=True)
class SignedAnchor:
    """An anchor with its Ed25519 signature and the public key that it names, both in base64."""

    anchor: Anchor
    signature: str
    public_key: str

    @property
    def text(self) -> str:
        """The file: one line of JSON; the signed text stands in it as it was signed."""
        ends = {"signature": self.signature, "public_key": self.public_key}
        return f'{{"anchor":{canonical(self.anchor.content)},{canonical(ends)[1:]}\n'

    def is_signed_by(self, public_key: bytes) -> bool:
        """Whether that key, 32 bytes, signed it."""
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(
                base64.b64decode(self.signature, validate=True), canonical(self.anchor.content).encode()
            )
        except (InvalidSignature, ValueError):
            return False
        return True


def next_anchor(before: Anchor | None, at: datetime, release: str, heads: tuple[AnchoredHead, ...]) -> Anchor:
    """The anchor that follows; the first one where there is none before."""
    ordered = tuple(sorted(heads, key=lambda head: (head.chain, head.secret)))
    moment = at.isoformat(timespec="microseconds")
    if before is None:
        return Anchor(1, moment, release, ordered)
    return Anchor(before.number + 1, moment, release, ordered, before.hash)


def sign_anchor(anchor: Anchor, key: Ed25519PrivateKey) -> SignedAnchor:
    """The anchor with the installation's signature under it."""
    signature = key.sign(canonical(anchor.content).encode())
    public = key.public_key().public_bytes_raw()
    return SignedAnchor(anchor, base64.b64encode(signature).decode(), base64.b64encode(public).decode())


def read_anchor(text: str, file_name: str) -> SignedAnchor:
    """An anchor from its file; BadInput, naming the file, where it is none."""
    try:
        read: Mapping[str, Any] = json.loads(text)
        content = read["anchor"]
        if content["format"] != FORMAT:
            raise KeyError
        heads = tuple(AnchoredHead(**head) for head in content["heads"])
        named = {name: content[name] for name in ("number", "at", "release", "previous")}
        return SignedAnchor(Anchor(heads=heads, **named), read["signature"], read["public_key"])
    except (ValueError, KeyError, TypeError):
        raise BadInput(f"{file_name} is no anchor of an audit trail. Nothing was read from it.") from None
