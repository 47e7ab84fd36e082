"""Who may hold which roles together: in one study nobody is both blinded and unblinded, ever."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from irt.blinding.roles import UNBLINDED_ROLES, Role
from irt.errors import Refusal
from irt.states.table import words

NEUTRAL_ROLES = frozenset({Role.ADMINISTRATOR, Role.SAFETY})
"""Neither blinded nor unblinded: the one sees study facts only, the other one subject's arm with a reason."""

BLINDED_ROLES = frozenset(Role) - UNBLINDED_ROLES - NEUTRAL_ROLES


class RolesConflict(Refusal):
    """The person's earlier role in the study excludes the wanted one."""


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role a person holds or held: in one study, all studies of a sponsor, or everywhere.

    A code break is an act, not a role: it never appears here.
    """

    role: Role
    sponsor_id: int | None = None
    study_id: int | None = None

    def overlaps(self, other: "HeldRole") -> bool:
        """Whether the two reach a common study."""
        if self.study_id is not None and other.study_id is not None:
            return self.study_id == other.study_id
        return self.sponsor_id is None or other.sponsor_id is None or self.sponsor_id == other.sponsor_id


def conflict(history: Iterable[HeldRole], wanted: HeldRole) -> HeldRole | None:
    """The first role of the whole history, ended ones included, that excludes the wanted one."""
    return next((held for held in history if held.overlaps(wanted) and _exclude(held.role, wanted.role)), None)


def refuse_conflict(history: Iterable[HeldRole], wanted: HeldRole) -> None:
    """Raises RolesConflict where the history excludes the wanted role."""
    if held := conflict(history, wanted):
        raise RolesConflict(
            f"This person holds or held the role '{words(held.role)}' in this study, which excludes "
            f"'{words(wanted.role)}' for ever. Nothing was granted. Give the role to another person."
        )


class Side(StrEnum):
    """On which side of the blind a role stands."""

    BLINDED = "blinded"
    UNBLINDED = "unblinded"
    NEUTRAL = "neutral"


def side_of(role: Role) -> Side:
    """The one side of a role; a code break, which is an act, moves nobody."""
    if role in NEUTRAL_ROLES:
        return Side.NEUTRAL
    return Side.UNBLINDED if role in UNBLINDED_ROLES else Side.BLINDED


def matrix() -> dict[Role, frozenset[Role]]:
    """Role -> every role it excludes in the same study, for ever: what `refuse_conflict` refuses, pair by pair."""
    return {one: frozenset(other for other in Role if _exclude(one, other)) for one in Role}


def _exclude(one: Role, other: Role) -> bool:
    return (one in UNBLINDED_ROLES and other in BLINDED_ROLES) or (
        one in BLINDED_ROLES and other in UNBLINDED_ROLES
    )
