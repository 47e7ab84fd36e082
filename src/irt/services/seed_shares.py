"""A seed in two shares, each for one holder: both are needed, and neither alone tells anything.

The first share is random, the second the seed XOR the first. Each is closed for its holder's X25519 key with a
fresh key pair: HKDF-SHA256 over the shared secret, then ChaCha20-Poly1305. A key encrypts once; its nonce is zero.
"""

import json
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from irt.errors import BadInput

HOLDERS = 2
_MARK = "two-holders/1:"
_NONCE = bytes(12)
_KEY_BYTES = 32


class NotAHolder(BadInput):
    """A key that opens no share of this seed."""


class UnusableKey(BadInput):
    """A text that is no key of a holder, or a passphrase that does not open it."""


def is_shared(sealed: str) -> bool:
    """Whether a sealed seed needs its holders."""
    return sealed.startswith(_MARK)


def share_out(seed: bytes, holders: Sequence[str], entropy: Callable[[int], bytes]) -> str:
    """The seed closed for two different holders, by their public keys; UnusableKey where they are not."""
    if len(set(holders)) != HOLDERS or len(holders) != HOLDERS:
        raise UnusableKey("A seed has two different holders. Nothing was sealed. Give each holder's public key.")
    first = entropy(len(seed))
    shares = (first, _xor(seed, first))
    boxes = {holder: close_box(share, holder) for holder, share in zip(holders, shares, strict=True)}
    return _MARK + json.dumps(boxes, sort_keys=True)


def shares_of(sealed: str) -> dict[str, str]:
    """Each holder's closed share by the holder's public key; none where the installation's key seals the seed."""
    shares: dict[str, str] = json.loads(sealed.removeprefix(_MARK)) if is_shared(sealed) else {}
    return shares


def put_together(sealed: str, keys: Sequence[X25519PrivateKey]) -> bytes:
    """The seed from both holders' keys; NotAHolder where one is missing or another's."""
    boxes = shares_of(sealed)
    known = {public_of(key): key for key in keys}
    if set(known) != set(boxes):
        raise NotAHolder("These are not the keys of both holders. Nothing was unsealed. Both must be there.")
    first, second = (open_box(box, known[holder]) for holder, box in boxes.items())
    return _xor(first, second)


def close_box(secret: bytes, public: str) -> str:
    """The secret, for nobody but the owner of that public key."""
    own = X25519PrivateKey.generate()
    try:
        shared = own.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(public)))
    except ValueError:
        raise UnusableKey("A public key is 64 hexadecimal digits. Nothing was sealed.") from None
    box = ChaCha20Poly1305(_derived(shared, public_of(own), public)).encrypt(_NONCE, secret, None)
    return f"{public_of(own)}.{box.hex()}"


def open_box(box: str, key: X25519PrivateKey) -> bytes:
    """The secret of a box; NotAHolder where it is for somebody else."""
    sender, _, closed = box.partition(".")
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(sender)))
        opened = ChaCha20Poly1305(_derived(shared, sender, public_of(key)))
        return opened.decrypt(_NONCE, bytes.fromhex(closed), None)
    except (InvalidTag, ValueError):
        raise NotAHolder("This key does not open the share. Nothing was unsealed.") from None


def public_of(key: X25519PrivateKey) -> str:
    """A key's public half, hexadecimal."""
    return key.public_key().public_bytes_raw().hex()


def written_key(key: X25519PrivateKey, passphrase: bytes) -> bytes:
    """The key as PEM, encrypted with the holder's passphrase."""
    encryption = serialization.BestAvailableEncryption(passphrase)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def read_key(pem: bytes, passphrase: bytes) -> X25519PrivateKey:
    """The key of a PEM text; UnusableKey where it is none, or the passphrase another."""
    try:
        key = serialization.load_pem_private_key(pem, passphrase)
    except (ValueError, TypeError):
        raise UnusableKey("The holder's key cannot be opened. Check the file and the passphrase.") from None
    if not isinstance(key, X25519PrivateKey):
        raise UnusableKey("This is a key of another kind. Make one with: irt randomization holder-key")
    return key


def _derived(shared: bytes, sender: str, receiver: str) -> bytes:
    told = f"IRT-SEED-SHARE/1|{sender}|{receiver}".encode()
    return HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=None, info=told).derive(shared)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
