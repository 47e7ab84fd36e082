"""What depots are told of kits when something changed: by what quality says now, never why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from irt.messages.catalogue import made
from irt.messages.message import KITS_MAX, Message
from irt.messages.stock import KitStatus, Usable
from irt.states.kit import Quality
from irt.states.vendor_message import NoticeCause

INSTRUCTIONS: dict[NoticeCause, str] = {
    NoticeCause.HOLD_OPENED: "Set these kits apart and send none of them.",
    NoticeCause.HOLD_LIFTED: "The hold is over. The status says what holds for each kit now.",
    NoticeCause.EXPIRY: "The last day of these kits has changed.",
    NoticeCause.RELABELLED: "These kits bear a new last day.",
    NoticeCause.QUALITY: "Quality has decided on these kits.",
}


def usable_as(quality: Quality, expiry: date, today: date, *, held: bool, recalled: bool) -> Usable:
    """What holds for a kit: the gravest first. A kit may be used on its last day."""
    if recalled or quality == Quality.RECALLED:
        return Usable.RECALLED
    if held or quality != Quality.RELEASED:
        return Usable.QUARANTINED
    return Usable.EXPIRED if today > expiry else Usable.RELEASED


def in_portions(kits: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    """As many kits at once as one message holds."""
    return (kits[start : start + KITS_MAX] for start in range(0, len(kits), KITS_MAX))


def status_of(envelope: Mapping[str, Any], cause: NoticeCause, kits: Iterable[Mapping[str, Any]]) -> Message:
    """The message; it holds from the moment it was made."""
    facts = {"effective_at": envelope["made_at"], "instruction": INSTRUCTIONS[cause], "kits": list(kits)}
    return made(KitStatus, {**envelope, **facts})
