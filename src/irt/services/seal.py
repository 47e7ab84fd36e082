"""Sealing of seeds and second factors: what a database reader alone must not be able to open."""

import hashlib
import hmac
import os
from functools import cached_property
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from irt.errors import IntegrityFault


class Seal:
    """Opens and closes sealed texts with the installation's key."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._fernet = Fernet(key)

    def close(self, secret: bytes) -> str:
        """The sealed text."""
        return self._fernet.encrypt(secret).decode()

    def open(self, sealed: str) -> bytes:
        """The secret; IntegrityFault where this installation's key did not seal it."""
        try:
            return self._fernet.decrypt(sealed.encode())
        except InvalidToken:
            raise IntegrityFault("a sealed record does not open with this installation's seal key") from None

    def __getstate__(self) -> dict[str, object]:
        """For another process, which makes an allocator key of its own."""
        return {name: value for name, value in vars(self).items() if name != "allocator"}

    @cached_property
    def allocator(self) -> X25519PrivateKey:
        """This process's own key: made anew at every start, and never written down."""
        return X25519PrivateKey.generate()

    def derived_key(self, purpose: str) -> str:
        """A key for another purpose, which tells nothing of this one; the same at every start."""
        return hmac.new(self._key, purpose.encode(), hashlib.sha256).hexdigest()


def seal_from(environment: dict[str, str], key_file: Path) -> Seal:
    """The key in IRT_SEAL_KEY, or in the key file, which is made (readable by its owner only) where missing."""
    if "IRT_SEAL_KEY" in environment:
        return Seal(environment["IRT_SEAL_KEY"].encode())
    if not key_file.exists():
        handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key())
    return Seal(key_file.read_bytes())
