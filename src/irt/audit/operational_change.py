"""What a decision on a change of operational data is bound to."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from irt.audit.signature import record_hash


def change_hash(
    kind: str,
    record: str,
    facts: Mapping[str, Any],
    effective_from: date,
    secret: Mapping[str, Any] | None = None,
) -> str:
    """The hash of a change as it is shown to the person who decides; `secret` is what names a kit type."""
    shown = {"facts": dict(facts), "secret": secret and dict(secret), "from": effective_from.isoformat()}
    return record_hash(kind, record, shown)
