"""The digest of a study version: the same for the same study, and of no use to a guesser."""

import hashlib
import json

from irt.study.definition import StudyDefinition

SALT_BYTES_MIN = 16


def canonical_json(definition: StudyDefinition) -> str:
    """The definition as text with sorted keys: equal definitions have equal text."""
    plain = definition.model_dump(mode="json")
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(definition: StudyDefinition, salt: bytes) -> str:
    """SHA-256 in hex over the salt and the canonical text.

    The salt stays secret: without it a block size could be guessed by trying the few there are.
    """
    if len(salt) < SALT_BYTES_MIN:
        raise ValueError(f"a salt of {len(salt)} bytes can be guessed; use {SALT_BYTES_MIN} or more")
    framed = len(salt).to_bytes(4, "big") + salt + canonical_json(definition).encode()
    return hashlib.sha256(framed).hexdigest()
