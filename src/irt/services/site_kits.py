"""Kits that a person names by number, locked, where that person may act on them."""

from collections.abc import Iterable, Sequence

from irt.blinding.roles import Permission
from irt.errors import BadInput, NotFound
from irt.services.move_kits import HeldKit, lock_kits_by_number
from irt.services.work import Work
from irt.states.kit import Custody, KitEvent, move_kit
from irt.states.table import TransitionRefused


def need_reason(reason: str) -> str:
    """The reason without surrounding space; BadInput where there is none."""
    if not reason.strip():
        raise BadInput("Give a reason. Nothing was booked.")
    return reason.strip()


def can_move(kit: HeldKit, event: KitEvent) -> bool:
    """Whether the kit's state allows the event."""
    try:
        move_kit(kit.state, event)
    except TransitionRefused:
        return False
    return True


def lock_for_quality(work: Work, study_id: int, numbers: Iterable[str]) -> list[HeldKit]:
    """Locks kits anywhere for people who decide on quality, and those of their own site for site staff."""
    if work.actor.grant_for(Permission.DECIDE_QUALITY, study_id, None) is not None:
        work.actor.require(Permission.DECIDE_QUALITY, study_id)
        return lock_kits_by_number(work, study_id, numbers)
    work.actor.require(Permission.REPORT_KIT, study_id)
    kits = lock_kits_by_number(work, study_id, numbers)
    refuse_strangers(work, study_id, kits)
    return kits


def refuse_strangers(work: Work, study_id: int, kits: Sequence[HeldKit]) -> None:
    """NotFound, as for an unknown number, where a kit lies outside this person's sites."""
    for kit in kits:
        at_site = kit.state.custody == Custody.SITE
        if not at_site or work.actor.grant_for(Permission.REPORT_KIT, study_id, kit.place_id) is None:
            raise NotFound(f"{kit.number} is not a kit at your site. Scan the code on the kit, or type its digits.")
