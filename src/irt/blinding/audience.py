"""To whom a notice is written: each audience gets its own words, resolved from roles, never from a list."""

from enum import StrEnum

from irt.blinding.roles import UNBLINDED_ROLES, Role


class Audience(StrEnum):
    """One kind of reader."""

    BLINDED = "blinded"
    UNBLINDED = "unblinded"
    UNBLINDED_PHARMACIST = "unblinded_pharmacist"
    SAFETY = "safety"


def audience_of(role: Role) -> Audience:
    """The one audience a role belongs to."""
    if role == Role.UNBLINDED_PHARMACIST:
        return Audience.UNBLINDED_PHARMACIST
    if role == Role.SAFETY:
        return Audience.SAFETY
    return Audience.UNBLINDED if role in UNBLINDED_ROLES else Audience.BLINDED
