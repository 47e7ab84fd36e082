"""Invitations as administrators see them, and as the invited person does."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from irt.blinding.invitations import InvitationState, state_of
from irt.blinding.roles import Role
from irt.blinding.views import BlindedView
from irt.reads.people import where_words
from irt.tables.columns import table_of
from irt.tables.invitation import Invitation
from irt.tables.people import Account
from irt.tables.record import Outbox
from irt.tables.study import Depot, Site, Study

SHOWN_MAX = 200


@dataclass(frozen=True)
class InvitationShown(BlindedView):
    """One invitation; `accepted_by` is a user name."""

    public_id: str
    email: str
    role: Role
    study_id: int | None
    where: str
    role_ends_at: datetime | None
    invited_by: str
    invited_at: datetime
    expires_at: datetime
    state: InvitationState
    letter_left: bool
    accepted_by: str
    reason: str


@dataclass(frozen=True)
class Offer(BlindedView):
    """What the invited person reads; `known`: their address belongs to an account."""

    email: str
    role: Role
    where: str
    role_ends_at: datetime | None
    invited_by: str
    expires_at: datetime
    known: bool


_INVITATIONS, _ACCOUNTS = table_of(Invitation), table_of(Account)
_STUDIES, _SITES, _DEPOTS = table_of(Study), table_of(Site), table_of(Depot)
_OUTBOX = table_of(Outbox)
_INVITERS, _TAKERS = _ACCOUNTS.alias("inviter"), _ACCOUNTS.alias("taker")
_EVERY = (
    select(
        _INVITATIONS,
        (_STUDIES.c.protocol + " (" + _STUDIES.c.mode + ")").label("study"),
        _SITES.c.number.label("site"),
        _DEPOTS.c.code.label("depot"),
        _INVITERS.c.printed_name.label("invited_by"),
        _TAKERS.c.username.label("accepted_by"),
        _OUTBOX.c.sent_at,
    )
    .join(_INVITERS, _INVITERS.c.id == _INVITATIONS.c.invited_by_id)
    .join(_OUTBOX, _OUTBOX.c.id == _INVITATIONS.c.outbox_id)
    .outerjoin(_STUDIES, _STUDIES.c.id == _INVITATIONS.c.study_id)
    .outerjoin(_SITES, _SITES.c.id == _INVITATIONS.c.site_id)
    .outerjoin(_DEPOTS, _DEPOTS.c.id == _INVITATIONS.c.depot_id)
    .outerjoin(_TAKERS, _TAKERS.c.id == _INVITATIONS.c.account_id)
    .order_by(_INVITATIONS.c.id.desc())
)
_ONE = _EVERY.where(_INVITATIONS.c.public_id == bindparam("public_id"))
_OF_STUDIES = _EVERY.where(_INVITATIONS.c.study_id.in_(bindparam("study_ids", expanding=True)))
_KNOWN = select(_ACCOUNTS.c.id).where(func.lower(_ACCOUNTS.c.email) == bindparam("email"))


def invitations(
    connection: Connection, managed: frozenset[int | None], now: datetime
) -> tuple[InvitationShown, ...]:
    """The newest invitations into these studies, all where None is among them; open and past ones."""
    if None in managed:
        rows = connection.execute(_EVERY.limit(SHOWN_MAX)).mappings()
    else:
        rows = connection.execute(
            _OF_STUDIES.limit(SHOWN_MAX), {"study_ids": sorted(filter(None, managed))}
        ).mappings()
    return tuple(_shown(row, now) for row in rows)


def offer_of(connection: Connection, public_id: str, now: datetime) -> Offer | None:
    """What is offered under an open invitation; None for every other."""
    row = connection.execute(_ONE, {"public_id": public_id}).mappings().first()
    if row is None or _state(row, now) is not InvitationState.OPEN:
        return None
    return Offer(
        email=row["email"],
        role=Role(row["role"]),
        where=_where(row),
        role_ends_at=row["role_ends_at"],
        invited_by=row["invited_by"],
        expires_at=row["expires_at"],
        known=connection.execute(_KNOWN, {"email": row["email"]}).first() is not None,
    )


def _shown(row: RowMapping, now: datetime) -> InvitationShown:
    return InvitationShown(
        public_id=row["public_id"],
        email=row["email"],
        role=Role(row["role"]),
        study_id=row["study_id"],
        where=_where(row),
        role_ends_at=row["role_ends_at"],
        invited_by=row["invited_by"],
        invited_at=row["invited_at"],
        expires_at=row["expires_at"],
        state=_state(row, now),
        letter_left=row["sent_at"] is not None,
        accepted_by=row["accepted_by"] or "",
        reason=row["reason"],
    )


def _state(row: RowMapping, now: datetime) -> InvitationState:
    return state_of(row["accepted_at"], row["withdrawn_at"], row["expires_at"], now)


def _where(row: RowMapping) -> str:
    return where_words(row["study"], row["country"], row["site"], row["depot"])
