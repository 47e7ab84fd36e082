"""An audit entry: the chain it belongs to, and what its hash covers."""

from collections.abc import Mapping
from typing import Any

INSTALLATION = "installation"
"""The chain of acts that belong to no study."""

_COVERED = (
    "chain",
    "sequence",
    "at",
    "zone",
    "account_id",
    "person",
    "act",
    "record_kind",
    "record",
    "site_id",
    "old",
    "new",
    "reason",
    "release",
)
_SECRET_COVERED = ("chain", "sequence", "blinded_sequence", "at", "act", "body")


def study_of_chain(chain: str) -> int | None:
    """The study a chain belongs to; None for the installation's."""
    return None if chain == INSTALLATION else int(chain.removeprefix("study:"))


def study_chain(study_id: int) -> str:
    """The name of a study's chain."""
    return f"study:{study_id}"


def content_of(entry: Mapping[Any, Any]) -> dict[str, Any]:
    """What an audit entry's hash covers."""
    return {name: entry[name] for name in _COVERED}


def secret_content_of(entry: Mapping[Any, Any]) -> dict[str, Any]:
    """What a secret entry's hash covers."""
    return {name: entry[name] for name in _SECRET_COVERED}
