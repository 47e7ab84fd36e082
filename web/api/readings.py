"""A reading of what only unblinded people see is a line of the audit trail, for other systems too."""

from collections.abc import Mapping
from datetime import datetime

from irt.blinding.actor import Actor
from irt.blinding.roles import Permission
from irt.services.log_reading import LogReading, log_reading
from irt.services.store import Store
from irt.services.unit_of_work import perform
from web.press import new_key


def write_down(
    store: Store,
    caller: Actor,
    now: datetime,
    study_id: int,
    what: str,
    rows: int,
    *,
    site_id: int | None = None,
    permission: Permission = Permission.VIEW_RANDOMIZATION,
    details: Mapping[str, str] | None = None,
) -> None:
    """One line: who read what, under which right, and how much of it."""
    ask = LogReading(
        study_id=study_id,
        site_id=site_id,
        what=what,
        permission=permission,
        rows=rows,
        details=dict(details or {}),
    )
    perform(store, caller, now, log_reading, ask, new_key(store))
