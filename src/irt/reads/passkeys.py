"""One's own passkeys, as the account page lists them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from irt.blinding.views import BlindedView
from irt.tables.columns import table_of
from irt.tables.passkey import Passkey


@dataclass(frozen=True)
class PasskeyShown(BlindedView):
    """A passkey that opens."""

    id: int
    label: str
    created_at: datetime
    last_used_at: datetime | None


_KEYS = table_of(Passkey)
OWN_PASSKEYS = (
    select(_KEYS)
    .where(_KEYS.c.account_id == bindparam("account_id"), _KEYS.c.removed_at.is_(None))
    .order_by(_KEYS.c.id)
)
"""A person's passkeys that open, oldest first."""


def passkeys_of(connection: Connection, account_id: int) -> tuple[PasskeyShown, ...]:
    """Oldest first."""
    rows = connection.execute(OWN_PASSKEYS, {"account_id": account_id})
    return tuple(PasskeyShown(row.id, row.label, row.created_at, row.last_used_at) for row in rows)
