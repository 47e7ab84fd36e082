"""Signatures of what is pushed to a vendor's address, by Standard Webhooks: HMAC-SHA256 under a secret."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from datetime import datetime

from irt.errors import BadInput

PREFIX = "whsec_"
_LEAST_BYTES = 24


class UnusableSecret(BadInput):
    """The secret is not one of Standard Webhooks, or too short."""


def secrets_in(written: str) -> tuple[bytes, ...]:
    """One or several secrets, as `whsec_...`, with spaces between; several while one replaces another."""
    secrets = tuple(_secret(each) for each in written.split())
    if not secrets:
        raise UnusableSecret("There is no secret to sign with. Nothing was sent. Set IRT_WEBHOOK_SECRET.")
    return secrets


def signed_headers(secrets: Sequence[bytes], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers; the receiver takes any of the signatures, and nothing that is old."""
    stamp = str(int(at.timestamp()))
    signed = f"{message_id}.{stamp}.".encode() + body
    made = [b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode() for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{each}" for each in made),
    }


def _secret(written: str) -> bytes:
    try:
        secret = b64decode(written.removeprefix(PREFIX), validate=True)
    except NotBase64:
        secret = b""
    if len(secret) < _LEAST_BYTES:
        raise UnusableSecret(
            f"A secret is {PREFIX} and at least {_LEAST_BYTES} bytes in base64. Nothing was sent. Correct it."
        )
    return secret
