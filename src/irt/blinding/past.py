"""What a person could see at an instant, as the roles they held then say; nothing here tells what they saw."""

from collections.abc import Iterable

from irt.blinding.actor import Grant
from irt.blinding.roles import PERMISSIONS, SEES, DataClass, Permission, Role
from irt.states.table import words

SHOWN: dict[DataClass, str] = {
    DataClass.STUDY: "facts of the study",
    DataClass.OPERATIONS: "subjects, kits and shipments, without what is inside",
    DataClass.SUPPLY_BY_TYPE: "kit types and what lots hold",
    DataClass.LISTS: "randomization lists and allocations",
    DataClass.ARM: "treatments of subjects, one by one",
    DataClass.PERSONAL: "addresses of subjects, one by one",
}
"""Each kind of data in words."""
_TELLS_TREATMENT = (DataClass.LISTS, DataClass.ARM, DataClass.SUPPLY_BY_TYPE)


def rights_of(grants: Iterable[Grant]) -> tuple[str, ...]:
    """Every act these roles allow, in words, by name."""
    return tuple(sorted({words(permission) for grant in grants for permission in PERMISSIONS[grant.role]}))


def shown_to(grants: Iterable[Grant]) -> tuple[str, ...]:
    """Every kind of data these roles show, in words."""
    seen = {kind for grant in grants for kind in SEES[grant.role]}
    return tuple(SHOWN[kind] for kind in DataClass if kind in seen)


def treatment_visible(grants: Iterable[Grant]) -> tuple[str, ...]:
    """Why treatments were visible, a sentence for each role that shows any; never which they were."""
    return tuple(
        f"Treatment was visible to this person: as {words(grant.role).lower()} they could read {_of(grant.role)}."
        for grant in grants
        if SEES[grant.role] & set(_TELLS_TREATMENT)
    )


def _of(role: Role) -> str:
    told = [SHOWN[kind] for kind in _TELLS_TREATMENT if kind in SEES[role]]
    by_break = Permission.BREAK_CODE in PERMISSIONS[role]
    return f"{' and '.join(told)}{', each by breaking its code' if by_break else ''}"
