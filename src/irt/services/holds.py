"""What a hold forbids: no kit under it comes nearer to a subject."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from irt.errors import Refusal
from irt.reads.holds import held_among
from irt.services.work import Work


class KitsOnHold(Refusal):
    """Kits that quality has set apart. The words are the same for a recall, a quarantine and every arm."""

    def __init__(self, numbers: Sequence[str]) -> None:
        kits = f"Kit {numbers[0]} was" if len(numbers) == 1 else f"Kits {', '.join(sorted(numbers))} were"
        super().__init__(
            f"{kits} set apart by quality and may not be used. Nothing was booked. Put them where nobody takes "
            "them; for a visit, record it as not done, then other kits can be assigned."
        )


class Locked(Protocol):
    """A locked kit that knows how many holds its study has."""

    @property
    def id(self) -> int:
        """The kit's id."""

    @property
    def study_id(self) -> int:
        """Its study."""

    @property
    def open_holds(self) -> int:
        """Holds of the study when the kit was locked."""


def under_hold_among(work: Work, kits: Sequence[Locked]) -> frozenset[int]:
    """Ids of those locked kits that are under a hold; nothing is asked where the study has none."""
    if not any(kit.open_holds for kit in kits):
        return frozenset()
    return held_among(work.connection, kits[0].study_id, [kit.id for kit in kits])


def refuse_held(work: Work, study_id: int, numbers: Mapping[int, str]) -> None:
    """KitsOnHold, naming them, where any of these kits, id -> number, is under a hold."""
    if held := held_among(work.connection, study_id, numbers):
        raise KitsOnHold([numbers[kit_id] for kit_id in sorted(held)])
