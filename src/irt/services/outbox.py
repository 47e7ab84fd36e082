"""Messages for the world outside: written with the change they tell of, sent after it is committed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select, update

from irt.blinding.audience import Audience
from irt.services.work import Work
from irt.tables.columns import table_of
from irt.tables.record import Outbox

ATTEMPTS_MAX = 10
"""After this many a message stays unsent, for a person to look at."""

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)

_OUTBOX = table_of(Outbox)
_WAITING = (
    select(_OUTBOX)
    .where(
        _OUTBOX.c.sent_at.is_(None),
        _OUTBOX.c.due_at <= bindparam("now"),
        _OUTBOX.c.attempts < ATTEMPTS_MAX,
    )
    .order_by(_OUTBOX.c.due_at, _OUTBOX.c.id)
    .limit(bindparam("at_most"))
)
_DUE = _WAITING.with_for_update(skip_locked=True)
_TRIED = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id == bindparam("of_id"))
    .values(attempts=bindparam("to_attempts"), due_at=bindparam("next_due"))
)
_HELD = (
    update(_OUTBOX)
    .where(_OUTBOX.c.id == bindparam("of_id"), _OUTBOX.c.sent_at.is_(None))
    .values(attempts=bindparam("to_attempts"), due_at=bindparam("next_due"), held_because=bindparam("because"))
)
_SENT = update(_OUTBOX).where(_OUTBOX.c.id == bindparam("of_id")).values(sent_at=bindparam("now"))


def write_outbox(work: Work, kind: str, audience: Audience, body: Mapping[str, Any], study_id: int | None) -> int:
    """Puts a message into the outbox of this transaction; a blinded body may hold no treatment."""
    return work.record(
        Outbox,
        study_id=study_id,
        kind=kind,
        audience=audience,
        body=dict(body),
        created_at=work.at,
        due_at=work.at,
    )


def wait_after(attempts: int) -> timedelta:
    """How long to wait after a try: 1, 2, 4 ... minutes, at most 6 hours."""
    doublings = min(attempts - 1, ATTEMPTS_MAX)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def outbox_waits(connection: Connection, now: datetime) -> bool:
    """Whether a sender would find a message; asks without a lock."""
    return connection.execute(_WAITING, {"now": now, "at_most": 1}).first() is not None


def claim_outbox(connection: Connection, now: datetime, at_most: int = 20) -> Sequence[RowMapping]:
    """Takes due messages for one try each.

    The next try is set before this one is made: a sender that dies leaves its messages to come due again.
    """
    claimed = connection.execute(_DUE, {"now": now, "at_most": at_most}).mappings().all()
    for message in claimed:
        attempts = message["attempts"] + 1
        step = {"of_id": message["id"], "to_attempts": attempts, "next_due": now + wait_after(attempts)}
        connection.execute(_TRIED, step)
    return claimed


def hold_back(connection: Connection, message: RowMapping, because: str, now: datetime) -> None:
    """The message may not leave yet: the try just made does not count, and it is looked at again later."""
    facts = {"to_attempts": message["attempts"], "next_due": now + LONGEST_WAIT, "because": because}
    connection.execute(_HELD, {"of_id": message["id"], **facts})


def mark_sent(connection: Connection, message_id: int, now: datetime) -> None:
    """The message has left."""
    connection.execute(_SENT, {"of_id": message_id, "now": now})
