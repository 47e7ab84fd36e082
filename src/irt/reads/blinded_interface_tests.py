"""Tests of depots' interfaces: what was shown, who signed it, and whether the interface is open in production."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from irt.audit.signature import record_hash
from irt.blinding.views import BlindedView
from irt.errors import NotFound
from irt.messages.interface_test import Shown, Told, protocol_content, protocol_of
from irt.states.vendor_message import Direction, MessageStatus
from irt.tables.columns import table_of
from irt.tables.people import Account
from irt.tables.study import Depot
from irt.tables.vendor import InterfaceOpening, InterfaceSignature, VendorMessage


@dataclass(frozen=True)
class ShownLine(BlindedView):
    """One thing to be shown, and the message that shows it."""

    words: str
    message_id: str
    digest: str


@dataclass(frozen=True)
class SignedLine(BlindedView):
    """Who signed the test, for the vendor or for supply."""

    side: str
    person: str
    digest: str
    at: datetime


_MESSAGES, _SIGNATURES, _OPENINGS, _ACCOUNTS, _DEPOTS = (
    table_of(VendorMessage),
    table_of(InterfaceSignature),
    table_of(InterfaceOpening),
    table_of(Account),
    table_of(Depot),
)
_TOLD = (
    select(_MESSAGES)
    .where(_MESSAGES.c.study_id == bindparam("study_id"), _MESSAGES.c.depot_id == bindparam("depot_id"))
    .order_by(_MESSAGES.c.id)
)
_UNREAD = (
    select(_MESSAGES)
    .where(
        _MESSAGES.c.study_id == bindparam("study_id"),
        _MESSAGES.c.depot_id.is_(None),
        _MESSAGES.c.account_id.in_(
            select(_MESSAGES.c.account_id).where(_MESSAGES.c.depot_id == bindparam("depot_id")).distinct()
        ),
    )
    .order_by(_MESSAGES.c.id)
)
_SIGNED = (
    select(_SIGNATURES, _ACCOUNTS.c.printed_name)
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _SIGNATURES.c.account_id)
    .where(_SIGNATURES.c.study_id == bindparam("study_id"), _SIGNATURES.c.depot_id == bindparam("depot_id"))
    .order_by(_SIGNATURES.c.id)
)
_CODED = select(_DEPOTS.c.id).where(
    _DEPOTS.c.study_id == bindparam("study_id"), _DEPOTS.c.code == bindparam("code")
)
_OPEN = select(_OPENINGS.c.id).where(_OPENINGS.c.depot_id == bindparam("depot_id")).limit(1)


def interface_protocol(connection: Connection, study_id: int, depot_id: int) -> tuple[Shown, ...]:
    """What the depot's messages have shown. What could not be read names no sender: it counts by who sent it."""
    asked = {"study_id": study_id, "depot_id": depot_id}
    rows = [*connection.execute(_TOLD, asked).mappings(), *connection.execute(_UNREAD, asked).mappings()]
    return protocol_of(
        Told(
            Direction(row["direction"]),
            MessageStatus(row["status"]),
            row["kind"] or "",
            row["refusal"] or "",
            row["message_id"] or "",
            row["digest"],
        )
        for row in rows
    )


def protocol_digest(depot: str, protocol: tuple[Shown, ...]) -> str:
    """The hash that a signature under the protocol is bound to."""
    return record_hash("interface_test", depot, protocol_content(depot, protocol))


def shown_lines(protocol: tuple[Shown, ...]) -> tuple[ShownLine, ...]:
    """The protocol as a page tells it."""
    return tuple(ShownLine(shown.case.words, shown.message_id, shown.digest) for shown in protocol)


def interface_signatures(connection: Connection, study_id: int, depot_id: int) -> tuple[SignedLine, ...]:
    """Who signed the depot's test, the first first."""
    rows = connection.execute(_SIGNED, {"study_id": study_id, "depot_id": depot_id})
    return tuple(SignedLine(row.side, row.printed_name, row.digest, row.at) for row in rows)


def depot_coded(connection: Connection, study_id: int, code: str, depot_ids: Sequence[int] | None) -> int:
    """The id of a depot among these (None: any of the study); NotFound for any other."""
    found = connection.execute(_CODED, {"study_id": study_id, "code": code}).scalar()
    if found is None or (depot_ids is not None and found not in depot_ids):
        raise NotFound("No such depot. Check its code.")
    return int(found)


def interface_is_open(connection: Connection, depot_id: int) -> bool:
    """Whether the depot's system may send messages in production."""
    return connection.execute(_OPEN, {"depot_id": depot_id}).first() is not None
