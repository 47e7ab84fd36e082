"""What whoever reviews access should look at: roles that nobody uses, or that should not be there as they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from irt.blinding.roles import UNBLINDED_ROLES, Role

UNUSED_AFTER = timedelta(days=90)
"""A role is looked at when its holder has not signed in for so long."""
REVIEW_EVERY = timedelta(days=90)
"""Access to a study is reviewed at least so often (E6-39)."""
LIMITED_ROLES = frozenset({Role.INSPECTOR})
"""Roles for a visit: they are granted with an end."""


class AccessFinding(StrEnum):
    """Why a role should be looked at."""

    LOCKED = "locked"
    UNTRAINED = "untrained"
    UNUSED = "unused"
    NEVER_USED = "never_used"
    NO_END = "no_end"
    UNBLINDED_EVERYWHERE = "unblinded_everywhere"


WORDS: dict[AccessFinding, str] = {
    AccessFinding.LOCKED: "The account is locked and still holds the role.",
    AccessFinding.UNTRAINED: "No training is on file.",
    AccessFinding.UNUSED: "Nobody signed in with this account for 90 days.",
    AccessFinding.NEVER_USED: "Nobody has ever signed in with this account, for 90 days.",
    AccessFinding.NO_END: "A role for a visit has no end.",
    AccessFinding.UNBLINDED_EVERYWHERE: "The role sees treatments, and holds in more than this study.",
}


@dataclass(frozen=True, slots=True)
class HeldAccess:
    """A role in force and its holder, as far as a review looks at them. Instants are aware."""

    role: Role
    since: datetime
    ends_at: datetime | None
    in_one_study: bool
    trained: bool
    locked: bool
    last_sign_in: datetime | None


def findings(held: HeldAccess, now: datetime) -> tuple[AccessFinding, ...]:
    """Everything to look at, in a fixed order; nothing where all is as it should be."""
    long_held = held.since <= now - UNUSED_AFTER
    told = {
        AccessFinding.LOCKED: held.locked,
        AccessFinding.UNTRAINED: not held.trained,
        AccessFinding.UNUSED: held.last_sign_in is not None and held.last_sign_in <= now - UNUSED_AFTER,
        AccessFinding.NEVER_USED: held.last_sign_in is None and long_held,
        AccessFinding.NO_END: held.role in LIMITED_ROLES and held.ends_at is None,
        AccessFinding.UNBLINDED_EVERYWHERE: held.role in UNBLINDED_ROLES and not held.in_one_study,
    }
    return tuple(finding for finding, is_so in told.items() if is_so)


def review_is_due(last: datetime | None, opened_at: datetime, now: datetime) -> bool:
    """Whether access to a study should be reviewed: REVIEW_EVERY after the last review, or after it was opened."""
    return (last or opened_at) <= now - REVIEW_EVERY
