"""An invitation: a role that waits for its person, for a week."""

from datetime import datetime, timedelta
from enum import StrEnum

LIFE = timedelta(days=7)
"""How long the link of an invitation opens; afterwards the person is invited again."""


class InvitationState(StrEnum):
    """Where an invitation stands."""

    OPEN = "open"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


def state_of(
    accepted_at: datetime | None, withdrawn_at: datetime | None, expires_at: datetime, now: datetime
) -> InvitationState:
    """The state at that moment; what a person did comes before what time did."""
    if accepted_at is not None:
        return InvitationState.ACCEPTED
    if withdrawn_at is not None:
        return InvitationState.WITHDRAWN
    return InvitationState.EXPIRED if expires_at <= now else InvitationState.OPEN


def plain_email(typed: str) -> str:
    """The address as it is stored and compared: no case, no blanks around it."""
    return typed.strip().casefold()


def is_email(typed: str) -> bool:
    """Whether a letter could go there: one @, a dot in what follows it, no blanks and nothing unprintable."""
    name, at, host = typed.partition("@")
    inside = "." in host.strip(".") and "@" not in host
    return bool(name and at) and inside and typed.isprintable() and not any(sign.isspace() for sign in typed)
